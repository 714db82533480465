// The time axis that all charts share: steps of training, where a reader points, and marks where a setting changed.
import { frame } from './axes.js';
import { soon } from './soon.js';

export class Time {
  charts = [];
  marks = [];     // {step, text}
  pointed = null; // the step that a reader points at
  #last = 0;
  #wanted = 0;
  #onPoint = [];

  get last() { return Math.max(this.#last, 10); }

  // reach tells of a step that was measured.
  reach(step) {
    this.#last = Math.max(this.#last, step);
    this.draw();
  }

  // mark notes a change in the place of the last one, if it replaces that.
  mark(step, text, replaces) {
    if (replaces) this.marks.pop();
    this.marks.push({ step, text });
    this.draw();
  }

  clear() {
    this.#last = 0;
    this.marks = [];
    for (const chart of this.charts) chart.clear();
    this.point(null);
  }

  // point shows what was at a step, null for the latest.
  point(step) {
    this.pointed = step;
    this.draw(true);
    for (const f of this.#onPoint) f(step);
  }

  onPoint(f) { this.#onPoint.push(f); }

  // move takes the reader so many measured steps on; Infinity to the latest.
  move(by) {
    const steps = [...new Set(this.charts.flatMap(c => c.steps()))].sort((a, b) => a - b);
    if (!steps.length) return;
    const now = this.pointed == null ? steps.length - 1 : steps.findIndex(s => s >= this.pointed);
    const to = Math.min(Math.max(now + by, 0), steps.length - 1);
    this.point(steps[to]);
  }

  // draw draws all charts soon, or in the next frame where a reader waits for it.
  draw(now = false) {
    if (!now) return soon(this.#show);
    cancelAnimationFrame(this.#wanted);
    this.#wanted = requestAnimationFrame(this.#show);
  }

  // All sizes are asked for before anything is drawn: after a drawing the browser has to lay the page out to tell one.
  #show = () => {
    const frames = this.charts.map(chart => frame(chart.element));
    this.charts.forEach((chart, i) => chart.draw(frames[i]));
  };
}

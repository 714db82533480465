// The verdict in words, with its reason and what to try. It is read aloud where the state changes, not with every figure.
import { html } from './elements.js';

const NAMES = {
  untrained: 'Untrained', 'not yet': 'Not yet', learning: 'Learning', shortcut: 'A shortcut?', collapsing: 'Collapsing', collapsed: 'Collapsed',
  'dimensional collapse': 'Dimensional collapse', diverged: 'Diverged',
};
const TONES = { learning: 'good', 'not yet': 'calm', untrained: 'calm', shortcut: 'warn' };  // others are bad
const SIGNS = { good: '↗', calm: '·', warn: '?', bad: '!' };

export class Verdict {
  constructor(element, run) {
    this.sign = html('span', { class: 'sign', 'aria-hidden': 'true' });
    this.text = html('p', { class: 'verdict-text', id: 'verdict', role: 'status' });
    this.reason = html('p', { class: 'quiet' });
    this.advice = html('p', { class: 'advice' });
    element.append(this.sign, html('div', {}, this.text, this.reason, this.advice));
    this.element = element;
    this.state = null;
    run.addEventListener('verdict', ({ detail }) => this.show(detail));
    run.addEventListener('state', ({ detail: { phase } }) => {
      if (phase === 'loading') this.show({ verdict: '', text: 'Preparing the run…', reason: '', try: '' });
      if (phase === 'crashed' && !run.verdict) this.show({ verdict: '', text: 'There is no verdict: the trainer has stopped.', reason: '', try: 'Reset starts it again.' });
      if (phase === 'failed') this.show({ verdict: '', text: 'There is no run: it could not start.', reason: '', try: 'Change the setting that the message names.' });
    });
    const late = () => { if (run.measuring) this.sign.textContent = '…'; };
    for (const report of ['state', 'metrics']) run.addEventListener(report, late);
    this.show({ verdict: '', text: 'Loading…', reason: '', try: '' });
  }

  show({ verdict, text, reason, try: advice }) {
    const tone = verdict === '' ? 'calm' : TONES[verdict] ?? 'bad';
    this.element.dataset.tone = tone;
    this.element.dataset.state = verdict;
    this.sign.textContent = SIGNS[tone];
    const name = NAMES[verdict], rest = name && text.startsWith(name) ? text.slice(name.length) : text;
    if (this.text.textContent !== text) this.text.replaceChildren(...(rest === text ? [text] : [html('strong', {}, name), rest]));
    this.reason.textContent = reason;
    this.advice.textContent = advice;
    this.advice.hidden = !advice;
  }
}

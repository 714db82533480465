// The diagram of an algorithm: branches side by side, the data coming down to the loss, the gradient going back up as far as
// it goes. It is drawn from the flow that the algorithm tells (package algos/flow) and from the switches as they are.
import { html, svg } from './elements.js';

const WIDTH = 290, GAPS = [0, 0, 26, 14];
const LINE = 12.5, ROOM = 6.1;  // of text: height of a line, width of a letter
const EDGE = 21;                // height between two rows
const SLOT = 4.5;               // from the middle of an edge to data and to gradient
const FIRST = 'views', LAST = 'loss', BEFORE = 'epoch';

export class Diagram {
  #name = '';
  #stage = '';

  constructor(element, run) {
    Object.assign(this, { element, run });
    run.addEventListener('stage', e => this.#light(e.detail.name));
  }

  // refresh draws what the settings say.
  refresh() {
    const { settings } = this.run, chart = resolve(settings.algorithm.flow, settings);
    const drawn = JSON.stringify(chart);
    if (drawn === this.#name) return;
    this.#name = drawn;
    this.element.replaceChildren(draw(chart), key(chart));
    this.#light(this.#stage);
  }

  #light(stage) {
    this.#stage = stage;
    for (const e of this.element.querySelectorAll('[data-stages]')) e.classList.toggle('lit', stage !== '' && e.dataset.stages.split(' ').includes(stage));
  }
}

// stages returns the names of the stages of a step in which the algorithm has something to do, as it is set.
export function stages(settings) {
  const { columns } = resolve(settings.algorithm.flow, settings), cells = columns.flatMap(c => c.cells).filter(c => !c.off);
  return new Set(['views', 'loss', 'backward', 'optimiser', ...cells.flatMap(c => c.stages)].filter(Boolean));
}

// resolve returns the chart as the settings make it: columns {from, off, cells, bar, …}, where a cell is a part with the row
// that it stands in. What is off by default is left out while it is off; what was switched off stays, struck out.
function resolve({ branches, loss, inputs = [], exchanged, without = {} }, settings) {
  const off = key => settings.off(key), usual = key => [false, 0].includes(settings.default(key));
  const part = p => {
    const s = p.switches?.find(s => off(s.key));
    if (!s) return { kind: p.kind, name: p.name, stage: p.stage ?? LAST, stages: [p.stage ?? LAST, ...ALSO[p.kind] ?? []] };
    if (s.else) return part(s.else);
    return usual(s.key) || p.kind === 'stop' ? null : { kind: p.kind, name: p.name, off: true, stages: [] };
  };
  const shown = branches.map((b, i) => ({ ...b, number: i + 1 })).filter(b => !b.switch || !off(b.switch) || !usual(b.switch));
  const columns = shown.map(b => {
    const gone = !!b.switch && off(b.switch), cells = [];
    let row = b.from ? 1 : 0;
    if (!gone) for (const p of (b.parts ?? []).map(part)) if (p) cells.push(p.kind === 'stop' ? { ...p, row: row - 0.5 } : { ...p, row: row++ });
    if (b.before) for (const c of cells) {
      const kept = c.kind === 'kept';
      c.stage = kept ? LAST : BEFORE;
      c.stages = [BEFORE, ...kept ? [LAST] : [], ...b.filled_by ? ['after-step'] : []];
    }
    return { from: b.from, end: b.parts?.at(-1).name, before: !!b.before, number: b.number, filled: b.filled_by, gone, cells, rows: row };
  });
  for (const c of columns) {  // what is only kept stands beside the end of the branch that fills it
    const source = columns.find(o => o.number === c.filled);
    if (!c.from) for (const cell of c.cells) cell.row = (source ?? columns[0]).rows - 1;
  }
  for (const c of columns) back(c);
  const says = exchanged === 'always' || exchanged && !off(exchanged) ? 'on' : exchanged && !usual(exchanged) ? 'off' : '';
  return { columns, loss: without[Object.keys(without).find(off)] ?? loss, inputs: inputs.map(part).filter(Boolean), exchanged: says };
}

// back follows the gradient up a column: which cells it reaches, and before which it is stopped.
function back(column) {
  let flows = true;
  const learned = c => c.kind === 'learned' && !c.off;
  for (const [i, cell] of [...column.cells.entries()].reverse()) {
    if (cell.off) continue;
    const stops = ['stop', 'slow', 'kept'].includes(cell.kind);
    if (stops && flows) cell.bar = true, flows = false;
    cell.reached = flows && column.cells.slice(0, i + 1).some(learned);
  }
}

// The stages in which a part works besides its own: those that change it.
const ALSO = { learned: ['optimiser'], slow: ['after-step'], kept: ['after-step'] };

const same = (a, b) => a && b && a.kind === b.kind && a.name === b.name && !!a.off === !!b.off && a.kind !== 'kept';

// lines breaks a name where the box is too narrow for it.
function lines(name, width) {
  if (name.length * ROOM <= width - 8 || !name.includes(' ')) return [name];
  const words = name.split(' '), at = i => Math.max(words.slice(0, i).join(' ').length, words.slice(i).join(' ').length);
  const best = words.map((_, i) => i).slice(1).sort((a, b) => at(a) - at(b))[0];
  return [words.slice(0, best).join(' '), words.slice(best).join(' ')];
}

function draw(chart) {
  const { columns, loss, inputs, exchanged } = chart;
  const gap = GAPS[columns.length], width = (WIDTH - gap * (columns.length - 1)) / columns.length;
  const left = i => i * (width + gap), middle = i => left(i) + width / 2;
  const rows = 1 + Math.max(...columns.flatMap(c => c.cells.map(cell => Math.floor(cell.row))), 0);

  // Equal cells of neighbours become one box from its first column to its last.
  const boxes = [];
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns.length; i++) {
      const source = row === 0 && columns[i].from && { kind: 'from', name: columns[i].from, stages: [columns[i].before ? BEFORE : FIRST], off: columns[i].gone, row };
      const cell = source || columns[i].cells.find(c => c.row === row), before = boxes.at(-1);
      if (!cell) continue;
      if (before?.row === row && before.last === i - 1 && same(before.cell, cell)) before.last = i, before.cells.push(cell);
      else boxes.push({ row, first: i, last: i, cell, cells: [cell] });
    }
  }
  const tops = [], heights = [];
  let y = 1;
  for (let row = 0; row < rows; row++) {
    const here = boxes.filter(b => b.row === row);
    for (const b of here) {
      b.x = left(b.first), b.w = left(b.last) + width - b.x, b.text = lines(b.cell.name, b.w);
      b.h = (b.cell.kind === 'from' || b.cell.kind === 'operation' ? 19 : 24) + LINE * (b.text.length - 1) + (b.cell.kind === 'kept' ? 6 : 0);
    }
    tops[row] = y;
    heights[row] = Math.max(...here.map(b => b.h), 0);
    for (const b of here) b.y = y + (heights[row] - b.h) / 2;
    y += heights[row] + EDGE;
  }
  const end = y, under = end + 26 + (inputs.length ? EDGE + 24 : 0), height = under + 2 + (exchanged ? 17 : 0);
  const picture = svg('svg', { viewBox: `-1 -1 ${WIDTH + 2} ${height + 2}`, role: 'img', 'aria-label': sentence(chart), class: 'diagram' });

  // The edges of each column.
  const over = [];
  columns.forEach((c, i) => {
    if (c.gone) return;
    const stops = boxes.filter(b => b.first <= i && i <= b.last && !b.cells[i - b.first].off);
    stops.forEach((b, k) => {
      const from = b.y + b.h, to = stops[k + 1]?.y ?? end, x = middle(i), below = stops[k + 1];
      const cells = c.cells.filter(cell => cell.row >= b.row && cell.row < (below?.row ?? Infinity) && !cell.off);
      const own = c.cells.find(cell => cell.row === b.row), bar = cells.some(cell => cell.bar), flows = !bar && own?.reached;
      const shift = flows ? SLOT : 0;
      picture.append(arrow('data', x - shift, from, x - shift, to - 1, own?.stage ?? b.cell.stages[0] ?? LAST));
      if (flows) over.push(arrow('gradient', x + shift, to, x + shift, from + 1, 'backward'));
      if (bar) over.push(svg('path', { class: 'stop', d: `M${x - 10} ${to - 12}h20`, 'data-stages': 'backward' }));
    });
  });
  picture.append(...over, ...boxes.map(box), ...follow(columns, boxes));

  const out = svg('g', { class: 'part loss', 'data-stages': LAST });
  out.append(svg('rect', { x: 0, y: end, width: WIDTH, height: 26, rx: 13 }), svg('text', { x: WIDTH / 2, y: end + 17.3 }, loss));
  picture.append(out);
  inputs.forEach((cell, i) => picture.append(...input(cell, (i + 0.5) * WIDTH / inputs.length, end + 26)));
  if (exchanged) picture.append(svg('text', { class: `exchanged ${exchanged}`, x: WIDTH / 2, y: under + 15 }, '⇄ and with the views exchanged'));
  return picture;
}

// input draws a number that the loss takes besides, round x under the loss, which ends at y.
function input(cell, x, y) {
  const w = cell.name.length * ROOM + 26, from = y + EDGE;
  const arrows = cell.off ? [] : [arrow('data', x - SLOT, from, x - SLOT, y + 1, LAST), arrow('gradient', x + SLOT, y, x + SLOT, from - 1, 'backward')];
  return [...arrows, box({ cell, cells: [cell], x: x - w / 2, y: from, w, h: 24, text: [cell.name] })];
}

// box draws a part.
function box({ cell, cells, x, y, w, h, text }) {
  const stages = new Set(cells.flatMap(c => c.off ? [] : c.stages));
  const group = svg('g', { class: `part ${cell.kind} ${cell.off ? 'off' : ''}`, 'data-stages': [...stages].join(' ') });
  if (cell.kind === 'kept') {  // a cylinder
    group.append(svg('path', { d: `M${x} ${y + 4}v${h - 8}a${w / 2} 4 0 0 0 ${w} 0v${8 - h}a${w / 2} 4 0 0 0 ${-w} 0a${w / 2} 4 0 0 0 ${w} 0` }));
  } else group.append(svg('rect', { x, y, width: w, height: h, rx: cell.kind === 'learned' || cell.kind === 'slow' ? 6 : h / 2 }));
  const top = y + h / 2 + 4 - LINE * (text.length - 1) / 2 + (cell.kind === 'kept' ? 3 : 0);
  if (cell.off) {  // the data pass behind its name
    const long = Math.max(...text.map(t => t.length)) * ROOM + 10;
    group.append(svg('rect', { class: 'gone', x: x + (w - long) / 2, y: y + 1.5, width: long, height: h - 3 }));
  }
  text.forEach((line, i) => {
    const half = line.length * ROOM / 2;
    group.append(svg('text', { x: x + w / 2, y: top + i * LINE }, line));
    if (cell.off) group.append(svg('path', { class: 'strike', d: `M${x + w / 2 - half} ${top + i * LINE - 3.6}h${2 * half}` }));
  });
  return group;
}

// follow draws what moves after the step: slow weights after the learned ones beside them, and what enters what is kept.
function follow(columns, boxes) {
  const arrows = [], across = (a, b) => {
    const right = b.x > a.x, y = (Math.max(a.y, b.y) + Math.min(a.y + a.h, b.y + b.h)) / 2;
    arrows.push(arrow('after', right ? a.x + a.w : a.x, y, right ? b.x - 1 : b.x + b.w + 1, y, 'after-step'));
  };
  for (const b of boxes) {
    if (b.cell.kind === 'slow' && !b.cell.off) {
      const learned = boxes.filter(o => o.row === b.row && o.cell.kind === 'learned' && !o.cell.off), far = o => Math.abs(b.first - o.first);
      const [nearest] = learned.sort((o, p) => far(o) - far(p));
      if (nearest) across(nearest, b);
    }
    const filled = columns[b.first].filled, source = columns.findIndex(c => c.number === filled);
    if (source >= 0) {
      const last = boxes.filter(o => o.row === b.row && o.first <= source && source <= o.last)[0];
      if (last) across(last, b);
    }
  }
  return arrows;
}

// arrow draws a line with a head at its end.
function arrow(kind, x0, y0, x1, y1, stage) {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1, dx = (x1 - x0) / length, dy = (y1 - y0) / length, head = 5.5, half = 3;
  const bx = x1 - head * dx, by = y1 - head * dy;
  const group = svg('g', { class: `arrow ${kind}`, 'data-stages': stage });
  group.append(svg('path', { class: 'shaft', d: `M${x0} ${y0}L${bx} ${by}` }),
    svg('path', { class: 'head', d: `M${x1} ${y1}L${bx - half * dy} ${by + half * dx}L${bx + half * dy} ${by - half * dx}Z` }));
  return group;
}

// key tells what the lines mean, of those that are there.
function key({ columns }) {
  const cells = columns.flatMap(c => c.cells).filter(c => !c.off);
  const sample = (kind, ...shapes) => {
    const s = svg('svg', { viewBox: '0 0 22 10', 'aria-hidden': 'true', class: 'diagram' });
    s.append(...shapes);
    return html('li', {}, s, kind);
  };
  return html('ul', { class: 'diagram-key', 'aria-hidden': 'true' },
    sample('data', arrow('data', 0, 5, 20, 5, '')),
    sample('gradient', arrow('gradient', 0, 5, 20, 5, '')),
    ...cells.some(c => c.bar) ? [sample('stops', svg('path', { class: 'stop', d: 'M11 0v10' }))] : [],
    ...cells.some(c => c.kind === 'slow') || columns.some(c => c.filled) ? [sample('after each step', arrow('after', 0, 5, 20, 5, ''))] : []);
}

// sentence says what the diagram shows.
function sentence({ columns, loss, inputs, exchanged }) {
  const way = c => [c.from, ...c.cells.filter(p => !p.off && p.kind !== 'stop').map(p => p.name)].filter(Boolean).join(' → ');
  const there = columns.filter(c => !c.gone), cells = there.flatMap(c => c.cells);
  const names = list => [...new Set(list.map(p => p.name))].join(', ');
  const taken = inputs.filter(p => !p.off);
  const reached = [...cells.filter(p => p.reached && p.kind === 'learned' && !p.off), ...taken];
  const stopped = there.filter(c => c.cells.some(p => p.bar));
  const branch = c => there.some(o => o.from === c.from) ? c.end : c.from;
  const gone = [...[...cells, ...inputs].filter(p => p.off).map(p => p.name), ...columns.filter(c => c.gone).map(branch)];
  const slow = cells.filter(p => p.kind === 'slow' && !p.off);
  return [
    `Flow: ${there.map(way).join('; ')}; all end in the loss: ${loss}`,
    taken.length ? `, with ${taken.map(p => p.name).join(' and ')}` : '',
    exchanged === 'on' ? ', and the same with the views exchanged' : '',
    `. Gradient reaches ${names(reached)}`,
    stopped.length ? ` and is stopped in the branch of ${stopped.map(c => c.from ?? c.cells[0].name).join(' and of ')}` : '',
    '.',
    slow.length ? ` After each step ${names(slow)} follow the learned weights.` : '',
    gone.length ? ` Switched off: ${[...new Set(gone)].join(', ')}.` : '',
  ].join('');
}

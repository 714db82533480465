// Where things stand in a chart: its frame, round numbers along an axis, lines through points.

// ticks returns about n round numbers from lo to hi, two or more: one alone tells no scale.
export function ticks(lo, hi, n) {
  const rough = (hi - lo) / Math.max(n, 1), power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find(m => m * power >= rough * 0.999);
  const out = [];
  for (let k = Math.ceil(lo / step - 1e-6); k * step <= hi + step * 1e-6; k++) out.push(Number((k * step).toPrecision(12)));  // a sum would miss 0
  return out.length > 1 ? out : ticks(lo, hi, Math.max(n, 1) + 1);
}

// path returns the data of a line through points [x, y].
export const path = points => points.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

// frame returns the sizes of a drawing that fills an element, with room for the numbers of both axes. em is how large the
// page's text is, which is larger on large screens.
export function frame(element) {
  const { clientWidth: w, clientHeight: h } = element, em = parseFloat(getComputedStyle(element).fontSize) / 15;
  return { w, h, em, left: 34 * em, right: w - 8, top: 8, bottom: h - 18 * em };
}

// nearest returns the one of a list [step, …] that is next to a step, the last one where the step is null.
export function nearest(list, step) {
  if (step == null || !list.length) return list.at(-1);
  return list.reduce((a, b) => Math.abs(b[0] - step) < Math.abs(a[0] - step) ? b : a);
}

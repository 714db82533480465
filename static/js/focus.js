// The focus where what has it goes, as a message does that is closed and an offer that is taken: what had it before has it
// again.
const PASSING = '.alert, .news';

let last = null;  // what had the focus last, of what stays

addEventListener('focusin', e => { if (!e.target.closest(PASSING)) last = e.target; });

// leave lets a passing element go.
export function leave(element, go = () => element.remove()) {
  const had = element.contains(document.activeElement), byKey = element.querySelector(':focus-visible') !== null;
  go();
  if (!had) return;
  for (const next of [last, document.getElementById('play'), document.getElementById('reset')]) {
    next?.focus({ preventScroll: !byKey });  // a pointer does not expect the page to move
    if (next && document.activeElement === next) return;
  }
}

// While training runs, what it changes on the page is drawn a few times a second, all in one frame: the browser's frame costs
// 6 to 10 ms of the processor where there is no graphics card, and steps come 40 times a second.
const EVERY = 300;  // milliseconds between such frames

const wanted = new Set();
let waits = false, last = -EVERY;

// soon calls draw once in the next of these frames, however often it was asked for until then.
export function soon(draw) {
  wanted.add(draw);
  if (waits) return;
  waits = true;
  setTimeout(() => requestAnimationFrame(now => {
    waits = false, last = now;
    const all = [...wanted];
    wanted.clear();
    for (const draw of all) draw();
  }), last + EVERY - performance.now());
}

// The view's document: it runs Go's program playground.wasm, which draws with ebiten, and carries messages between it
// and the page. ebiten takes over the document it runs in, so a few of its habits are curbed here.
import '../build/wasm_exec.js';
import { encode } from './protocol.js';

// Taking the focus must not scroll the page.
const focus = HTMLElement.prototype.focus;
HTMLElement.prototype.focus = function () { focus.call(this, { preventScroll: true }); };

// Keys that belong to the browser never reach ebiten, which would prevent what they do.
for (const type of ['keydown', 'keyup']) {
  addEventListener(type, e => {
    if (e.key === 'Tab' || e.ctrlKey || e.metaKey || e.altKey || /^F\d+$/.test(e.key)) e.stopImmediatePropagation();
    wake();
  }, true);
}

// Frames stop while nothing moves or nobody can see them: a held request runs when something happens.
const request = window.requestAnimationFrame.bind(window);
let held = null, resting = false, seen = true;
window.requestAnimationFrame = f => {
  if (seen && !resting) return request(f);
  held = f;
  return 0;
};
let quiet = 0;
function wake() {
  resting = false, quiet = 0;
  if (held && seen) request(held), held = null;
}
for (const type of ['pointermove', 'pointerdown', 'pointerup', 'wheel', 'touchstart', 'touchmove', 'touchend', 'resize', 'focus', 'blur']) {
  addEventListener(type, wake, { capture: true, passive: true });
}
new IntersectionObserver(([entry]) => { seen = entry.isIntersecting; wake(); }).observe(document.documentElement);
document.addEventListener('mouseleave', () => { host.away?.(); wake(); });

const queue = [];
const post = buffer => parent.postMessage(buffer, location.origin, [buffer]);
const fail = text => post(encode('error', { message: text, hint: 'Training goes on without the picture.', fatal: false }));

// Go's side of this is wasm/playground/main.go.
const host = globalThis.host = {
  send: array => post(array.buffer),
  fail,
  rest() { if (++quiet > 8) resting = true; },  // ebiten presents a picture a few times over
  ready() {
    for (const buffer of queue.splice(0)) host.receive(new Uint8Array(buffer));
    post(encode('view', {}));
  },
};

addEventListener('message', ({ data, source, origin }) => {
  if (source !== parent || origin !== location.origin || !(data instanceof ArrayBuffer)) return;
  host.receive ? host.receive(new Uint8Array(data)) : queue.push(data);
  wake();
});

async function main() {
  if (!document.createElement('canvas').getContext('webgl2')) {
    throw new Error('the browser offers no WebGL 2');
  }
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch('build/playground.wasm'), go.importObject);
  await go.run(instance);
  throw new Error('its program ended');
}
main().catch(e => fail(`The view cannot be shown: ${e.message}.`));

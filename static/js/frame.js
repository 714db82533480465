// The view's document: it runs Go's program playground.wasm, which draws the embedding, and carries messages between it
// and the page. With WebGL it draws by ebiten, which takes over the document it runs in, so a few of its habits are curbed
// here; without, its pictures go to a plain canvas. So they do where the processor would emulate WebGL, which makes a frame
// cost twice as much; ?webgl=1 has ebiten draw there all the same.
import '../build/wasm_exec.js';
import { asset } from './asset.js';
import { encode } from './protocol.js';

const FRAME = 1000 / 30, PLAIN_FRAME = 1000 / 25;  // milliseconds between frames that nobody's hand asks for: with WebGL and without
const AT_HAND = 400;       // milliseconds after the last move of a hand with frames as fast as the screen's

// Taking the focus must not scroll the page.
const focus = HTMLElement.prototype.focus;
HTMLElement.prototype.focus = function () { focus.call(this, { preventScroll: true }); };

// The picture comes as finished, opaque pixels: nothing is left to smooth or to blend.
const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, wishes) {
  return getContext.call(this, kind, kind === 'webgl2' ? { ...wishes, antialias: false, alpha: false, stencil: false } : wishes);
};

// Frames stop while nothing moves or nobody can see them: a held request runs when something happens. While things move
// by themselves, some frames are left to training, and not asked for either, which alone costs 0.6 ms.
const request = window.requestAnimationFrame.bind(window);
let held = null, resting = false, seen = true, quiet = 0, touched = 0, due = 0, frames = 0, film = null;
window.requestAnimationFrame = f => {
  if (!seen || resting) {
    held = f;
    return 0;
  }
  const draw = time => {
    const now = performance.now();
    due = Math.max(Math.min(due, now) + (host.plain ? PLAIN_FRAME : FRAME), now);  // a hand's frames come before they are due
    frames++;
    f(time);
    film?.();
  };
  const now = performance.now(), wait = now - touched > AT_HAND ? due - now : 0;
  if (wait > 0) setTimeout(request, wait, draw);
  else request(draw);
};

function wake() {
  resting = false, quiet = 0;
  if (held && seen) requestAnimationFrame(held), held = null;
}
const atHand = () => { touched = performance.now(); wake(); };
for (const type of ['resize', 'focus', 'blur']) addEventListener(type, wake, { capture: true, passive: true });
new IntersectionObserver(entries => { seen = entries.at(-1).isIntersecting; wake(); }).observe(document.documentElement);

// A driver that takes WebGL away makes ebiten load this document again, whose name is kept and counts. After the second time
// it does without.
addEventListener('webglcontextlost', () => { window.name = String(Number(window.name) + 1); }, { capture: true });

// Files that come straight onto the picture, as from a window that lies over it, are the page's to take.
for (const type of ['dragover', 'dragleave', 'drop']) {
  addEventListener(type, e => { if (!parent.document.body.dispatchEvent(new DragEvent(type, e))) e.preventDefault(), e.stopImmediatePropagation(); }, { capture: true });
}

const queue = [];
const post = buffer => parent.postMessage(buffer, location.origin, [buffer]);
const fail = text => post(encode('error', { message: text, hint: 'Training goes on without the picture.', fatal: false }));
const paint = plainPainter();
const without = withoutWebGL();

// Go's side of this is wasm/playground/main.go.
const host = globalThis.host = {
  plain: without !== '',
  send: array => post(array.buffer),
  fail,
  rest() { if (++quiet > (host.plain ? 0 : 8) && !film) resting = true; },  // ebiten presents a picture a few times over
  ready() {
    for (const buffer of queue.splice(0)) host.receive(new Uint8Array(buffer));
    listen();
    post(encode('view', { without }));
  },
  begin: paint.begin,
  pixels: paint.pixels,
  paint: paint.show,
  frames: () => frames,
};

// picture gives what is shown as a PNG.
globalThis.picture = () => {
  const image = host.picture(), canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext('2d').putImageData(image, 0, 0);
  return canvas.convertToBlob();
};

// drawing gives what is shown as an SVG with a title.
globalThis.drawing = title => host.svg(title);

// record gives a stream of what is shown until end() is called: each frame is copied as soon as it is drawn, since WebGL
// keeps none.
globalThis.record = () => {
  const shown = document.querySelector('canvas'), canvas = document.createElement('canvas'), context = canvas.getContext('2d', { alpha: false });
  canvas.width = shown.width, canvas.height = shown.height;
  const stream = canvas.captureStream(0), [track] = stream.getVideoTracks(), still = track.requestFrame ? track : stream;  // Firefox asks the stream
  film = () => {
    const k = Math.min(canvas.width / shown.width, canvas.height / shown.height), w = k * shown.width, h = k * shown.height;
    context.drawImage(shown, 0, 0, 1, 1, 0, 0, canvas.width, canvas.height);  // its corner's colour all over: the view may change its form
    context.drawImage(shown, (canvas.width - w) / 2, (canvas.height - h) / 2, w, h);
    still.requestFrame();
  };
  wake();
  return { stream, end() { film = null; } };
};

// withoutWebGL tells why the picture is drawn without WebGL 2: none, lost or emulated; '' if it is drawn with it.
function withoutWebGL() {
  if (Number(window.name) > 1) return 'lost';
  const context = document.createElement('canvas').getContext('webgl2');
  if (!context) return 'none';
  const info = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = context.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : context.RENDERER);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  const emulated = /swiftshader|llvmpipe|softpipe|basic render|software/i.test(renderer);
  return emulated && new URLSearchParams(location.search).get('webgl') !== '1' ? 'emulated' : '';
}

// plainPainter shows pictures on a canvas without WebGL.
function plainPainter() {
  let canvas, context, image;
  return {
    begin() {
      canvas = document.createElement('canvas');
      canvas.tabIndex = 0;
      canvas.width = canvas.height = 0;  // until the first picture; it would be black
      document.body.replaceChildren(canvas);  // ebiten has put one of its own there, which stays empty
      context = canvas.getContext('2d', { alpha: false });
      const frame = () => {
        host.frame(innerWidth, innerHeight, devicePixelRatio);
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    },
    pixels(w, h) {
      if (image?.width !== w || image.height !== h) {
        canvas.width = w, canvas.height = h;
        image = context.createImageData(w, h);
      }
      return image.data;
    },
    show() { context.putImageData(image, 0, 0); },
  };
}

// listen hands Go what mouse, fingers and keys do, and the page the keys that mean nothing here. Keys that belong to the
// browser never reach ebiten, which would prevent what they do.
function listen() {
  const on = (type, f) => addEventListener(type, e => { atHand(); f(e); }, { capture: true, passive: false });
  on('pointerdown', e => {
    if (e.button !== 0) return;
    document.documentElement.setPointerCapture(e.pointerId);
    document.querySelector('canvas')?.focus();
    host.down(e.pointerId, e.clientX, e.clientY, e.shiftKey);
  });
  on('pointermove', e => host.move(e.pointerId, e.clientX, e.clientY));
  on('pointerup', e => { host.up(e.pointerId); if (e.pointerType !== 'mouse') host.away(); });
  on('pointercancel', () => host.cancel());
  on('blur', () => host.cancel());
  on('wheel', e => { host.wheel(e.deltaY * (e.deltaMode === 1 ? 20 : 1)); e.preventDefault(); });
  on('keydown', e => {
    const browsers = e.key === 'Tab' || e.ctrlKey || e.metaKey || e.altKey || /^F\d+$/.test(e.key);
    if (!browsers && (host.key(e.key) || !parent.document.body.dispatchEvent(new KeyboardEvent('keydown', e)))) e.preventDefault();
    e.stopImmediatePropagation();
  });
  on('keyup', e => e.stopImmediatePropagation());
  document.addEventListener('mouseleave', () => { host.away(); wake(); });
}

addEventListener('message', ({ data, source, origin }) => {
  if (source !== parent || origin !== location.origin || !(data instanceof ArrayBuffer)) return;
  host.receive ? host.receive(new Uint8Array(data)) : queue.push(data);
  wake();
});

async function main() {
  if (host.plain) document.documentElement.dataset.plain = '';
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(asset('build/playground.wasm'), go.importObject);
  await go.run(instance);
  throw new Error('its program ended');
}
main().catch(e => fail(`The view cannot be shown: ${e.message}.`));

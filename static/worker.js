// The Web Worker that trains: it runs Go's program trainer.wasm and carries messages between it and the page.
import './build/wasm_exec.js';
import { asset } from './js/asset.js';
import { load } from './js/kernel.js';
import { encode } from './js/protocol.js';
import { Views } from './js/views.js';

const queue = [];                     // commands that came before the program was ready
const turns = new MessageChannel();   // a message to itself goes to the back of the worker's queue of events

let views = null;                     // makes them for the next step, on another core

const canvas = new OffscreenCanvas(1, 1);

// Go's side of this is wasm/trainer/main.go.
const host = globalThis.host = {
  backend: '',                        // main sets it
  send: array => postMessage(array.buffer, [array.buffer]),
  turn: () => turns.port2.postMessage(null),
  paper: n => views?.paper(n) ?? null,
  order: () => views.order(),
  views: () => views?.take() ?? null,
  ready() {
    turns.port1.onmessage = () => host.turned();
    for (const buffer of queue.splice(0)) host.receive(new Uint8Array(buffer));
  },
  // decode gives the pixels of an image file, [h, w, 4]: the middle of the image that has their shape, on white.
  decode: async (bytes, h, w) => {
    const image = await createImageBitmap(new Blob([bytes]));
    const scale = Math.max(w / image.width, h / image.height), width = w / scale, height = h / scale;
    canvas.width = w, canvas.height = h;
    const brush = canvas.getContext('2d', { willReadFrequently: true });
    brush.fillStyle = '#fff';
    brush.fillRect(0, 0, w, h);
    brush.imageSmoothingQuality = 'high';
    brush.drawImage(image, (image.width - width) / 2, (image.height - height) / 2, width, height, 0, 0, w, h);
    image.close();
    return brush.getImageData(0, 0, w, h).data;
  },
  fetch: async (paths, progress) => {
    const done = paths.map(() => 0), total = paths.map(() => 0), sum = all => all.reduce((a, b) => a + b, 0);
    let over = false;  // whether one has failed: Go no longer listens
    const all = paths.map((path, i) => read(path, (bytes, of) => {
      done[i] = bytes, total[i] = of;
      if (!over) progress(sum(done), sum(total));
    }));
    return Promise.all(all).finally(() => { over = true; });
  },
};

// read fetches a file, telling now and then how many of its bytes are here and how many there are.
async function read(path, progress) {
  let told = 0, last = [0, 0];
  const answer = await asset(path, (...now) => {
    last = now;
    if (performance.now() - told > 50) progress(...now), told = performance.now();
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  progress(...last);
  return bytes;
}

onmessage = ({ data }) => host.receive ? host.receive(new Uint8Array(data)) : queue.push(data);

// send tells the page something that Go cannot.
function send(name, head) {
  const buffer = encode(name, head);
  postMessage(buffer, [buffer]);
}

const KERNELS = { go: 'WebAssembly', simd: 'WebAssembly SIMD', relaxed: 'WebAssembly relaxed SIMD' };

// That memory is out, Go tells only by what it prints before it ends.
let outOfMemory = false;
const print = console.log;
console.log = (...line) => {
  outOfMemory ||= String(line[0]).includes('out of memory');
  print(...line);
};

async function main() {
  const go = new Go();
  const { instance, kernel, threads, modules } = await load(go, 'trainer');
  if (navigator.hardwareConcurrency > 1 && new URLSearchParams(location.search).get('ahead') !== '0') views = new Views(modules);
  host.backend = `${KERNELS[kernel]}, ${threads === 1 ? 'one thread' : `${threads} threads`}`;
  await go.run(instance);
  if (outOfMemory) throw new Error('the browser gives it no more memory');
}

main().catch(e => {
  if (!outOfMemory) console.error(e);
  const hint = outOfMemory ? 'Take a smaller batch, encoder or data set, or close other tabs.' : 'Reload the page, or try another browser if it stays so.';
  send('error', { message: `The trainer cannot run: ${e.message}`, hint, fatal: true });
}).finally(() => {
  send('state', { phase: 'crashed', step: 0 });
  close();
});

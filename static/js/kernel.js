// Loads a Go program together with the C kernels that do its heavy work (core/kernel/wasm). A kernel is instantiated on the
// Go program's own memory, so nothing is copied between them; helper workers share that memory where the page is
// isolated. The best that the browser can do is tried first: fused multiply-adds and threads, fused, plain SIMD, no kernel.
//
// The page's address may ask for less: ?kernel=go, simd or relaxed, and ?threads=N.
import { asset } from './asset.js';
import { Pool } from './kernel-pool.js';

const MODES = ['go', 'simd', 'relaxed'];  // in Go's order, see core/kernel/wasm_js.go
const MAX_THREADS = 16;

// load instantiates NAME.wasm from build/, where Go's loader go brings its imports. It returns the instance, the kernel's
// name, the number of threads, and the modules, with which start makes another instance.
export async function load(go, name, search = location.search) {
  let failure;
  for (const { kernel, threads } of attempts(new URLSearchParams(search))) {
    try {
      return await instantiate(go, name, kernel, threads);
    } catch (e) {
      failure = e;  // a browser may refuse much shared memory, or workers
      console.info(`Pushpull: this browser cannot run the kernel "${kernel}" on ${threads} ${threads > 1 ? 'threads' : 'thread'}: ${e.message}`);
    }
  }
  throw failure;
}

// attempts lists what to try, best first.
function attempts(query) {
  const asked = query.get('kernel');
  const kernels = MODES.slice(1, MODES.includes(asked) ? MODES.indexOf(asked) + 1 : undefined).reverse();
  const wanted = Math.trunc(Number(query.get('threads'))) || navigator.hardwareConcurrency || 1;
  const threads = globalThis.crossOriginIsolated ? Math.min(Math.max(wanted, 1), MAX_THREADS) : 1;
  const list = kernels.map(kernel => ({ kernel, threads: 1 }));
  if (threads > 1) list.unshift(...kernels.map(kernel => ({ kernel, threads })));
  return [...list, { kernel: 'go', threads: 1 }];
}

// compile compiles build/FILE.wasm, once.
function compile(file) {
  if (!modules.has(file)) modules.set(file, WebAssembly.compileStreaming(asset(new URL(`../build/${file}.wasm`, import.meta.url).href)));
  return modules.get(file);
}
const modules = new Map();

async function instantiate(go, name, kernel, threads) {
  const suffix = threads > 1 ? '.shared' : '';
  const [program, module] = await Promise.all([
    compile(name + suffix),
    kernel === 'go' ? null : compile(`kernel.${kernel}${suffix}`),
  ]);
  const modules = { program, module, kernel };
  return { instance: await start(go, modules, threads), kernel, threads, modules };
}

// start instantiates a program and its kernel, which any worker may have compiled.
export async function start(go, { program, module, kernel }, threads = 1) {
  let pool = null;
  const imports = {
    mode: () => MODES.indexOf(kernel),
    threads: n => pool.limit(n),
    run: (job, items, grain, scratch, stride, args) => pool.run(job, items, grain, scratch, stride, args),
  };
  const instance = await WebAssembly.instantiate(program, { ...go.importObject, kernel: imports });
  const memory = instance.exports.mem;
  if (globalThis.SharedArrayBuffer && memory.buffer instanceof SharedArrayBuffer) acceptSharedViews();
  if (module) {
    pool = new Pool(await WebAssembly.instantiate(module, { env: { memory } }));
    if (threads > 1) await pool.start(threads - 1, module, memory);
  }
  return instance;
}

// Go's loader hands views of the program's memory to these two, which refuse them when it is shared: copy instead.
function acceptSharedViews() {
  const { decode } = TextDecoder.prototype, { getRandomValues } = Crypto.prototype;
  const shared = view => view?.buffer instanceof SharedArrayBuffer;
  const bytes = view => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  TextDecoder.prototype.decode = function (view, options) {
    return decode.call(this, shared(view) ? bytes(view).slice() : view, options);  // a slice's memory is its own
  };
  Crypto.prototype.getRandomValues = function (view) {
    if (!shared(view)) return getRandomValues.call(this, view);
    bytes(view).set(getRandomValues.call(this, new Uint8Array(view.byteLength)));
    return view;
  };
}

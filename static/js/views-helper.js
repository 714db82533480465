// The worker that makes views: a second instance of the trainer's program, see makeViews in wasm/trainer/views.go.
import '../build/wasm_exec.js';
import { start } from './kernel.js';

const host = globalThis.host = {
  made: bytes => postMessage(bytes.buffer, [bytes.buffer]),
  ready() {
    onmessage = ({ data }) => host.make(new Uint8Array(data));
    host.made(new Uint8Array(0));
  },
};

onmessage = async ({ data }) => {
  const go = new Go();
  try {
    await go.run(await start(go, data));
    throw new Error('its program has ended');
  } catch (e) {
    setTimeout(() => { throw e; });  // so that the trainer hears of it
  }
};

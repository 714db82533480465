// A helper worker: the kernel on the shared memory, and nothing of Go.
import { help } from './kernel-pool.js';

onmessage = ({ data: { module, memory, control, id } }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  postMessage('ready');
  help(control, exports.run, id);
};

// Runs a Go program as the page runs its trainer, and sends the server what it printed.
import './build/wasm_exec.js';
import { load } from './js/kernel.js';

const report = answer => fetch('report', { method: 'POST', body: JSON.stringify(answer) });

async function main() {
  const lines = [];
  console.log = line => lines.push(String(line));  // Go's loader prints the program's output with it
  const go = new Go();
  const { instance, kernel, threads } = await load(go, 'program');
  go.argv = ['program', ...new URLSearchParams(location.search).getAll('arg')];
  go.env = { KERNEL: kernel, THREADS: String(threads) };
  let code = 0;
  go.exit = exit => { code = exit; };
  await go.run(instance);
  const { buffer } = instance.exports.mem;
  await report({ kernel, threads, memory: buffer.constructor.name, bytes: buffer.byteLength, code, output: lines.join('\n') });
}

main().catch(e => report({ code: -1, output: String(e.stack ?? e) })).finally(close);

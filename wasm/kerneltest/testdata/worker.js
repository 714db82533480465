// Runs the Go program kernel.test as the page runs its trainer, and sends the test what it printed.
import './build/wasm_exec.js';
import { load } from './js/kernel.js';

const report = answer => fetch('report', { method: 'POST', body: JSON.stringify(answer) });

async function main() {
  const lines = [];
  console.log = line => lines.push(String(line));  // Go's loader prints the program's output with it
  const go = new Go();
  const { instance, kernel, threads } = await load(go, 'kernel.test');
  go.argv = ['kernel.test', ...new URLSearchParams(location.search).getAll('arg')];
  go.env = { KERNEL: kernel, THREADS: String(threads) };
  let code = 0;
  go.exit = exit => { code = exit; };
  await go.run(instance);
  const memory = instance.exports.mem.buffer.constructor.name;
  await report({ kernel, threads, memory, code, output: lines.join('\n') });
}

main().catch(e => report({ code: -1, output: String(e.stack ?? e) })).finally(close);

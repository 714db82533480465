// The page's handle of its trainer, a Web Worker. It survives the worker: after a crash, start makes another.
import { decode, encode } from './protocol.js';

export class Trainer {
  #worker = null;
  #listen;

  // listen(name, head, message) hears every report; message is {buffer, head, body}.
  constructor(listen) { this.#listen = listen; }

  get alive() { return this.#worker !== null; }

  #spawn() {
    const worker = new Worker('worker.js' + location.search, { type: 'module', name: 'trainer' });
    worker.onmessage = ({ data }) => {
      if (worker !== this.#worker) return;
      const { name, head, body } = decode(data);
      if (name === 'state' && head.phase === 'crashed') this.#worker = null;
      this.#listen(name, head, { buffer: data, head, body });
    };
    worker.onerror = event => {
      event.preventDefault();
      if (worker !== this.#worker) return;
      this.#worker = null;
      worker.terminate();
      const message = `The trainer stopped: ${event.message || 'its program cannot be loaded'}.`;
      this.#listen('error', { message, hint: 'Press Reset to start it again.', fatal: true });
      this.#listen('state', { phase: 'crashed', step: 0 });
    };
    this.#worker = worker;
  }

  // wake makes a worker if there is none.
  wake() { if (!this.#worker) this.#spawn(); }

  // start builds a run of {algo, data, encoder, values}.
  start(run) {
    this.wake();
    this.send('start', run);
  }

  send(name, head, body) {
    const buffer = encode(name, head, body);
    this.#worker?.postMessage(buffer, [buffer]);
  }
}

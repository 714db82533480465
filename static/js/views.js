// The trainer's handle of a worker that makes the views of the next step while this one is computed. The worker runs the
// trainer's own program, so its views are the same bits. What is not there in time the trainer makes itself.

const PATIENCE = 16;  // orders not in time, less those in time, after which the cores are taken to be busy with other things

export class Views {
  #modules;
  #worker = null;
  #idle = false;  // the worker waits for an order
  #last = 0;      // number of the last order, and of the one the worker has
  #has = 0;
  #made = null;   // the last order's views
  #late = 0;

  // modules are those of the trainer, see kernel.js.
  constructor(modules) { this.#modules = modules; }

  // order has the worker make what bytes describe, unless it is busy. Nothing else is wanted from now on.
  order(bytes) {
    this.#last++;
    this.#made = null;
    if (!this.#modules) return;
    if (!this.#worker) this.#spawn();
    if (!this.#idle) return;
    this.#idle = false;
    this.#has = this.#last;
    this.#worker.postMessage(bytes.buffer, [bytes.buffer]);
  }

  // take returns what was ordered last, null where it is not there.
  take() {
    const made = this.#made;
    this.#made = null;
    if (made) this.#late = Math.max(0, this.#late - 1);
    else if (this.#has && ++this.#late > PATIENCE) this.#stop();
    return made;
  }

  #spawn() {
    try {
      this.#worker = new Worker(new URL('views-helper.js', import.meta.url), { type: 'module', name: 'views' });
      this.#worker.postMessage(this.#modules);
    } catch (e) {  // a browser may have no workers within workers, or not pass modules on
      this.#fail(e.message);
      return;
    }
    this.#worker.onmessage = ({ data }) => {
      this.#idle = true;
      if (data && this.#has === this.#last) this.#made = new Uint8Array(data);  // the first message brings nothing
    };
    this.#worker.onerror = event => {
      event.preventDefault();
      this.#fail(event.message || 'it cannot be loaded');
    };
  }

  #fail(why) {
    console.warn(`The worker that makes views stopped: ${why}. The trainer makes them itself.`);
    this.#stop();
  }

  #stop() {
    this.#worker?.terminate();
    this.#modules = this.#worker = this.#made = null;
    this.#idle = false;
  }
}

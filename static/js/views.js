// The trainer's handle of a worker that makes the views of the next step while this one is computed. The worker runs the
// trainer's own program, so its views are the same bits. What is not there in time the trainer makes itself. One buffer goes to
// and fro, the paper on which orders and views are written: new ones for each step would fill the memory with garbage.

const PATIENCE = 16;  // orders not in time, less those in time, after which the cores are taken to be busy with other things

export class Views {
  #modules;
  #worker = null;
  #paper = null;  // is here while the worker waits for an order
  #last = 0;      // number of the last order, and of the one the worker has or had
  #has = 0;
  #made = false;  // the last order's views are on the paper
  #late = 0;

  // modules are those of the trainer, see kernel.js.
  constructor(modules) { this.#modules = modules; }

  // paper gives n bytes or more to write the next order on, null while the worker is busy. What was ordered before is wanted no
  // more.
  paper(n) {
    this.#last++;
    this.#made = false;
    if (!this.#modules) return null;
    if (!this.#worker) this.#spawn();
    if (!this.#paper) return null;
    if (this.#paper.byteLength < n) this.#paper = new ArrayBuffer(n);
    return new Uint8Array(this.#paper);
  }

  // order has the worker make what is written on the paper.
  order() {
    this.#has = this.#last;
    this.#worker.postMessage(this.#paper, [this.#paper]);
    this.#paper = null;
  }

  // take returns what was ordered last, null where it is not there. It is valid until the next order.
  take() {
    if (this.#made) {
      this.#made = false;
      this.#late = Math.max(0, this.#late - 1);
      return new Uint8Array(this.#paper);
    }
    if (this.#has && ++this.#late > PATIENCE) this.#stop();
    return null;
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
      this.#paper = data;
      this.#made = this.#has > 0 && this.#has === this.#last;  // the first message brings empty paper
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
    this.#modules = this.#worker = this.#paper = null;
    this.#made = false;
  }
}

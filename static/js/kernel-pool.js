// A pool of workers that run the kernel's jobs on the memory they share with Go's worker, which runs jobs too: everybody
// takes the next `grain` items off a counter until none is left, so a thread whose core is busy with something else only
// takes fewer. A helper enters a job through a door, which is shut once all items are taken: one that wakes too late
// finds it shut, and nobody waits for it.

// Words of the control block. It has memory of its own: views of Go's memory would go stale when that grows.
const DOOR = 0;   // helpers inside, and OPEN while more may enter
const TURN = 1;   // counts jobs; helpers sleep on it
const NEXT = 2;   // the first item that nobody has taken
const LIMIT = 3;  // threads that may take part
const JOB = 4, ITEMS = 5, GRAIN = 6, SCRATCH = 7, STRIDE = 8, ARGS = 9;
const WORDS = 16;

const OPEN = 1 << 16;
const SPIN = 2000;  // looks before a thread goes to sleep: some 20 µs, since to wake one costs more
const pause = Atomics.pause ?? (() => {});

// changed returns when word is no longer value.
function changed(control, word, value) {
  for (let i = 0; i < SPIN; i++) {
    if (Atomics.load(control, word) !== value) return;
    pause();
  }
  while (Atomics.load(control, word) === value) Atomics.wait(control, word, value);
}

// take does items of the job until none is left. Thread `id` has the id-th part of the scratch.
function take(control, run, id) {
  const job = control[JOB], items = control[ITEMS], grain = control[GRAIN], args = control[ARGS];
  const scratch = control[SCRATCH] + id * control[STRIDE];
  for (let lo; (lo = Atomics.add(control, NEXT, grain)) < items;) run(job, lo, Math.min(lo + grain, items), scratch, args);
}

// help is the life of helper 1, 2, …; it never ends.
export function help(control, run, id) {
  for (let turn = 0; ;) {
    changed(control, TURN, turn);
    turn = Atomics.load(control, TURN);  // before entering, so as not to miss a job posted during this one
    for (let door; (door = Atomics.load(control, DOOR)) & OPEN && id < control[LIMIT];) {
      if (Atomics.compareExchange(control, DOOR, door, door + 1) !== door) continue;
      take(control, run, id);
      if (Atomics.sub(control, DOOR, 1) === 1) Atomics.notify(control, DOOR);  // last one out of a shut door
      break;
    }
  }
}

export class Pool {
  #run;
  #control = null;
  #threads = 1;
  #limit = 1;

  // instance is the kernel; alone, it runs everything on this thread.
  constructor(instance) { this.#run = instance.exports.run; }

  // start adds helpers, given the kernel's module and the shared memory. It returns when they are ready.
  async start(helpers, module, memory) {
    const control = new Int32Array(new SharedArrayBuffer(4 * WORDS));
    const workers = [];
    try {
      await Promise.all(Array.from({ length: helpers }, (_, i) => new Promise((resolve, reject) => {
        const worker = new Worker(new URL('kernel-helper.js', import.meta.url), { type: 'module', name: `kernel ${i + 1}` });
        workers.push(worker);
        worker.onmessage = resolve;
        worker.onerror = event => {
          event.preventDefault();
          reject(new Error(`kernel helper: ${event.message || 'cannot be loaded'}`));
        };
        worker.postMessage({ module, memory, control, id: i + 1 });
      })));
    } catch (e) {
      for (const worker of workers) worker.terminate();
      throw e;
    }
    this.#control = control;
    this.#threads = 1 + helpers;
    this.limit(0);
  }

  // limit makes n threads take part in jobs, all if n is 0, and returns their number.
  limit(n) {
    this.#limit = n > 0 ? Math.min(n, this.#threads) : this.#threads;
    if (this.#control) this.#control[LIMIT] = this.#limit;
    return this.#limit;
  }

  // run does all items of a job, `grain` at a time. Each thread has `stride` bytes of scratch.
  run(job, items, grain, scratch, stride, args) {
    if (this.#limit === 1 || items <= grain) {
      this.#run(job, 0, items, scratch, args);
      return;
    }
    const control = this.#control;
    control[JOB] = job, control[ITEMS] = items, control[GRAIN] = grain;
    control[SCRATCH] = scratch, control[STRIDE] = stride, control[ARGS] = args;
    control[NEXT] = 0;
    Atomics.store(control, DOOR, OPEN);
    Atomics.add(control, TURN, 1);
    Atomics.notify(control, TURN);
    take(control, this.#run, 0);
    Atomics.and(control, DOOR, ~OPEN);
    for (let door; (door = Atomics.load(control, DOOR)) !== 0;) changed(control, DOOR, door);
  }
}

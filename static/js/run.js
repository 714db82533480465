// The run as the page knows it: what the trainer has reported, and the commands to it. Everything on the page, and
// window.pushpull, goes through here.
import { factors, labels, pictures, positions } from './protocol.js';
import { Trainer } from './trainer.js';

const BUFFERS = ['images', 'snapshot', 'pairs'];  // go on as they are
const MESSAGES = ['batch', 'views', 'checkpoint'];
const KEEP_EVERY = { playing: 20_000, paused: 1_000, finished: 0 };  // milliseconds between copies of the run
const LARGE = 5e6;   // weights of a run that is not copied on the way: its state takes some 60 MB
const LARGEST = 2e7;  // of one that is not copied before another takes its place, either
const RESTART_AFTER = 300;  // milliseconds without another change

export class Run extends EventTarget {
  phase = 'loading';
  metrics = { step: 0, epoch: 0, loss: null, knn_top1: null, std: null, effective_rank: null, alignment: null, uniformity: null, images_per_second: null, ahead: null };
  ready = null;       // what the run is: backend, steps, numbers of images
  verdict = null;     // {step, verdict, text, reason, try}
  references = null;  // accuracy of raw pixels and of the untrained encoder
  pictures = null;    // the held-out images that are shown
  #opening = false;      // a saved run is on its way
  #opened = null;        // its bytes
  #kept = null;          // the latest copy of the run, {name, step, bytes}, for when the trainer is lost
  #keptAt = 0;
  #keptLater = 0;
  #saving = false;       // somebody besides wants it
  #snapshot = null;
  #restart = 0;
  #plays = false;        // whether the user wants it to train
  #waiting = new Map();  // what step promised, by the ID of the command
  #asked = 0;

  constructor(settings) {
    super();
    this.settings = settings;
    this.trainer = new Trainer((name, head, message) => this.#hear(name, head, message));
  }

  #emit(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }

  #hear(name, head, message) {
    switch (name) {
      case 'state':
        this.phase = head.phase;
        if (head.phase === 'loading') this.#begin();
        else this.#plays = head.phase === 'playing';
        if (head.phase === 'failed' || head.phase === 'crashed') this.#saving = false;
        this.#keep();
        this.#settle(head.phase === 'crashed' ? Infinity : head.did);
        break;
      case 'metrics':
        for (const [key, value] of Object.entries(head)) if (value != null && key in this.metrics) this.metrics[key] = value;
        this.#keep();
        break;
      case 'checkpoint':
        if (head.step) {
          this.#kept = { name: head.name, step: head.step, bytes: new Uint8Array(message.buffer, message.body) };
          this.#emit('kept', this.#kept);
        }
        if (!this.#saving) return;
        this.#saving = false;
        break;
      case 'ready':
        this.ready = head;
        if (head.opened && this.#opening) this.#adopt(head.config);  // not that of a run which was on its way before
        break;
      case 'error':
        if (!head.files) this.#opening = false;
        break;
      case 'references':
        this.references = head;
        break;
      case 'verdict':
        this.verdict = head;
        break;
      case 'images':
        this.#snapshot = null;  // is of the images before
        this.pictures = { n: head.n, h: head.h, w: head.w, c: head.c, names: head.classes, labels: labels(message.buffer, message), files: head.files,
          labelled: head.classes.length > 1,  // without classes all are called the same
          factors: factors(message.buffer, message), pixels: pictures(message.buffer, message) };
        break;
      case 'snapshot':
        this.#snapshot = { step: head.step, n: head.n, ...positions(message.buffer, message) };
        break;
    }
    this.#emit(name, BUFFERS.includes(name) ? message.buffer : MESSAGES.includes(name) ? message : head);
  }

  // settle keeps what step promised, up to the command of an ID.
  #settle(id) {
    for (const [asked, resolve] of this.#waiting) {
      if (asked > id) continue;
      this.#waiting.delete(asked);
      resolve({ ...this.metrics });
    }
  }

  // keep asks for a copy of the run now and then, and where it rests for one of the last step.
  #keep() {
    clearTimeout(this.#keptLater);
    if (!this.metrics.step || this.metrics.step === this.#kept?.step || this.ready?.parameters > LARGE) return;
    const wait = this.#keptAt + KEEP_EVERY[this.phase] - performance.now();
    if (wait > 0 && this.phase !== 'playing') this.#keptLater = setTimeout(() => this.#keep(), wait);
    if (!(wait <= 0)) return;  // in another phase there is no copy
    this.#keptAt = performance.now();
    this.trainer.send('save');
  }

  // measuring tells whether training stands at a step that is not evaluated yet.
  get measuring() { return ['paused', 'finished'].includes(this.phase) && this.metrics.step !== (this.verdict?.step ?? 0); }

  // kept is the step of the copy that restore goes on from, 0 where there is none.
  get kept() { return this.#kept?.step ?? 0; }

  restore() { this.open(this.#kept.name, this.#kept.bytes); }

  // warning says when a run of so many weights is lost, "" where it is not.
  get warning() {
    const weights = this.ready?.parameters ?? 0;
    if (weights <= LARGE) return '';
    return `Of so many weights no copy is made on the way: save the run before you leave the page${weights > LARGEST ? ', or start another' : ''}.`;
  }

  // copy asks for a last copy of the run, which another is to take the place of.
  #copy() {
    if (this.metrics.step && !(this.ready?.parameters > LARGEST)) this.trainer.send('save');
  }

  #begin() {
    if (this.#kept && this.#kept.bytes !== this.#opened) {
      const { algo, data } = this.ready.config;
      this.#emit('replaced', { ...this.#kept, algo, data });
      this.#kept = null;
    }
    this.#keptAt = performance.now();
    this.references = this.verdict = null;
    for (const key of Object.keys(this.metrics)) this.metrics[key] = key === 'step' || key === 'epoch' ? 0 : null;
  }

  play() {
    if (this.#pending()) return this.start(true);
    this.#plays = true;
    this.trainer.send('play');
  }

  // pause stops after the step in progress, or before the first one of a run that is not there yet.
  pause() {
    this.#plays = false;
    this.trainer.send('pause');
    if (this.phase !== 'playing') return;
    this.phase = 'pausing';
    this.#emit('state', { phase: this.phase });
  }

  // step takes n steps; the promise gives the metrics after them.
  step(n = 1) {
    if (!(Number.isInteger(n) && n > 0)) throw new RangeError(`step(${n}): give a whole number of steps, 1 or more`);
    if (this.#pending()) this.start();
    return new Promise(resolve => {
      this.#waiting.set(++this.#asked, resolve);
      this.trainer.send('step', { n, id: this.#asked });
    });
  }

  #pending() { return this.#restart !== 0 || !this.trainer.alive || this.phase === 'failed' && !this.#opening; }

  // start builds the run that the settings tell, and plays it or stands at its first step.
  start(play = false) {
    this.#leave();
    this.#copy();
    this.#plays = play;
    if (this.phase === 'failed') this.phase = 'loading';
    this.trainer.start(this.settings.run());
    if (play) this.trainer.send('play');
  }

  // leave forgets the run that was to come.
  #leave() {
    clearTimeout(this.#restart);
    this.#restart = 0;
    this.#opening = false;
    this.#opened = null;
  }

  // pick chooses the data set, the algorithm or the encoder.
  pick(kind, name) {
    this.settings[kind] = name;
    this.#later();
    this.#emit('pick', kind);
  }

  // set changes a hyperparameter, in the run in progress if it may.
  set(key, text) {
    const param = this.settings.params.get(key);
    if (param.live && this.#opening) return this.#emit('settings');  // those of the saved run come
    const changed = this.settings.give(key, text);  // if not, it may still be the default from now on
    if (changed && param.live && !this.#pending()) this.trainer.send('set', { values: { [key]: text } });
    else if (changed && (!param.live || this.phase === 'failed')) this.#later();
    this.#emit('settings');
  }

  // later starts anew once the user has stopped changing things; a run that was playing plays on.
  #later() {
    this.#opening = false;
    clearTimeout(this.#restart);
    this.#restart = setTimeout(() => this.start(this.#plays), RESTART_AFTER);
    this.#emit('settings');
  }

  // open goes on with a saved run; the settings become its own once it is there.
  open(name, bytes) {
    this.#leave();
    this.#copy();
    this.#opening = true;
    this.#opened = bytes;
    this.trainer.wake();
    this.trainer.send('checkpoint', { name, step: 0 }, bytes);
  }

  #adopt({ algo, data, encoder, values }) {
    this.#opening = false;
    this.settings.clear();
    Object.assign(this.settings, { algo, data, encoder });
    if ('augment' in values) this.settings.give('augment', String(values.augment));
    for (const [key, value] of Object.entries(values)) this.settings.give(key, String(value));
    this.#emit('settings');
  }

  // save has a checkpoint report bring the run as a file, or its latest copy where the trainer is lost. It tells whether there is
  // anything to save.
  save() {
    if (this.trainer.alive && this.phase !== 'failed') {
      this.#saving = true;
      this.trainer.send('save');
      return true;
    }
    if (this.#kept) this.#emit('checkpoint', { head: this.#kept, buffer: this.#kept.bytes.buffer, body: this.#kept.bytes.byteOffset });
    return this.#kept !== null;
  }

  // send tells the trainer anything else.
  send(name, head, body) { this.trainer.send(name, head, body); }

  embedding() {
    if (!this.#snapshot) return null;
    const { names: classes, labels, files } = this.pictures;
    return { ...this.#snapshot, classes, labels, files };
  }
}

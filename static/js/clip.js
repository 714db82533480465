// A film of the embedding: the browser records the view's canvas, and a button beside the title stops it.
import { html } from './elements.js';

const KINDS = ['video/webm;codecs=vp8', 'video/webm'];  // VP9 takes several times as long, which training has better use for
const RATE = 6_000_000;     // bits a second
const LONGEST = 5 * 60_000; // milliseconds
const PART = 1000;          // milliseconds between two parts that the recorder hands over
const EMPTY = 100;          // bytes of a part without a frame
const PATIENCE = 10_000;    // milliseconds

export class Clip {
  #recording = null;
  #finish = () => {};

  // refused says why this browser cannot record, '' where it can.
  static refused() {
    if (!globalThis.MediaRecorder || !HTMLCanvasElement.prototype.captureStream) return 'This browser cannot record a canvas.';
    return KINDS.some(k => MediaRecorder.isTypeSupported(k)) ? '' : 'This browser does not write WebM, only other kinds of film.';
  }

  // The button that stops stands in a place while recording; done(bytes) gets the film, fail(message, hint) what went wrong.
  constructor(view, place, done, fail) {
    Object.assign(this, { view, done, fail });
    this.label = html('span');
    this.button = html('button', { type: 'button', class: 'recording', hidden: true }, html('span', { class: 'dot', 'aria-hidden': 'true' }), this.label);
    this.button.addEventListener('click', () => this.stop());
    place.append(this.button);
  }

  start() {
    if (this.#recording) return;
    const source = this.view.record();
    if (!source) return this.fail('there is nothing to record yet', 'wait until the embedding is shown');
    const parts = [], began = performance.now();
    let length = 0;  // milliseconds
    const recorder = new MediaRecorder(source.stream, { mimeType: KINDS.find(k => MediaRecorder.isTypeSupported(k)), videoBitsPerSecond: RATE });
    const end = () => {
      clearInterval(tick);
      source.end();
      for (const track of source.stream.getTracks()) track.stop();
      this.#recording = null;
      this.button.hidden = true;
    };
    const tick = setInterval(() => {
      if (length) return;
      this.label.textContent = `Stop the clip, ${Math.round((performance.now() - began) / 1000)} s`;
      if (performance.now() - began > LONGEST) this.stop();
    }, 500);
    const write = () => { if (recorder.state === 'recording') recorder.stop(); }, written = () => parts.some(p => p.size > EMPTY);
    recorder.ondataavailable = e => {
      parts.push(e.data);
      if (length && written()) write();
    };
    recorder.onerror = e => { end(); this.fail(`the clip could not be recorded (${e.error?.name ?? 'unknown error'})`, 'try again with a smaller window'); };
    recorder.onstop = async () => {
      end();
      const film = new Uint8Array(await new Blob(parts).arrayBuffer());
      if (film.length) this.done(withDuration(film, length));
      else this.fail('nothing was recorded, since no frame was drawn', 'record for longer, with the embedding in view');
    };
    recorder.start(PART);
    // A busy machine may not have written a single frame yet: then the first one is waited for.
    this.#finish = () => {
      length = performance.now() - began;
      if (written()) write();
      else setTimeout(write, PATIENCE);
    };
    this.#recording = recorder;
    this.label.textContent = 'Stop the clip';
    this.button.hidden = false;
    this.button.focus();
  }

  stop() {
    this.label.textContent = 'Writing the clip…';
    this.#finish();
  }
}

const INFO = [0x15, 0x49, 0xa9, 0x66], DURATION = [0x44, 0x89];

// withDuration returns a WebM that tells its length in milliseconds. Recorders write the file as it comes, so they cannot.
function withDuration(bytes, milliseconds) {
  const at = find(bytes, INFO, 0);
  if (at < 0) return bytes;
  const size = number(bytes, at + 4), start = at + 4 + size.length, end = start + size.value;
  const known = find(bytes.subarray(0, end), DURATION, start), value = new Uint8Array(8);
  new DataView(value.buffer).setFloat64(0, milliseconds);
  if (known >= 0) {
    const had = number(bytes, known + 2), view = new DataView(bytes.buffer, bytes.byteOffset + known + 2 + had.length);
    if (had.value === 8) view.setFloat64(0, milliseconds);
    if (had.value === 4) view.setFloat32(0, milliseconds);
    return bytes;
  }
  const added = [...DURATION, 0x88, ...value], total = size.value + added.length;
  const head = [0x08, ...[24, 16, 8, 0].map(s => total / 2 ** s & 255)];  // a size of five bytes
  const out = new Uint8Array(bytes.length + added.length + head.length - size.length);
  out.set(bytes.subarray(0, at + 4));
  out.set(head, at + 4);
  out.set(bytes.subarray(start, end), at + 4 + head.length);
  out.set(added, at + 4 + head.length + size.value);
  out.set(bytes.subarray(end), at + 4 + head.length + total);
  return out;
}

function find(bytes, pattern, from) {
  for (let i = from; i <= Math.min(bytes.length, 4096) - pattern.length; i++) if (pattern.every((b, k) => bytes[i + k] === b)) return i;
  return -1;
}

// number reads a size of EBML: its first byte's leading zeros tell how many bytes follow.
function number(bytes, at) {
  const length = Math.clz32(bytes[at]) - 23;
  let value = bytes[at] & (0xff >> length);
  for (let i = 1; i < length; i++) value = value * 256 + bytes[at + i];
  return { value, length };
}

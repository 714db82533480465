// What the page says to its trainer and its view, and they to it. Package wasm/protocol describes the format; a test
// there holds this list against it.

export const VERSION = 1;

export const KIND = {
  start: 1,
  play: 2,
  pause: 3,
  step: 4,
  reset: 5,
  set: 6,
  ready: 7,
  progress: 8,
  state: 9,
  metrics: 10,
  references: 11,
  error: 12,
  images: 13,
  snapshot: 14,
  view: 15,
  legend: 16,
  hover: 17,
  pace: 18,
  stage: 19,
  inspect: 20,
  batch: 21,
  mark: 22,
  verdict: 23,
  look: 24,
  neighbours: 25,
  pairs: 26,
  selection: 27,
  sample: 28,
  views: 29,
  save: 30,
  checkpoint: 31,
  files: 32,
  dataset: 33,
};
const NAME = Object.fromEntries(Object.entries(KIND).map(([name, kind]) => [kind, name]));
const HEADER = 8;

// encode returns a message as an ArrayBuffer; its body, if it has one, is bytes.
export function encode(name, head = {}, body = new Uint8Array(0)) {
  const json = new TextEncoder().encode(JSON.stringify(head));
  const padded = (json.length + 3) & ~3;
  const bytes = new Uint8Array(HEADER + padded + body.length).fill(32, 0, HEADER + padded);
  bytes.set([80, 80, VERSION, KIND[name]]);
  new DataView(bytes.buffer).setUint32(4, padded, true);
  bytes.set(json, HEADER);
  bytes.set(body, HEADER + padded);
  return bytes.buffer;
}

// What stands for a message that the page does not understand.
const FOREIGN = { name: 'error', head: { message: 'A part of the page is of another version', hint: 'reload the page without its cache', fatal: false }, body: 0 };

// decode returns a message's {name, head, body}; body is the offset of its arrays in the buffer. One of another version is
// an error that the page tells.
export function decode(buffer) {
  const bytes = new Uint8Array(buffer);
  if (bytes[0] !== 80 || bytes[1] !== 80 || bytes[2] !== VERSION) return FOREIGN;
  const body = HEADER + new DataView(buffer).getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER, body)));
  return { name: NAME[bytes[3]], head, body };
}

// positions returns a snapshot's projections by name, each a Float32Array [n, 3] that views the buffer.
export function positions(buffer, { head, body }) {
  const size = 3 * head.n;
  return Object.fromEntries(head.names.map((name, i) => [name, new Float32Array(buffer, body + 4 * size * i, size)]));
}

// factors returns what is known of each image besides its class, by name: {names, of}, of an Int32Array [n].
export function factors(buffer, { head, body }) {
  return Object.fromEntries((head.factors ?? []).map(({ name, names }, i) => [name, { names, of: new Int32Array(buffer, body + 4 * head.n * (1 + i), head.n) }]));
}

// pictures returns the pixels of all images, a Uint8Array [n, h, w, c] that views the buffer.
export const pictures = (buffer, { head, body }) => new Uint8Array(buffer, body + 4 * head.n * (1 + (head.factors ?? []).length));

// labels returns the class of each image, an Int32Array that views the buffer.
export const labels = (buffer, { head, body }) => new Int32Array(buffer, body, head.n);

// floats views n numbers at a place of the buffer; pixels views the bytes from there to its end.
export const floats = (buffer, at, n) => new Float32Array(buffer, at, n);
export const pixels = (buffer, at) => new Uint8Array(buffer, at);

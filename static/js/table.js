// A table of numbers that does not grow with the run: once it is full, every second row is left out, but neither the first
// nor the last.
export class Table {
  #cells;
  #rows = 0;

  // most is how many rows are kept, an even number.
  constructor(columns, most) {
    Object.assign(this, { columns, most });
    this.#cells = new Float64Array(columns * most);
  }

  // add takes a row of numbers, NaN where there is none.
  add(row) {
    const w = this.columns;
    if (this.#rows === this.most) {
      this.#rows /= 2;
      for (let i = 1; i < this.#rows; i++) this.#cells.copyWithin(w * i, 2 * w * i, 2 * w * i + w);
    }
    this.#cells.set(row, w * this.#rows++);
  }

  clear() { this.#rows = 0; }

  // rows returns what is kept as arrays, null where there is no number.
  rows() {
    const cells = Array.from(this.#cells.subarray(0, this.columns * this.#rows), v => Number.isNaN(v) ? null : v);
    return Array.from({ length: this.#rows }, (_, i) => cells.slice(this.columns * i, this.columns * (i + 1)));
  }
}

// A table of numbers that does not grow with the run: as sparse.js, but flat.
export class Table {
  #cells;
  #rows = 0;
  #every = 1;
  #came = 0;

  // most is how many rows are kept, an even number.
  constructor(columns, most) {
    Object.assign(this, { columns, most });
    this.#cells = new Float64Array(columns * most);
  }

  // add takes a row of numbers, NaN where there is none.
  add(row) {
    const w = this.columns;
    if ((this.#came - 1) % this.#every) this.#rows--;
    if (this.#rows === this.most) {
      this.#every *= 2;
      this.#rows /= 2;
      for (let i = 1; i < this.#rows; i++) this.#cells.copyWithin(w * i, 2 * w * i, 2 * w * i + w);
    }
    this.#cells.set(row, w * this.#rows++);
    this.#came++;
  }

  clear() {
    this.#rows = this.#came = 0;
    this.#every = 1;
  }

  // rows returns what is kept as arrays, null where there is no number.
  rows() {
    const cells = Array.from(this.#cells.subarray(0, this.columns * this.#rows), v => Number.isNaN(v) ? null : v);
    return Array.from({ length: this.#rows }, (_, i) => cells.slice(this.columns * i, this.columns * (i + 1)));
  }
}

// A list that does not grow with the run: once it is full, every second entry is left out, and of those to come, too, so that
// early ones stay as near to each other as late ones. The latest entry is always there.
export class Sparse {
  list = [];
  #every = 1;  // so many that came, one stays
  #came = 0;

  // most is how many entries are kept, an even number.
  constructor(most) { this.most = most; }

  // add takes an entry, in the place of the latest if that is what it replaces.
  add(entry, replaces = false) {
    if (replaces && this.list.length) {
      this.list[this.list.length - 1] = entry;
      return;
    }
    if ((this.#came - 1) % this.#every) this.list.pop();  // was there as the latest only
    if (this.list.length === this.most) {
      this.list = this.list.filter((_, i) => i % 2 === 0);
      this.#every *= 2;
    }
    this.list.push(entry);
    this.#came++;
  }

  clear() {
    this.list = [];
    this.#every = 1;
    this.#came = 0;
  }
}

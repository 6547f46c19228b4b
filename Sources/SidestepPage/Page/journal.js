// A journal that may be long: the part around what is looked at, read by pages. Rows are numbered by an estimate
// where only the ends are known; the part that was read is exact and without holes.
import { guess } from "./virtual.js";

export const PAGE = 200;
// What is kept of it; more would only cost memory.
const MOST = 4000;

/** @typedef {{sequence: number, at: number, kind: string, step?: string, attempt?: number, detail?: any}} Entry */
/** @typedef {(after: number, limit: number) => Promise<{entries: Entry[], more?: number}>} Read */

export class Journal {
  /** @param {Read} read */
  constructor(read) {
    this.read = read;
    /** @type {Entry[]} */
    this.entries = [];
    // The number of the first row that was read.
    this.start = 0;
    this.rows = 0;
    this.first = 0;
    this.last = 0;
    this.whole = false;
    this.busy = false;
  }

  /** @param {number} about how many entries there are, as far as one knows @param {number} newest a sequence behind which nothing stands */
  async open(about, newest) {
    const page = await this.read(0, PAGE);
    this.entries = page.entries;
    this.start = 0;
    this.whole = !page.more;
    this.first = Number(page.entries[0]?.sequence ?? 0);
    this.last = this.whole ? Number(page.entries.at(-1)?.sequence ?? 0) : newest;
    this.rows = this.whole ? page.entries.length : Math.max(about, page.entries.length + 1);
  }

  /** The row, if it was read.
   *  @param {number} index */
  at(index) {
    return this.entries[index - this.start];
  }

  /** Whether all rows from `first` on were read.
   *  @param {number} first @param {number} end */
  has(first, end) {
    return first >= this.start && Math.min(end, this.rows) <= this.start + this.entries.length;
  }

  /** Reads what is wanted: the next page where it adjoins, else a new part.
   *  @param {number} first @param {number} end */
  async want(first, end) {
    if (this.busy || this.has(first, end)) return false;
    this.busy = true;
    try {
      const known = this.start + this.entries.length;
      if (this.entries.length && first >= this.start && first <= known) await this.forward();
      else if (this.entries.length && first < this.start && end >= this.start) await this.back(first);
      else await this.jump(first);
      return true;
    } finally {
      this.busy = false;
    }
  }

  async forward() {
    const page = await this.read(Number(this.entries.at(-1)?.sequence ?? 0), PAGE);
    this.entries.push(...page.entries);
    if (this.entries.length > MOST) {
      const spare = this.entries.length - MOST;
      this.entries.splice(0, spare);
      this.start += spare;
    }
    if (!page.more) this.ends();
    else this.rows = Math.max(this.rows, this.start + this.entries.length + 1);
  }

  /** The end is known now, and with it how many rows there are. */
  ends() {
    this.rows = this.start + this.entries.length;
    this.last = Number(this.entries.at(-1)?.sequence ?? this.last);
  }

  /** Pages lie behind a sequence only: what lies before one is found from where it may begin.
   *  @param {number} first */
  async back(first) {
    const before = Number(this.entries[0]?.sequence ?? 0);
    const edge = before - 1 - Math.max(PAGE, this.start - first);
    let after = Math.max(this.first - 1, edge);
    let older = await this.between(after, before);
    if (older.length < PAGE / 2 && after === edge) {
      // Others wrote meanwhile: the last entry before that is found by halves.
      let low = this.first - 1, high = edge;
      while (high - low > PAGE) {
        const middle = Math.floor((low + high) / 2);
        const found = (await this.read(middle, 1)).entries[0];
        if (found && Number(found.sequence) <= edge) low = middle;
        else high = middle;
      }
      after = Math.max(this.first - 1, low - PAGE);
      older = await this.between(after, before);
    }
    this.prepend(older, after <= this.first - 1);
  }

  /** @param {number} after @param {number} before */
  async between(after, before) {
    /** @type {Entry[]} */
    const found = [];
    for (;;) {
      const page = await this.read(after, 4 * PAGE);
      found.push(...page.entries.filter((entry) => Number(entry.sequence) < before));
      after = Number(page.entries.at(-1)?.sequence ?? before);
      if (!page.more || after >= before) return found;
    }
  }

  /** @param {Entry[]} older @param {boolean} atTop */
  prepend(older, atTop) {
    const start = this.start - older.length;
    this.entries = [...older, ...this.entries].slice(0, MOST);
    this.start = atTop ? 0 : Math.max(0, start);
    // The estimate was wrong by so much: the beginning is row 0.
    this.rows += this.start - start;
  }

  /** @param {number} first */
  async jump(first) {
    const begin = Math.max(0, Math.min(first - PAGE / 4, this.rows - PAGE));
    const page = await this.read(guess(begin, this.rows, this.first, this.last), PAGE);
    // What was taken for the end is not, or lies before.
    if (!page.entries.length || (page.more && begin + page.entries.length >= this.rows)) return this.toEnd();
    this.entries = page.entries;
    this.start = Number(page.entries[0]?.sequence) === this.first ? 0 : Math.floor(begin);
    if (!page.more) this.ends();
  }

  /** The last page: the end is found by halves where it lies before what was thought. */
  async toEnd() {
    let low = Number(this.first), high = Number(this.last) + 1;
    while (high - low > PAGE / 2) {
      const middle = Math.floor((low + high) / 2);
      if ((await this.read(middle, 1)).entries.length) low = middle;
      else high = middle;
    }
    this.last = high;
    const { entries } = await this.read(Math.max(this.first - 1, low - 2 * PAGE), 4 * PAGE);
    this.entries = entries;
    const estimate = this.rows;
    this.start = Math.max(0, estimate - entries.length);
    if (Number(entries[0]?.sequence) === this.first) this.start = 0;
    this.ends();
  }

  /** What came just now; it is shown where it adjoins. Returns whether there are more rows.
   *  @param {Entry[]} fresh */
  add(fresh) {
    const atEnd = this.start + this.entries.length >= this.rows;
    const newer = fresh.filter((entry) => Number(entry.sequence) > this.last);
    if (!newer.length) return false;
    this.last = Number(newer.at(-1)?.sequence);
    if (!this.first) this.first = Number(newer[0]?.sequence);
    this.rows += newer.length;
    if (atEnd) this.entries.push(...newer);
    return true;
  }
}

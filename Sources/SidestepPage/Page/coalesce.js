// What many events come to between two frames: which runs they touched, and how.

/** @typedef {{sequence: number, run: string, at: number, kind: string, step?: string, attempt?: number, detail?: any}} Entry */
/** @typedef {{entries: Entry[], runs: Map<string, Entry[]>, kinds: Set<string>, lost: boolean}} Batch */

// What is kept of one frame; who was away longer reads again instead.
export const MOST = 5000;

export class Coalescer {
  constructor() {
    this.last = 0;
    this.batch = this.empty();
  }
  /** @returns {Batch} */
  empty() {
    return { entries: [], runs: new Map(), kinds: new Set(), lost: false };
  }
  /** Returns whether this is the first of a batch.
   *  @param {Entry} entry */
  add(entry) {
    // After a reconnection some come again.
    if (entry.sequence <= this.last) return false;
    this.last = entry.sequence;
    const first = !this.batch.kinds.size && !this.batch.lost;
    this.batch.kinds.add(entry.kind);
    if (this.batch.entries.length >= MOST) {
      this.batch.lost = true;
      return first;
    }
    this.batch.entries.push(entry);
    const of = this.batch.runs.get(entry.run);
    if (of) of.push(entry);
    else this.batch.runs.set(entry.run, [entry]);
    return first;
  }
  take() {
    const batch = this.batch;
    this.batch = this.empty();
    return batch;
  }
}

/** Whether something happened of which a name begins so.
 *  @param {Batch} batch @param {string[]} starts */
export function touches(batch, starts) {
  return batch.lost || [...batch.kinds].some((kind) => starts.some((start) => kind.startsWith(start)));
}

/** Calls `work` again and again as long as it is asked to, never twice at a time, with a rest in between.
 *  @param {() => Promise<any>} work @param {number} [rest] ms */
export function oneAtATime(work, rest = 0) {
  let busy = false, again = false;
  return async () => {
    again = true;
    if (busy) return;
    busy = true;
    try {
      while (again) {
        again = false;
        await work();
        if (rest) await new Promise((resolve) => setTimeout(resolve, rest));
      }
    } finally {
      busy = false;
    }
  };
}

// The geometry of a run's timeline: what `run.timeline` answers, in pixels. Lives of owners are rows; what happened
// in a life is in its row.

/** @typedef {{epoch: number, owner?: string | null, pid?: number | null, uid?: number | null, from_at: number, until_at?: number | null, end?: string | null}} Life */
/** @typedef {{from_at: number, until_at?: number | null, kind: string, count?: number | null, step?: string | null}} Span */
/** @typedef {{at: number, kind: string, count: number}} Mark */
/** @typedef {{from_at: number, until_at: number, lives: Life[], spans: Span[], marks: Mark[], partial?: boolean}} Timeline */
/** @typedef {{x: number, width: number, y: number, kind: string, span: Span}} Block */

export const LANE = 26;
export const GAP = 6;
// What is narrower is not seen.
const LEAST = 2;
// Beyond so many, the latest ones have lanes of their own.
export const MOST_LANES = 12;
// Ends of a life that nobody wished.
const DEATHS = ["died", "reboot", "expired", "disconnected", "never_began"];

/** @param {Timeline} timeline @param {number} width */
export function layout(timeline, width) {
  const from = timeline.from_at;
  const until = Math.max(timeline.until_at, from + 1);
  const x = (/** @type {number} */ at) => ((Math.min(Math.max(at, from), until) - from) / (until - from)) * width;
  const lives = timeline.lives.slice(-MOST_LANES);
  const hidden = timeline.lives.length - lives.length;
  const lanes = lives.map((life, at) => ({
    life, y: at * (LANE + GAP), x: x(life.from_at), width: Math.max(LEAST, x(life.until_at ?? until) - x(life.from_at)), dead: isDeath(life.end),
  }));
  /** @type {Block[]} */
  const blocks = [];
  for (const span of timeline.spans) {
    const at = laneOf(lives, span.from_at);
    const start = x(span.from_at);
    blocks.push({ x: start, width: Math.max(LEAST, x(span.until_at ?? until) - start), y: Math.max(at, 0) * (LANE + GAP), kind: span.kind, span });
  }
  return { lanes, blocks, gaps: gaps(lives, x), hidden, marks: timeline.marks.map((mark) => ({ x: x(mark.at), mark })), height: Math.max(1, lanes.length) * (LANE + GAP), x };
}

/** @param {string | null | undefined} end */
export const isDeath = (end) => Boolean(end) && (DEATHS.includes(/** @type {string} */ (end)) || String(end).startsWith("signal:"));

/** The life in which a moment lies: the last that had begun.
 *  @param {Life[]} lives @param {number} at */
export function laneOf(lives, at) {
  let low = 0, high = lives.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {Life} */ (lives[middle]).from_at <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** From the end of a life to the beginning of the next: nobody had the run.
 *  @param {Life[]} lives @param {(at: number) => number} x */
function gaps(lives, x) {
  return lives.slice(1).flatMap((life, at) => {
    const before = /** @type {Life} */ (lives[at]);
    if (!before.until_at || before.until_at >= life.from_at) return [];
    return [{ x: x(before.until_at), width: Math.max(1, x(life.from_at) - x(before.until_at)), y: at * (LANE + GAP), ms: life.from_at - before.until_at, end: before.end }];
  });
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5, 72e5, 216e5, 432e5, 864e5];

/** Where the axis has its marks: about one in `apart` pixels.
 *  @param {number} from @param {number} until @param {number} width @param {number} [apart] */
export function ticks(from, until, width, apart = 130) {
  const least = ((until - from) * apart) / Math.max(width, 1);
  const step = STEPS.find((one) => one >= least) ?? Math.ceil(least / 864e5) * 864e5;
  const found = [];
  for (let at = 0; at <= until - from; at += step) found.push(at);
  return found;
}

// The arithmetic of a list of which only what is seen exists. No element may be as high as a million rows in
// every browser, so beyond `TALLEST` the scroll bar says where one is, and a wheel still moves by pixels.

export const TALLEST = 8_000_000;

/** @typedef {{rows: number, row: number, view: number}} Sizes how many rows, how high one is, how high the window */

/** How high the element that scrolls is.
 *  @param {Sizes} sizes */
export function height({ rows, row }) {
  return Math.min(rows * row, TALLEST);
}

/** Where the window stands in the whole list, in pixels, after a scroll event.
 *  @param {Sizes} sizes @param {number} top where it stood @param {number} before the scroll bar before @param {number} after and now */
export function scrolled(sizes, top, before, after) {
  const whole = sizes.rows * sizes.row;
  const last = Math.max(0, whole - sizes.view);
  const bar = Math.max(0, height(sizes) - sizes.view);
  if (whole <= TALLEST) return clamp(after, 0, last);
  if (after <= 0) return 0;
  if (after >= bar - 1) return last;
  const moved = after - before;
  if (Math.abs(moved) < 2 * sizes.view) return clamp(top + moved, 0, last);
  return (after / bar) * last;
}

/** Where the scroll bar is to stand for a place in the list.
 *  @param {Sizes} sizes @param {number} top */
export function bar(sizes, top) {
  const whole = sizes.rows * sizes.row;
  if (whole <= TALLEST) return top;
  return (top / Math.max(1, whole - sizes.view)) * (height(sizes) - sizes.view);
}

/** The rows that are seen, and some beyond.
 *  @param {Sizes} sizes @param {number} top @param {number} [spare] */
export function seen(sizes, top, spare = 8) {
  const first = Math.max(0, Math.floor(top / sizes.row) - spare);
  const end = Math.min(sizes.rows, Math.ceil((top + sizes.view) / sizes.row) + spare);
  return { first, end: Math.max(first, end) };
}

/** @param {number} value @param {number} low @param {number} high */
export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/** The sequence after which to ask for the rows from `index` on, where only the ends are known.
 *  @param {number} index @param {number} rows @param {number} first @param {number} last */
export function guess(index, rows, first, last) {
  if (rows <= 1 || index <= 0) return first - 1;
  return Math.max(0, Math.floor(first - 1 + ((last - first) * index) / (rows - 1)));
}

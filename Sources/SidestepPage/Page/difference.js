// Which lines of a text another one has not: the longest common sequence of lines, for texts of a sensible length.

const MOST = 1000;

/** @param {string} text @param {string} other @returns {{line: string, changed: boolean}[]} */
export function changes(text, other) {
  const mine = text.split("\n"), theirs = other.split("\n");
  if (mine.length > MOST || theirs.length > MOST) return known(mine, new Set(theirs));
  const width = theirs.length + 1;
  const lengths = new Uint16Array((mine.length + 1) * width);
  const length = (/** @type {number} */ row, /** @type {number} */ column) => /** @type {number} */ (lengths[row * width + column]);
  for (let row = mine.length - 1; row >= 0; row--) {
    for (let column = theirs.length - 1; column >= 0; column--) {
      lengths[row * width + column] = mine[row] === theirs[column] ? length(row + 1, column + 1) + 1 : Math.max(length(row + 1, column), length(row, column + 1));
    }
  }
  const found = [];
  for (let row = 0, column = 0; row < mine.length; row++) {
    while (column < theirs.length && mine[row] !== theirs[column] && length(row, column + 1) >= length(row + 1, column)) column++;
    const same = column < theirs.length && mine[row] === theirs[column];
    found.push({ line: /** @type {string} */ (mine[row]), changed: !same });
    if (same) column++;
  }
  return found;
}

/** @param {string[]} lines @param {Set<string>} others */
const known = (lines, others) => lines.map((line) => ({ line, changed: !others.has(line) }));

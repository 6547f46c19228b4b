// Reads OpenMetrics text, as far as the page needs it.

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;

/** @param {string} text */
export function metrics(text) {
  /** @type {Map<string, {labels: string, value: number}[]>} */
  const samples = new Map();
  for (const line of text.split("\n")) {
    const found = line[0] === "#" ? null : LINE.exec(line);
    if (!found) continue;
    const name = /** @type {string} */ (found[1]);
    const sample = { labels: found[2] ?? "", value: Number(found[3]) };
    samples.set(name, [...(samples.get(name) ?? []), sample]);
  }
  const sum = (/** @type {string} */ name) => (samples.get(name) ?? []).reduce((total, one) => total + one.value, 0);
  // A counter is named with or without its ending.
  return { samples, total: (/** @type {string} */ name) => sum(name) || sum(`${name}_total`) };
}

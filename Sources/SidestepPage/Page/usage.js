// Sums of what was used up.

/** What is told, in this order.
 *  @type {[string, string][]} */
const KINDS = [["cost_micros", "cost"], ["input_tokens", "input tokens"], ["output_tokens", "output tokens"]];

/** @param {any[]} usages @returns {Record<string, number>} */
export function sum(usages) {
  /** @type {Record<string, number>} */
  const total = {};
  for (const usage of usages) {
    for (const [name, value] of Object.entries(usage)) if (Number.isFinite(Number(value))) total[name] = (total[name] ?? 0) + Number(value);
  }
  return total;
}

/** The amounts there are, cached tokens and others of a provider's own behind those that all have.
 *  @param {Record<string, number>} total @returns {[string, string][]} */
export function kinds(total) {
  const others = Object.keys(total).filter((name) => !KINDS.some(([known]) => known === name));
  return [...KINDS, ...others.map((name) => /** @type {[string, string]} */ ([name, name.replaceAll("_", " ")]))].filter(([name]) => total[name]);
}

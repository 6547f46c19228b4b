// Sums of what was used up, by a name.

/** What is told, in this order.
 *  @type {[string, string][]} */
export const TOTALS = [["cost_micros", "cost"], ["input_tokens", "input tokens"], ["output_tokens", "output tokens"], ["cache_read_tokens", "cached"], ["cached_input_tokens", "cached"], ["requests", "requests"]];

/** The largest first.
 *  @template T @param {T[]} all @param {(one: T) => string} name @param {(one: T) => any} usage @returns {{name: string, amounts: Record<string, number>}[]} */
export function sums(all, name, usage) {
  /** @type {Map<string, Record<string, number>>} */
  const groups = new Map();
  for (const one of all) {
    const amounts = groups.get(name(one)) ?? {};
    groups.set(name(one), amounts);
    for (const [kind, value] of Object.entries(usage(one) ?? {})) {
      const number = Number(value);
      if (Number.isFinite(number)) amounts[kind] = (amounts[kind] ?? 0) + number;
    }
  }
  return [...groups].map(([name, amounts]) => ({ name, amounts })).filter(({ amounts }) => Object.values(amounts).some(Boolean)).sort((one, other) => weight(other.amounts) - weight(one.amounts));
}

/** @param {Record<string, number>} amounts */
const weight = (amounts) => (amounts.cost_micros ?? 0) * 1e6 + (amounts.input_tokens ?? 0) + (amounts.output_tokens ?? 0);

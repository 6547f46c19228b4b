// What a list of runs is narrowed to: from the address to the parameters of `run.list` and `run.bulk`, and back.

export const STATUSES = ["queued", "running", "waiting", "interrupted", "paused", "completed", "failed", "cancelled"];
const SPANS = /** @type {Record<string, number>} */ ({ s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 });

/** A moment: milliseconds, a date, or a span before now like 2h.
 *  @param {string} text @param {number} now @returns {number | undefined} */
export function instant(text, now) {
  const span = /^(\d+)\s*([smhdw])$/.exec(text.trim());
  if (span) return now - Number(span[1]) * /** @type {number} */ (SPANS[/** @type {string} */ (span[2])]);
  if (/^\d{12,}$/.test(text.trim())) return Number(text);
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** Tags as they are typed: `team=harbour priority=high`.
 *  @param {string} text */
export function tags(text) {
  const pairs = text.split(/[\s,]+/).filter((word) => word.indexOf("=") > 0).map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]);
  return pairs.length ? Object.fromEntries(pairs) : undefined;
}

/** @param {Record<string, string>} query @param {number} now @returns {Record<string, any>} */
export function params(query, now) {
  /** @type {Record<string, any>} */
  const wanted = {};
  for (const name of ["workflow", "text", "parent"]) if (query[name]) wanted[name] = query[name];
  if (query.status && STATUSES.includes(query.status)) wanted.status = query.status;
  if (query.status === "open") wanted.open = true;
  if (query.tag) wanted.tag = tags(query.tag);
  if (query.after) wanted.created_after = instant(query.after, now);
  if (query.before) wanted.created_before = instant(query.before, now);
  if (query.user && /^\d+$/.test(query.user)) wanted.user = Number(query.user);
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

/** Whether a run would be in the list, as far as its object says.
 *  @param {any} run @param {Record<string, any>} wanted */
export function fits(run, wanted) {
  if (wanted.status && run.status !== wanted.status) return false;
  if (wanted.open && ["completed", "failed", "cancelled"].includes(run.status)) return false;
  if (wanted.workflow && run.workflow !== wanted.workflow) return false;
  if (wanted.parent && run.parent !== wanted.parent) return false;
  if (wanted.user !== undefined && run.user !== wanted.user) return false;
  if (wanted.text && !`${run.id}\n${run.workflow ?? ""}`.includes(wanted.text)) return false;
  if (wanted.created_after && run.created_at <= wanted.created_after) return false;
  if (wanted.created_before && run.created_at >= wanted.created_before) return false;
  return Object.entries(wanted.tag ?? {}).every(([name, value]) => run.tags?.[name] === value);
}

/** What each action can be done to at all.
 *  @type {Record<string, string[]>} */
export const POSSIBLE = {
  retry: ["failed", "cancelled"], pause: ["queued", "running", "waiting", "interrupted"], unpause: ["paused"],
  cancel: ["queued", "running", "waiting", "interrupted", "paused"], delete: ["completed", "failed", "cancelled"],
};

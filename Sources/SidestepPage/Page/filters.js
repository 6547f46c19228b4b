// What a list of runs is narrowed to: from the address to the parameters of `run.list` and `run.bulk`, and back.

export const STATUSES = ["queued", "running", "waiting", "interrupted", "paused", "completed", "failed", "cancelled"];
const SPANS = /** @type {Record<string, number>} */ ({ s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 });

/** A span like 2h, in milliseconds.
 *  @param {string} text @returns {number | undefined} */
export function age(text) {
  const span = /^(\d+)\s*([smhdw])$/.exec(text.trim());
  return span ? Number(span[1]) * /** @type {number} */ (SPANS[/** @type {string} */ (span[2])]) : undefined;
}

/** A moment: milliseconds, or a date.
 *  @param {string} text @returns {number | undefined} */
export function instant(text) {
  if (/^\d{12,}$/.test(text.trim())) return Number(text);
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : parsed;
}

const TAG = /("(?:[^"\\]|\\.)*"|[^\s,="]+)=("(?:[^"\\]|\\.)*"|[^\s,]*)/g;

/** Tags as they are typed: `team=harbour "in words"="two words"`.
 *  @param {string} text */
export function tags(text) {
  const word = (/** @type {string} */ part) => (part[0] === '"' ? part.slice(1, -1).replace(/\\(.)/g, "$1") : part);
  const pairs = [...text.matchAll(TAG)].map(([, name = "", value = ""]) => [word(name), word(value)]);
  return pairs.length ? Object.fromEntries(pairs) : undefined;
}

/** From the query of an address to what is asked for.
 *  @param {Record<string, string>} query @returns {Record<string, any>} */
export function params(query) {
  /** @type {Record<string, any>} */
  const wanted = {};
  for (const name of ["workflow", "text", "parent"]) if (query[name]) wanted[name] = query[name];
  if (query.status && STATUSES.includes(query.status)) wanted.status = query.status;
  if (query.status === "open") wanted.open = true;
  if (query.tag) wanted.tag = tags(query.tag);
  if (query.after) wanted.newer_than_ms = age(query.after) ?? void (wanted.created_after = instant(query.after));
  if (query.before) wanted.older_than_ms = age(query.before) ?? void (wanted.created_before = instant(query.before));
  if (query.user && /^\d+$/.test(query.user)) wanted.user = Number(query.user);
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

/** The same back: how a filter stands in an address.
 *  @param {Record<string, any>} filter @returns {Record<string, any>} */
export function query(filter) {
  const word = (/** @type {string} */ text) => (/^[^\s,="\\]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`);
  const made = (/** @type {number | undefined} */ span, /** @type {number | undefined} */ date) => {
    if (span === undefined) return date === undefined ? undefined : new Date(date).toISOString();
    const [unit = "s", size = 1000] = Object.entries(SPANS).reverse().find(([, size]) => span % size === 0) ?? [];
    return Math.ceil(span / size) + unit;
  };
  return {
    text: filter.text, status: filter.status ?? (filter.open ? "open" : undefined), workflow: filter.workflow,
    tag: Object.entries(filter.tag ?? {}).map(([name, value]) => `${word(name)}=${word(value)}`).sort().join(" "), parent: filter.parent,
    after: made(filter.newer_than_ms, filter.created_after), before: made(filter.older_than_ms, filter.created_before), user: filter.user,
  };
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
  if (run.created_at < Date.now() - (wanted.newer_than_ms ?? Infinity) || run.created_at > Date.now() - (wanted.older_than_ms ?? 0)) return false;
  return Object.entries(wanted.tag ?? {}).every(([name, value]) => run.tags?.[name] === value);
}

/** What each action can be done to at all.
 *  @type {Record<string, string[]>} */
export const POSSIBLE = {
  retry: ["failed", "cancelled"], pause: ["queued", "running", "waiting", "interrupted"], unpause: ["paused"],
  cancel: ["queued", "running", "waiting", "interrupted", "paused"], delete: ["completed", "failed", "cancelled"],
};

// How times, spans, sizes and amounts are written. Nothing here looks at a clock: now is passed.

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

/** A span in words short enough for a table: 340 ms, 12.4 s, 3 min 20 s, 5 h 2 min, 12 d.
 *  @param {number} ms */
export function span(ms) {
  const value = Math.max(0, Number(ms));
  if (value < SECOND) return `${Math.round(value)} ms`;
  if (value < 10 * SECOND) return `${(Math.floor(value / 100) / 10).toFixed(1)} s`;
  if (value < MINUTE) return `${Math.floor(value / SECOND)} s`;
  if (value < HOUR) return two(value, MINUTE, "min", SECOND, "s");
  if (value < DAY) return two(value, HOUR, "h", MINUTE, "min");
  return value < 10 * DAY ? two(value, DAY, "d", HOUR, "h") : `${Math.floor(value / DAY)} d`;
}

/** @param {number} value @param {number} large @param {string} largeName @param {number} small @param {string} smallName */
function two(value, large, largeName, small, smallName) {
  const rest = Math.floor((value % large) / small);
  return `${Math.floor(value / large)} ${largeName}${rest ? ` ${rest} ${smallName}` : ""}`;
}

/** How long ago, or how soon, in one unit: the text of a `time` element.
 *  @param {number} at @param {number} now */
export function relative(at, now) {
  const distance = Number(at) - now;
  const words = rough(Math.abs(distance));
  if (words === "") return "now";
  return distance > 0 ? `in ${words}` : `${words} ago`;
}

/** @param {number} ms */
function rough(ms) {
  if (ms < SECOND) return "";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** When the words of `relative` change next: ms from now.
 *  @param {number} at @param {number} now */
export function changesIn(at, now) {
  const age = Math.abs(now - Number(at));
  return age < MINUTE ? SECOND : age < HOUR ? MINUTE : HOUR;
}

/** @param {number} number @param {number} [digits] */
const pad = (number, digits = 2) => String(number).padStart(digits, "0");

/** A moment on the clock of this place: 2026-03-01 12:00:05.
 *  @param {number} at */
export function moment(at) {
  const date = new Date(Number(at));
  return Number.isNaN(date.getTime()) ? String(at) : `${day(at)} ${clock(at)}`;
}

/** @param {number} at */
export function day(at) {
  const date = new Date(Number(at));
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** @param {number} at @param {boolean} [millis] */
export function clock(at, millis = false) {
  const date = new Date(Number(at));
  const text = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return millis ? `${text}.${pad(date.getMilliseconds(), 3)}` : text;
}

/** @param {number} value */
export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let amount = Number(value), unit = 0;
  while (amount >= 1024 && unit < units.length - 1) amount /= 1024, unit++;
  return `${unit && amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${units[unit]}`;
}

/** With a thin space between thousands.
 *  @param {any} value */
export function count(value) {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

/** Three figures: 999, 1.8 k, 12.3 M.
 *  @param {number} value */
export function short(value) {
  const units = ["", " k", " M", " G", " T"];
  let amount = Number(value), unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) amount /= 1000, unit++;
  return `${unit && amount < 100 ? amount.toFixed(1) : Math.round(amount)}${units[unit]}`;
}

/** Millionths of a unit of money. Which money it is, the daemon does not know.
 *  @param {any} micros */
export function money(micros) {
  const value = Number(micros) / 1e6;
  return value === 0 ? "0.00" : value < 0.01 ? value.toFixed(4) : value.toFixed(2);
}

/** The amount of a budget by its name.
 *  @param {string} name @param {any} value */
export function amount(name, value) {
  if (name === "cost_micros") return money(value);
  if (name === "wall_ms") return span(Number(value));
  return count(value);
}

/** A rate in words: 50 per minute.
 *  @param {{count: number, per_ms: number, burst?: number|null}} rate */
export function rate(rate) {
  const per = { 1000: "second", 60000: "minute", 3600000: "hour", 86400000: "day" }[rate.per_ms] ?? span(rate.per_ms);
  return `${count(rate.count)} per ${per}${rate.burst ? `, ${rate.burst} at once` : ""}`;
}

/** @param {string} text @param {number} most */
export function cut(text, most) {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** A word of the shell.
 *  @param {string} text */
export function shellWord(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

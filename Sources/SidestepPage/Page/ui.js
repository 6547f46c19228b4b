// What all screens are made of.
import { h } from "./dom.js";
import { write } from "./json.js";
import { bytes, moment, relative, span } from "./format.js";
import { isSafe, runAddress } from "./router.js";
import { session } from "./rpc.js";
import { say } from "./toast.js";

/** @typedef {import("./dom.js").Element_} Element_ */

/** A moment, told by its distance; `ticker.js` keeps it true.
 *  @param {any} at */
export function ago(at) {
  if (at === undefined || at === null) return null;
  return h("time", { datetime: iso(at), title: moment(at), "data-at": String(at) }, relative(at, Date.now()));
}

/** @param {any} at */
function iso(at) {
  const date = new Date(Number(at));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** How long something goes on.
 *  @param {any} from @param {any} [until] */
export function lasting(from, until) {
  if (from === undefined || from === null) return null;
  if (until) return h("span", { class: "num" }, span(Number(until) - Number(from)));
  return h("span", { class: "num", "data-since": String(from) }, span(Date.now() - Number(from)));
}

// The mark of a status is told by its form, too, for who cannot tell the colours apart.
const MARKS = /** @type {Record<string, string>} */ ({
  completed: "✓", failed: "✕", cancelled: "⊘", paused: "‖", running: "●", queued: "○", waiting: "◔",
  interrupted: "↯", unknown: "?", backoff: "↻", delivered: "✓", dead: "✕", pending: "○", open: "✕",
  closed: "✓", half_open: "◔", resolved: "✓", rejected: "✕", started: "●", in_doubt: "?", superseded: "⊘",
});

/** @param {string} status @param {string | null} [reason] */
export function status(status, reason) {
  return h("span", { class: `status s-${status}` },
    h("i", { "aria-hidden": "true" }, MARKS[status] ?? "·"), status, reason && h("small", null, ` ${reason.replaceAll("_", " ")}`));
}

/** @param {string} id @param {Record<string, any>} [query] @param {any} [text] */
export const runLink = (id, query, text) => h("a", { href: runAddress(id, query), class: "id", title: short(id) }, text ?? short(id));

/** Names may be long; the whole of one stands in its title.
 *  @param {any} text @param {number} [most] */
export function short(text, most = 200) {
  const name = String(text);
  return name.length > most ? `${name.slice(0, most)}…` : name;
}

/** A command to type, with a button that copies it.
 *  @param {string} text */
export const command = (text) => h("span", { class: "command" }, h("code", null, text), copy(text));

/** @param {string | (() => string)} text @param {string} [label] */
export function copy(text, label) {
  const onclick = () => navigator.clipboard.writeText(typeof text === "string" ? text : text())
    .then(() => say("Copied."), () => say("The browser does not let this page copy."));
  return h("button", { class: "quiet", type: "button", title: "Copy", onclick }, label ?? "copy");
}

/** Kind, message, hint.
 *  @param {any} error */
export function errorBox(error) {
  if (!error) return null;
  return h("div", { class: "box error", role: "alert" },
    h("b", null, error.kind ?? "bug"), " ", h("span", null, short(error.message, 2000)),
    error.hint && h("p", null, short(error.hint, 2000)));
}

/** A list with nothing in it says what would be in it, and how.
 *  @param {string} title @param {any} text @param {...string} commands */
export const empty = (title, text, ...commands) =>
  h("div", { class: "empty" }, h("b", null, title), h("p", null, text), commands.map((line) => command(line)));

/** @param {any} label @param {() => any} onclick @param {{kind?: string, title?: string, writes?: boolean, disabled?: boolean, pressed?: boolean}} [more] */
export function button(label, onclick, more = {}) {
  const refused = more.writes !== false && session.read_only;
  return h("button", {
    type: "button", class: more.kind, onclick, title: refused ? "This page was opened with --read-only." : more.title,
    disabled: refused || more.disabled, "aria-pressed": more.pressed === undefined ? undefined : String(more.pressed),
  }, label);
}

/** A button that changes nothing.
 *  @param {any} label @param {() => any} onclick @param {any} [more] */
export const look = (label, onclick, more) => button(label, onclick, { ...more, writes: false });

/** @param {any} title @param {...any} children */
export const section = (title, ...children) => h("section", null, h("h2", null, title), children);

/** A table; the first cell of a row is its name.
 *  @param {string} label @param {any[]} heads @param {Element_[]} rows */
export function table(label, heads, rows) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    h("table", null, h("thead", null, h("tr", null, heads.map((head) => (head === "" ? h("td", null) : head[0] === "-" ? h("th", { scope: "col", class: "less" }, head.slice(1)) : h("th", { scope: "col" }, head))))), h("tbody", null, rows)));
}

/** Names and values.
 *  @param {[any, any][]} pairs */
export function facts(pairs) {
  const told = pairs.filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== false);
  return h("dl", { class: "facts" }, told.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value))));
}

/** How much of what there is is used.
 *  @param {string} label @param {any} used @param {any} limit */
export function gauge(label, used, limit) {
  const part = Number(limit) ? Math.min(1, Number(used) / Number(limit)) : Number(used) ? 1 : 0;
  return h("span", {
    class: `gauge${part >= 1 ? " full" : ""}`, role: "meter", "aria-label": label,
    "aria-valuenow": Math.round(part * 100), "aria-valuemin": 0, "aria-valuemax": 100,
  }, h("i", { style: { width: `${part * 100}%` } }));
}

/** @param {string} label @param {import("./live.js").Progress | undefined} progress */
export const howFar = (label, progress) => h("p", null,
  h("progress", { "aria-label": label, max: progress && Number(progress.total_bytes), value: progress && Number(progress.done_bytes) }),
  progress && h("small", null, ` ${bytes(progress.done_bytes)} of ${bytes(progress.total_bytes)}`));

// What is longer is drawn when somebody wants it.
const MUCH = 20_000;

/** A payload, with its numbers as they came.
 *  @param {any} value @param {boolean} [whole] */
export function json(value, whole = false) {
  const text = typeof value === "string" ? JSON.stringify(value) : write(value, "  ");
  const shown = whole ? text : short(text, MUCH);
  return h("div", { class: "json" }, copy(() => text, "copy"),
    h("pre", { tabindex: "0" }, shown.length > MUCH ? shown : coloured(shown)));
}

/** @param {string} text */
function coloured(text) {
  return text.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?)/).map((part) =>
    part[0] !== '"' ? part : h("span", { class: part.endsWith(":") ? "name" : "text" }, part));
}

/** What a web address leads to; other schemes are text.
 *  @param {string} target @param {any} [text] */
export const link = (target, text) =>
  isSafe(target) ? h("a", { href: target, rel: "noreferrer noopener", target: target.startsWith("/") ? undefined : "_blank" }, text ?? short(target)) : h("span", null, text ?? "", text ? ` (${short(target)})` : short(target));

/** @param {Record<string, any> | null | undefined} tags */
export const chips = (tags) => Object.entries(tags ?? {}).map(([name, value]) =>
  h("span", { class: "chip" }, h("span", null, short(name, 60)), "=", short(value, 60)));

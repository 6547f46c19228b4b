// Markdown as a tree of what is drawn; nothing of it is ever markup. What is not known stays text.
import { h } from "./dom.js";
import { isSafe } from "./router.js";

/** @param {string} text */
export function markdown(text) {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const blocks = [];
  for (let at = 0; at < lines.length;) {
    const [block, next] = readBlock(lines, at);
    if (block) blocks.push(block);
    at = next;
  }
  return h("div", { class: "markdown" }, blocks);
}

/** @param {string[]} lines @param {number} at @returns {[any, number]} */
function readBlock(lines, at) {
  const line = /** @type {string} */ (lines[at]);
  if (!line.trim()) return [null, at + 1];
  if (line.startsWith("```")) return fenced(lines, at);
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  // The page has its own first two levels.
  if (heading) return [h(`h${Math.min(6, Math.max(3, /** @type {string} */ (heading[1]).length + 2))}`, null, inline(/** @type {string} */ (heading[2]))), at + 1];
  if (/^\s*([-*+]|\d+[.)])\s+/.test(line)) return listed(lines, at);
  if (line.startsWith(">")) return gathered(lines, at, (one) => one.startsWith(">"), (own) => h("blockquote", null, inline(own.map((one) => one.replace(/^>\s?/, "")).join("\n"))));
  if (/^(-{3,}|\*{3,})$/.test(line.trim())) return [h("hr", null), at + 1];
  if (line.includes("|") && /^[\s|:-]+$/.test(lines[at + 1] ?? "") && (lines[at + 1] ?? "").includes("-")) return tabled(lines, at);
  return gathered(lines, at, (one) => Boolean(one.trim()) && !/^(```|#{1,6}\s|>|\s*([-*+]|\d+[.)])\s)/.test(one), (own) => h("p", null, inline(own.join("\n"))));
}

/** @param {string[]} lines @param {number} at @param {(line: string) => boolean} belongs @param {(own: string[]) => any} make @returns {[any, number]} */
function gathered(lines, at, belongs, make) {
  let end = at + 1;
  while (end < lines.length && belongs(/** @type {string} */ (lines[end]))) end++;
  return [make(lines.slice(at, end)), end];
}

/** @param {string[]} lines @param {number} at @returns {[any, number]} */
function fenced(lines, at) {
  let end = at + 1;
  while (end < lines.length && !lines[end]?.startsWith("```")) end++;
  return [h("pre", { tabindex: "0" }, h("code", null, lines.slice(at + 1, end).join("\n"))), end + 1];
}

/** @param {string[]} lines @param {number} at @returns {[any, number]} */
function listed(lines, at) {
  const mark = /^\s*([-*+]|\d+[.)])\s+/;
  const ordered = /^\s*\d/.test(/** @type {string} */ (lines[at]));
  return gathered(lines, at, (line) => mark.test(line) || /^\s{2,}\S/.test(line), (own) => h(ordered ? "ol" : "ul", null, own.map((line) => h("li", null, inline(line.replace(mark, ""))))));
}

/** @param {string[]} lines @param {number} at @returns {[any, number]} */
function tabled(lines, at) {
  const cells = (/** @type {string} */ line) => line.replace(/^\s*\||\|\s*$/g, "").split("|").map((cell) => cell.trim());
  return gathered(lines, at, (line) => line.includes("|"), (own) => h("table", null,
    h("thead", null, h("tr", null, cells(own[0] ?? "").map((cell) => h("th", { scope: "col" }, inline(cell))))),
    h("tbody", null, own.slice(2).map((line) => h("tr", null, cells(line).map((cell) => h("td", null, inline(cell))))))));
}

const INLINE = /(`[^`\n]+`)|(\*\*[^*\n]+\*\*|__[^_\n]+__)|(\*[^*\s][^*\n]*\*)|(!?\[[^\]\n]*\]\([^)\s]*\))|(https?:\/\/[^\s<>()"]+)/;

/** @param {string} text @returns {any[]} */
export function inline(text) {
  const parts = [];
  for (let rest = text; rest;) {
    const found = INLINE.exec(rest);
    if (!found) return [...parts, rest];
    parts.push(rest.slice(0, found.index), piece(found));
    rest = rest.slice(found.index + (found[0] ?? "").length);
  }
  return parts;
}

/** @param {RegExpExecArray} found */
function piece([all = "", code, strong, emphasis, link]) {
  if (code) return h("code", null, code.slice(1, -1));
  if (strong) return h("strong", null, inline(strong.slice(2, -2)));
  if (emphasis) return h("em", null, inline(emphasis.slice(1, -1)));
  if (!link) return anchor(all, all);
  // A picture would be asked of another host: it is named only.
  const middle = link.indexOf("](");
  return anchor(link.slice(middle + 2, -1), link.slice(link[0] === "!" ? 2 : 1, middle));
}

/** @param {string} target @param {string} text */
const anchor = (target, text) => (isSafe(target) ? h("a", { href: target, rel: "noreferrer noopener", target: "_blank" }, text || target) : `${text} (${target})`);

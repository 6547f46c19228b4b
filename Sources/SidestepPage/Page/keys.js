// The keyboard: rows are links of the class `row`, in the order of the page.
import { h, render } from "./dom.js";
import { SCREENS } from "./router.js";

const HELP = [
  ["/", "search on this screen"], ["j k", "next, previous row"], ["enter", "open the row"], ["x", "select the row"],
  ["esc", "close what is open"], ["[ ]", "previous, next tab of a run"], ["?", "this help"],
];

/** @param {(address: string) => void} go */
export function begin(go) {
  let afterG = 0;
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (target.matches("input:not([type=checkbox]),textarea,select")) return void (event.key === "Escape" && target.blur());
    if (event.timeStamp - afterG < 1500 && open(event.key, go)) return void (event.preventDefault(), (afterG = 0));
    afterG = event.key === "g" ? event.timeStamp : 0;
    if (press(event.key)) event.preventDefault();
  });
}

/** @param {string} key @param {(address: string) => void} go */
function open(key, go) {
  const screen = SCREENS.find((one) => one.key === key);
  if (screen) go(screen.name === "now" ? "/" : `/${screen.name}`);
  return Boolean(screen);
}

/** @param {string} key */
function press(key) {
  if (key === "/") return focus("[data-search]");
  if (key === "j") return move(1);
  if (key === "k") return move(-1);
  if (key === "?") return help(), true;
  if (key === "x") return click(document.activeElement?.closest("tr,li")?.querySelector("input[type=checkbox]"));
  if (key === "Escape") return click(document.querySelector("[data-close]"));
  if (key === "[" || key === "]") return tab(key === "]" ? 1 : -1);
  return false;
}

/** @param {string} selector */
function focus(selector) {
  const element = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  element?.focus();
  return Boolean(element);
}

/** @param {Element | null | undefined} element */
function click(element) {
  /** @type {any} */ (element)?.click();
  return Boolean(element);
}

/** @param {number} by */
function move(by) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("main .row")]);
  const here = document.activeElement?.closest("tr,li,.line");
  const at = rows.findIndex((row) => row === document.activeElement || (here && here.contains(row)));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

/** @param {number} by */
function tab(by) {
  const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[role=tab]")]);
  const at = tabs.findIndex((one) => one.getAttribute("aria-selected") === "true");
  tabs[(at + by + tabs.length) % tabs.length]?.click();
  return tabs.length > 0;
}

function help() {
  const dialog = document.createElement("dialog");
  document.body.append(dialog);
  dialog.setAttribute("aria-labelledby", "help");
  dialog.addEventListener("close", () => dialog.remove());
  const goes = SCREENS.map((screen) => [`g ${screen.key}`, screen.title]);
  render(dialog, h("h2", { id: "help" }, "Keys"),
    h("dl", { class: "keys" }, [...HELP, ...goes].map(([key, does]) => h("div", null, h("dt", null, h("kbd", null, key)), h("dd", null, does)))),
    h("footer", null, h("button", { type: "button", class: "main", onclick: () => dialog.close() }, "Close")));
  dialog.showModal();
}

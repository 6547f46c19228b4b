// Keeps "3 s ago" true. It reads no clock while nobody looks, and sends nothing.
import { changesIn, relative, span } from "./format.js";

/** @type {number | undefined} */
let timer;

function tick() {
  timer = undefined;
  const now = Date.now();
  let next = 60_000;
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-at],[data-since]"))) {
    const at = Number(element.dataset.at ?? element.dataset.since);
    const words = element.dataset.at ? relative(at, now) : span(now - at);
    const text = element.firstChild;
    if (text instanceof window.Text && text.data !== words) text.data = words;
    next = Math.min(next, changesIn(at, now));
  }
  if (document.visibilityState === "visible") timer = setTimeout(tick, next);
}

export function begin() {
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && !timer && tick());
  tick();
}

/** New times were drawn. */
export function again() {
  if (timer) clearTimeout(timer);
  timer = setTimeout(tick, 1000);
}

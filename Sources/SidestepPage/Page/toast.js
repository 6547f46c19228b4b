// What was done, said for a moment: to the eye, and to a screen reader.
import { h, render } from "./dom.js";

/** @type {{text: any, bad: boolean, key: number}[]} */
let said = [];
let number = 0;

function draw() {
  const place = document.getElementById("toasts");
  if (place) render(place, said.map(({ text, bad, key }) => h("p", { key, class: bad ? "bad" : undefined }, text)));
}

/** @param {any} text @param {boolean} [bad] */
export function say(text, bad = false) {
  const key = ++number;
  said = [...said.slice(-2), { text, bad, key }];
  draw();
  setTimeout(() => {
    said = said.filter((one) => one.key !== key);
    draw();
  }, bad ? 12000 : 4000);
}

/** Does something and says how it went; answers undefined where it was refused.
 *  @template T @param {() => Promise<T>} work @param {string | ((result: T) => string)} [done] @returns {Promise<T | undefined>} */
export async function act(work, done) {
  try {
    const result = await work();
    if (done) say(typeof done === "string" ? done : done(result));
    return result;
  } catch (/** @type {any} */ error) {
    say([h("b", null, error.kind ?? "bug"), ` ${error.message}`, error.hint && h("small", null, error.hint)], true);
    return undefined;
  }
}

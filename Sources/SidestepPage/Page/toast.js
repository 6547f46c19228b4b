// What was done, said for a moment: to the eye, and to a screen reader.
import { h, render } from "./dom.js";

/** @type {{text: any, bad: boolean, key: number}[]} */
let said = [];
let number = 0;

function draw() {
  const place = document.getElementById("toasts");
  if (place) render(place, said.map(({ text, bad, key }) => h("p", { key, class: bad ? "bad" : undefined }, text)));
}

/** @param {any} text @param {boolean} [bad] @param {number} [span] for how long, milliseconds */
export function say(text, bad = false, span = bad ? 12000 : 4000) {
  const key = ++number;
  said = [...said.slice(-2), { text, bad, key }];
  draw();
  setTimeout(() => {
    said = said.filter((one) => one.key !== key);
    draw();
  }, span);
}

/** Says it with a button that takes it back.
 *  @param {any} text @param {() => Promise<any>} undo */
function sayUndoable(text, undo) {
  let isTaken = false;
  const onclick = () => {
    if (!isTaken) void act(undo, "Undone.");
    isTaken = true;
  };
  say([text, " ", h("button", { type: "button", class: "small", onclick }, "Undo")], false, 12000);
}

/** Does something and says how it went; answers undefined where it was refused.
 *  @template T @param {() => Promise<T>} work @param {string | ((result: T) => string)} [done] @param {() => Promise<any>} [undo] @returns {Promise<T | undefined>} */
export async function act(work, done, undo) {
  try {
    const result = await work();
    const text = typeof done === "function" ? done(result) : done;
    if (text && undo) sayUndoable(text, undo);
    else if (text) say(text);
    return result;
  } catch (/** @type {any} */ error) {
    say([h("b", null, error.kind ?? "bug"), ` ${error.message}`, error.hint && h("small", null, error.hint)], true);
    return undefined;
  }
}

// Everything that waits for a person's answer.
import { touches } from "./coalesce.js";
import { h } from "./dom.js";
import { empty } from "./ui.js";
import { approval, unknownStep } from "./waiting.js";
import { approvals, LOOKED_AT, TOUCHES, unknownSteps } from "./waits.js";

/** @param {import("./app.js").Context} context @returns {import("./app.js").Screen} */
export function screen(context) {
  /** @type {any} */
  let data;
  const after = () => context.load();
  return {
    title: () => "Inbox",
    async load() {
      const [unknown, { waits, more }] = await Promise.all([unknownSteps(), approvals()]);
      data = { unknown, waits, more };
    },
    view: () => data && [
      h("h1", null, "Inbox"),
      h("h2", null, "Approvals ", h("small", null, data.waits.length)),
      data.more && h("p", { class: "dim" }, `Of runs that wait, the newest ${LOOKED_AT} were looked at.`),
      data.waits.length ? h("ul", { class: "cards" }, data.waits.map((/** @type {any} */ wait) => approval(wait, after, true)))
        : empty("No run waits for an answer.", "A script waits for one with:", "answer=$(sidestep wait signal approve --timeout 2d)"),
      h("h2", null, "Unknown outcomes ", h("small", null, data.unknown.length)),
      data.unknown.length ? h("ul", { class: "cards" }, data.unknown.map((/** @type {any} */ step) => unknownStep(step, after, true)))
        : empty("Every outcome is known.", "A step that may run at most once, and whose owner dies inside it, is listed here:", "sidestep step --at-most-once charge -- ./charge"),
    ],
    touch(batch) {
      if (touches(batch, TOUCHES)) void context.load();
    },
  };
}

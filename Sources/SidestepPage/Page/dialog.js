// Questions: a title, fields, and what to do.
import { h, render } from "./dom.js";
import { isJSON, Text } from "./json.js";
import { onProgress } from "./live.js";
import { errorBox, howFar } from "./ui.js";

/** @typedef {{name: string, label: string, value?: string, kind?: "text" | "json" | "number", hint?: string}} Field */

/** Asks; answers what was entered once `work` took it, undefined when it was given up.
 *  @param {{title: string, text?: any, fields?: Field[], action: string, danger?: boolean, work: (values: Record<string, any>) => Promise<any>}} question @returns {Promise<any>} */
export function ask(question) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    document.body.append(dialog);
    /** @type {any} */
    let error;
    let busy = false;
    /** @type {import("./live.js").Progress | undefined} */
    let progress;
    const leave = onProgress((told) => {
      progress = told;
      draw();
    });
    /** @param {any} answer */
    const end = (answer) => {
      leave();
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const submit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      try {
        const values = read(dialog, question.fields ?? []);
        draw();
        end((await question.work(values)) ?? true);
      } catch (thrown) {
        error = thrown;
      }
      busy = false;
      draw();
    };
    const draw = () => render(dialog, h("form", { onsubmit: submit },
      h("h2", { id: "question" }, question.title), question.text && h("p", null, question.text),
      (question.fields ?? []).map(field), busy && progress && howFar(question.action, progress), errorBox(error),
      h("footer", null,
        h("button", { type: "button", class: "quiet", onclick: () => end(undefined) }, "Leave it"),
        h("button", { type: "submit", class: question.danger ? "danger" : "main", disabled: busy }, question.action))));
    dialog.setAttribute("aria-labelledby", "question");
    dialog.addEventListener("cancel", () => end(undefined));
    draw();
    dialog.showModal();
  });
}

/** @param {Field} field */
function field(field) {
  const shared = { name: field.name, id: `field-${field.name}`, "data-initial": field.value ?? "" };
  return h("div", { class: "field", key: field.name },
    h("label", { for: shared.id }, field.label),
    field.kind === "json"
      ? h("textarea", { ...shared, rows: 8, spellcheck: "false", onmount: (/** @type {any} */ area) => (area.value = field.value ?? "") })
      : h("input", { ...shared, type: "text", inputmode: field.kind === "number" ? "numeric" : undefined, autocomplete: "off",
        onmount: (/** @type {any} */ input) => (input.value = field.value ?? "") }),
    field.hint && h("small", null, field.hint));
}

/** Text that is meant as JSON goes out as it was written.
 *  @param {HTMLElement} dialog @param {Field[]} fields */
function read(dialog, fields) {
  /** @type {Record<string, any>} */
  const values = {};
  for (const { name, label, kind } of fields) {
    const text = /** @type {any} */ (dialog.querySelector(`#field-${name}`)).value.trim();
    if (kind === "json" && text && !isJSON(text)) throw { kind: "invalid_argument", message: `${label} is no JSON.`, hint: "Texts stand in double quotes." };
    if (kind === "number" && text && !/^-?\d+$/.test(text)) throw { kind: "invalid_argument", message: `${label} is no whole number.` };
    values[name] = text === "" ? undefined : kind ? (kind === "text" ? text : new Text(text)) : text;
  }
  return values;
}

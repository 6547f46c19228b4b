// How what waits for a person is shown, on the first screen and in the inbox.
import { resolutions } from "./actions.js";
import { h } from "./dom.js";
import { actionButton, decide } from "./do.js";
import { ago, button, command, json, runLink, short } from "./ui.js";
import { shellWord } from "./format.js";

/** @param {any} step @param {() => any} after @param {boolean} [full] */
export function unknownStep(step, after, full = false) {
  return h("li", { key: `u ${step.run} ${step.step}`, class: `card line${full ? "" : " row-card"}` },
    h("div", { class: "head" }, h("span", { class: "status s-unknown" }, h("i", { "aria-hidden": "true" }, "?"), "unknown"),
      h("b", null, short(step.step)), h("span", { class: "dim" }, "of"), rowLink(step.run), h("span", { class: "end" }, ago(step.started_at))),
    h("p", null, "Its owner died inside it: it may or may not have happened. It is not repeated by itself."),
    full && step.fingerprint && h("p", { class: "dim" }, "input ", h("code", null, short(step.fingerprint))),
    full && step.metadata !== undefined && json(step.metadata),
    h("div", { class: "actions" }, resolutions(step.run, step.step).map((action) => actionButton(action, { id: step.run }, after)),
      full && command(`sidestep resolve ${shellWord(step.run)} ${shellWord(step.step)} --rerun`)));
}

/** @param {string} id */
function rowLink(id) {
  const link = runLink(id);
  link.props.class = "id row";
  return link;
}

/** @param {import("./waits.js").Wait} wait @param {() => any} after @param {boolean} [full] */
export function approval(wait, after, full = false) {
  const key = `a ${wait.run} ${wait.step.step}`;
  const message = () => /** @type {HTMLInputElement | null} */ (document.getElementById(`why ${key}`))?.value ?? "";
  const settle = async (/** @type {boolean} */ yes) => (await decide(wait, yes, message())) !== undefined && after();
  return h("li", { key, class: `card line${full ? "" : " row-card"}` },
    h("div", { class: "head" }, h("span", { class: "status s-waiting" }, h("i", { "aria-hidden": "true" }, "◔"), wait.kind),
      h("b", null, short(wait.name)), h("span", { class: "dim" }, "of"), rowLink(wait.run), h("span", { class: "end" }, ago(wait.since))),
    wait.metadata !== undefined && wait.metadata !== null && (full ? json(wait.metadata) : question(wait.metadata)),
    h("div", { class: "actions" },
      full && h("input", { id: `why ${key}`, placeholder: "A message for the run", "aria-label": `Message for ${short(wait.run, 60)}` }),
      button("Approve", () => settle(true), { kind: "main" }), button("Deny", () => settle(false)),
      full && actionButton({ label: "Another value…", ask: wait.kind === "promise" ? "approve" : "signal" }, { id: wait.run }, after, wait.name),
      full && command(`sidestep approve ${shellWord(wait.run)} ${shellWord(wait.name)}`)));
}

/** One line of what a person needs to know.
 *  @param {any} metadata */
function question(metadata) {
  const text = typeof metadata === "string" ? metadata : metadata.question ?? metadata.message ?? metadata.title;
  return typeof text === "string" ? h("p", null, short(text, 400)) : json(metadata);
}

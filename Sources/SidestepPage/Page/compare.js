// Two runs side by side, the first difference first.
import { h } from "./dom.js";
import { write } from "./json.js";
import { changes } from "./difference.js";
import { call } from "./rpc.js";
import { compareAddress } from "./router.js";
import { count } from "./format.js";
import { empty, json, lasting, look, runLink, short, status } from "./ui.js";

const MANY = 200;

/** @param {import("./app.js").Context} context @returns {import("./app.js").Screen} */
export function screen(context) {
  const { id = "", other = "" } = context.route;
  /** @type {any} */
  let data;
  let limit = MANY;
  return {
    title: () => `${short(id, 30)} and ${short(other, 30)}`,
    async load() {
      data = await call("run.diff", { run: id, other, limit });
    },
    view: () => data && [
      h("h1", null, "Compare"),
      h("div", { class: "pair" }, side(data.run), side(data.other)),
      h("p", null, verdict(data), " ", h("a", { href: compareAddress(other, id) }, "the other way round")),
      data.steps.length ? h("ol", { class: "differences" }, data.steps.map((/** @type {any} */ one, /** @type {number} */ at) => difference(one, at)))
        : empty("Their steps are the same.", "A fork goes its own way from the step it was made at."),
      data.more && h("p", { class: "more" }, look("Show more", () => (limit += 5 * MANY, context.load()))),
    ],
    touch(batch) {
      if (batch.lost || batch.runs.has(id) || batch.runs.has(other)) void context.load();
    },
  };
}

/** @param {any} run */
const side = (run) => h("div", { class: "card" }, h("div", { class: "head" }, runLink(run.id), status(run.status, run.reason)),
  h("p", { class: "dim" }, short(run.workflow ?? "", 60), " ", lasting(run.created_at, run.closed_at ?? run.updated_at)));

/** @param {any} data */
function verdict(data) {
  const parts = [`${count(data.same)} steps are the same`, data.shared > 0 && `${count(data.shared)} of them one record`, `${data.same_input ? "the same" : "another"} input`, `${data.same_output ? "the same" : "another"} output`];
  return `${parts.filter(Boolean).join(", ")}.`;
}

/** @param {any} one @param {number} at */
function difference(one, at) {
  return h("li", { key: one.step, class: "card line" },
    h("details", { open: at === 0 ? true : undefined, onmount: (/** @type {any} */ element) => (element.open = at < 3) },
      h("summary", { class: "row" }, h("b", { class: "id" }, short(one.step)), " ", h("span", { class: `chip c-${one.change}` }, String(one.change).replaceAll("_", " "))),
      h("div", { class: "pair" }, half(one.run, one.other), half(one.other, one.run))));
}

/** @param {any} step @param {any} other */
function half(step, other) {
  if (!step) return h("div", null, h("p", { class: "dim" }, "has no such step"));
  const result = step.error ?? step.output, against = other?.error ?? other?.output;
  return h("div", null, step.status && status(step.status), step.fingerprint && step.fingerprint !== other?.fingerprint && h("p", null, "input ", h("code", null, short(step.fingerprint, 2000))),
    result === undefined ? null : against === undefined ? json(result) : marked(write(result, "  "), write(against, "  ")));
}

/** The lines that the other one has not are marked.
 *  @param {string} text @param {string} other */
const marked = (text, other) => h("pre", { tabindex: "0" }, changes(text, other).map(({ line, changed }) => (changed ? h("mark", null, line) : line)).flatMap((line) => [line, "\n"]));

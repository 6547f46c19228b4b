// Steps by their status, by pages.
import { h } from "./dom.js";
import { runAddress } from "./router.js";
import { call } from "./rpc.js";
import { write } from "./json.js";
import { clock, amount } from "./format.js";
import { empty, lasting, look, short, status, table } from "./ui.js";

const STATUSES = ["completed", "running", "waiting", "backoff", "failed", "unknown"];
const PAGE = 100;

/** @param {any} state */
async function load(state) {
  const kept = state.tab === "steps" ? state.tabData : undefined;
  const wanted = kept?.status ?? "";
  const page = await call("step.list", { run: state.id, status: wanted || undefined, limit: Math.min(1000, Math.max(PAGE, kept?.steps?.length ?? 0)) });
  return { status: wanted, steps: page.steps, more: page.more };
}

/** @param {any} state @param {import("./app.js").Context} context */
function view(state, context) {
  const { tabData: data } = state;
  const narrow = async (/** @type {string} */ wanted) => {
    state.tabData = { ...data, status: wanted, steps: [] };
    state.tabData = await load(state);
    context.draw();
  };
  const next = async () => {
    const page = await call("step.list", { run: state.id, status: data.status || undefined, limit: PAGE, cursor: data.more });
    state.tabData = { ...data, steps: [...data.steps, ...page.steps], more: page.more };
    context.draw();
  };
  return [
    h("div", { class: "acts", role: "group", "aria-label": "Status" }, ["", ...STATUSES].filter((name) => !name || state.got.steps[name] || name === data.status).map((name) =>
      look(name || "all", () => narrow(name), { pressed: data.status === name, kind: "small" }))),
    data.steps.length ? table("Steps", ["step", "status", "-attempt", "-began", "took", "-used", "-result"], data.steps.map((/** @type {any} */ step) => row(step, state, context)))
      : empty("There are no such steps.", "A step is a named part of a run; its result is recorded once.", "sidestep step fetch -- curl https://example.org"),
    data.more && h("p", { class: "more" }, look("Show more", next)),
  ];
}

/** @param {any} step @param {any} state @param {import("./app.js").Context} context */
function row(step, state, context) {
  const href = runAddress(state.id, { ...context.route.query, step: step.step, entry: undefined });
  const result = step.error ?? step.output;
  return h("tr", { key: step.step }, h("td", { class: "clip" }, h("a", { href, class: "row id", title: short(step.step) }, short(step.step))),
    h("td", null, status(step.status)), h("td", { class: "num less" }, step.attempt > 1 ? step.attempt : ""), h("td", { class: "num less" }, step.started_at && clock(step.started_at, true)),
    h("td", { class: "num" }, step.started_at && (step.finished_at || step.status === "running") && lasting(step.started_at, step.finished_at)),
    h("td", { class: "num less" }, step.usage?.cost_micros ? amount("cost_micros", step.usage.cost_micros) : ""),
    h("td", { class: "clip less dim" }, result === undefined || result === null ? "" : short(write(result), 120)));
}

export const steps = { load, view };

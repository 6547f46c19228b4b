// What needs a person, then what runs.
import { touches } from "./coalesce.js";
import { h } from "./dom.js";
import { actionButton } from "./do.js";
import { count, short as few } from "./format.js";
import { call } from "./rpc.js";
import { address } from "./router.js";
import { ago, empty, runLink, section, short, status } from "./ui.js";
import { approval, unknownStep } from "./waiting.js";
import { approvals, TOUCHES, unknownSteps } from "./waits.js";

const REASONS = /** @type {Record<string, string>} */ ({
  operator: "Somebody paused it.", crash_loop: "Its owners kept dying without progress.", budget: "A budget is used up.",
  unknown_step: "A step may or may not have happened.", code_version: "A worker of another code version came to go on with it.",
});
const STATUSES = ["running", "queued", "waiting", "interrupted", "paused", "failed", "completed", "cancelled"];
const SHOWN = 6;

/** @param {import("./app.js").Context} context @returns {import("./app.js").Screen} */
export function screen(context) {
  /** @type {any} */
  let data;
  // How many steps were recorded in each of the last sixty seconds in which something happened.
  const rate = new Map();
  return {
    title: () => (data ? `${needs(data)} waiting` : "Now"),
    async load() {
      const [unknown, waiting, paused, running, breakers, dead, info] = await Promise.all([
        unknownSteps(), approvals(), call("run.list", { status: "paused", limit: 20 }), call("run.list", { status: "running", limit: 8 }),
        call("breaker.list"), call("webhook.deliveries", { status: "dead", limit: 20 }), call("system.info"),
      ]);
      const open = breakers.breakers.filter((/** @type {any} */ breaker) => breaker.state !== "closed");
      data = { unknown, waiting, paused, running: running.runs, open, dead: dead.deliveries, info };
    },
    view: () => data && [needed(data, context), going(data, rate)],
    touch(batch) {
      tally(rate, batch);
      if (touches(batch, TOUCHES)) void context.load();
      else context.draw();
    },
  };
}

/** @param {any} data */
const needs = (data) => data.unknown.length + data.waiting.waits.length + data.paused.runs.length + data.open.length + data.dead.length;

/** @param {any} data @param {import("./app.js").Context} context */
function needed(data, context) {
  const total = needs(data);
  const after = () => context.load();
  if (!total) return h("div", { class: "calm" }, h("h1", null, "Nothing waits for you"), h("p", { class: "dim" }, "No unknown outcome, no approval, no paused run, no open breaker, no dead letter."));
  const cards = [
    ...data.unknown.map((/** @type {any} */ step) => unknownStep(step, after)),
    ...data.waiting.waits.map((/** @type {any} */ wait) => approval(wait, after)),
    ...data.paused.runs.map((/** @type {any} */ run) => paused(run, after)),
    ...data.open.map((/** @type {any} */ breaker) => opened(breaker, after)),
    ...data.dead.map((/** @type {any} */ delivery) => dead(delivery, after)),
  ];
  return [h("h1", null, count(total), total === 1 ? " thing waits for you" : " things wait for you"), h("ul", { class: "cards one" }, cards)];
}

/** @param {any} run @param {() => any} after */
function paused(run, after) {
  const unpause = { label: "Unpause", kind: "main", calls: /** @type {[string, any][]} */ ([["run.unpause", { run: run.id }]]) };
  const raise = { label: "Raise the budget…", kind: "main", ask: "budget" };
  const row = runLink(run.id);
  row.props.class = "id row";
  return h("li", { key: `p ${run.id}`, class: "card line row-card" },
    h("div", { class: "head" }, status("paused", run.reason), row, h("span", { class: "dim" }, short(run.workflow ?? "", 60)), h("span", { class: "end" }, ago(run.updated_at))),
    h("p", null, REASONS[run.reason] ?? "It is paused."),
    run.reason !== "unknown_step" && h("div", { class: "actions" }, actionButton(run.reason === "budget" ? raise : unpause, run, after)));
}

/** @param {any} breaker @param {() => any} after */
function opened(breaker, after) {
  const reset = { label: "Close it", calls: /** @type {[string, any][]} */ ([["breaker.reset", { breaker: breaker.breaker }]]) };
  return h("li", { key: `b ${breaker.breaker}`, class: "card line row-card" },
    h("div", { class: "head" }, status(breaker.state), h("span", { class: "dim" }, "breaker"), h("a", { href: "/queues#breakers", class: "row" }, short(breaker.breaker)), h("span", { class: "end" }, ago(breaker.opened_at))),
    h("p", null, `${breaker.failures} failures in a row: it lets no step through for now.`),
    h("div", { class: "actions" }, actionButton(reset, {}, after)));
}

/** @param {any} delivery @param {() => any} after */
function dead(delivery, after) {
  const again = { label: "Redeliver", calls: /** @type {[string, any][]} */ ([["webhook.redeliver", { delivery: delivery.delivery }]]) };
  return h("li", { key: `d ${delivery.delivery}`, class: "card line row-card" },
    h("div", { class: "head" }, status("dead"), h("b", null, short(delivery.event)), h("span", { class: "dim" }, "to webhook"), h("a", { href: address("/streams", { webhook: delivery.webhook }), class: "row" }, short(delivery.webhook)), h("span", { class: "end" }, ago(delivery.finished_at))),
    h("p", null, short(delivery.problem ?? `HTTP ${delivery.http_status}`, 400)),
    h("div", { class: "actions" }, actionButton(again, {}, after)));
}

/** @param {any} data @param {Map<number, number>} rate */
function going(data, rate) {
  const { runs } = data.info;
  return [
    section("Runs", h("div", { class: "tiles" }, STATUSES.filter((name) => runs[name]).map((name) =>
      h("a", { key: name, class: "tile", href: address("/runs", { status: name }) }, h("b", null, few(runs[name])), status(name))))),
    section(h("span", null, "Running now ", sparkline(rate)),
      data.running.length ? h("ul", { class: "lines" }, data.running.slice(0, SHOWN).map((/** @type {any} */ run) => h("li", { key: run.id }, line(run))))
        : empty("No run has an owner.", "Start one: any program becomes a run.", "sidestep run --id first -- python agent.py")),
  ];
}

/** @param {any} run */
function line(run) {
  const row = runLink(run.id);
  row.props.class = "id row";
  return [row, h("span", { class: "dim" }, short(run.workflow ?? "", 60)), run.owner?.pid && h("span", { class: "dim" }, `pid ${run.owner.pid}`), h("span", { class: "end" }, ago(run.owner?.since_at ?? run.updated_at))];
}

/** @param {Map<number, number>} rate @param {import("./coalesce.js").Batch} batch */
function tally(rate, batch) {
  for (const entry of batch.entries) {
    if (entry.kind !== "step.completed") continue;
    const second = Math.floor(Number(entry.at) / 1000);
    rate.set(second, (rate.get(second) ?? 0) + 1);
    if (rate.size > 60) rate.delete(/** @type {number} */ (rate.keys().next().value));
  }
}

/** @param {Map<number, number>} rate */
function sparkline(rate) {
  if (!rate.size) return null;
  const most = Math.max(...rate.values()), bars = [...rate.values()];
  return h("svg", { class: "spark", width: 4 * bars.length, height: 18, role: "img", "aria-label": `${most} steps in the fullest second` },
    bars.map((value, at) => h("rect", { x: at * 4, y: 18 - (16 * value) / most, width: 3, height: (16 * value) / most })));
}

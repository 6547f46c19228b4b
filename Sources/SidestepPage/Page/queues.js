// What waits and why: queues, workers, limits, breakers, budgets.
import { touches } from "./coalesce.js";
import { h } from "./dom.js";
import { ask } from "./dialog.js";
import { actionButton } from "./do.js";
import { amount, count, rate, span } from "./format.js";
import { call } from "./rpc.js";
import { ago, button, empty, gauge, runLink, section, short, status, table } from "./ui.js";

// Budgets are asked run by run; so many open runs are looked at.
const LOOKED_AT = 50;
const WAITING = 5;

/** @param {import("./app.js").Context} context @returns {import("./app.js").Screen} */
export function screen(context) {
  /** @type {any} */
  let data;
  return {
    title: () => "Queues",
    async load() {
      const [queues, workers, limits, breakers, queued, open] = await Promise.all([
        call("queue.list"), call("worker.list"), call("limit.list"), call("breaker.list"),
        call("run.list", { status: "queued", limit: 100 }), call("run.list", { open: true, limit: LOOKED_AT }),
      ]);
      data = { queues: queues.queues, workers: workers.workers, limits: limits.limits, breakers: breakers.breakers, queued: queued.runs, budgets: await budgets(open.runs) };
    },
    view: () => data && [h("h1", null, "Queues"), queueTable(data, context), workerTable(data.workers), limitTable(data.limits, context), breakerTable(data.breakers, context), budgetTable(data.budgets)],
    touch(batch) {
      if (touches(batch, ["run.", "lease.", "budget.", "step.failed", "step.attempt_failed"])) void context.load();
    },
  };
}

/** @param {any[]} runs */
async function budgets(runs) {
  const all = await Promise.all(runs.map(async (run) => ({ run, budget: (await call("budget.get", { run: run.id }).catch(() => ({ budget: {} }))).budget })));
  return all.filter(({ budget }) => Object.keys(budget).length);
}

/** @param {any} value @param {number} factor */
const scaled = (value, factor) => (value === undefined || value === null ? undefined : Number(value) * factor);

/** @param {any} data @param {import("./app.js").Context} context */
function queueTable({ queues, queued }, context) {
  const put = (/** @type {any} */ queue) => ask({
    title: queue ? `Queue '${short(queue.queue, 60)}'` : "A queue", text: "What is left out has no limit.", action: "Set it",
    fields: [...(queue ? [] : [{ name: "queue", label: "Name" }]), { name: "concurrency", label: "Runs at once", kind: "number", value: text(queue?.concurrency) }, { name: "key_concurrency", label: "Runs of one concurrency key at once", kind: "number", value: text(queue?.key_concurrency) },
      { name: "count", label: "Runs that may begin in a minute", kind: "number", value: text(queue?.rate && Math.round(/** @type {number} */ (scaled(queue.rate.count, 60000 / queue.rate.per_ms)))) }],
    work: ({ queue: name, count: begin, ...more }) => call("queue.put", { queue: queue?.queue ?? name, ...more, rate: begin && { count: begin, per_ms: 60000 } }),
  }).then((done) => done && context.load());
  const pause = (/** @type {any} */ queue) => actionButton({ label: queue.paused ? "Go on" : "Pause", calls: [["queue.pause", { queue: queue.queue, paused: !queue.paused }]] }, {}, () => context.load());
  return [h("h2", null, "Queues", button("New…", () => put(undefined), { kind: "small" })),
    queues.length ? table("Queues", ["queue", "waiting", "with an owner", "-at once", "-rate", "next in line", ""], queues.map((/** @type {any} */ queue) => h("tr", { key: queue.queue },
      h("td", { class: "clip" }, h("b", { class: "id" }, short(queue.queue)), " ", queue.paused && status("paused")),
      h("td", { class: "num" }, count(queue.queued)), h("td", { class: "num" }, count(queue.running), " ", queue.concurrency && gauge(`owners in ${short(queue.queue, 40)}`, queue.running, queue.concurrency)),
      h("td", { class: "num less" }, queue.concurrency ?? "no limit", queue.key_concurrency && h("small", null, ` ${queue.key_concurrency} of a key`)), h("td", { class: "num less" }, queue.rate && rate(queue.rate)),
      h("td", { class: "clip" }, inLine(queue.queue, queued)), h("td", { class: "num" }, pause(queue), " ", button("Change…", () => put(queue), { kind: "quiet" })))))
      : empty("There are no queues.", "A queue begins with its first run:", "sidestep enqueue my-workflow --queue agents", "sidestep queue put agents --concurrency 4")];
}

/** @param {any} value */
const text = (value) => (value === undefined || value === null || Number.isNaN(value) ? "" : String(value));

/** Higher priorities go first, and the older of equals.
 *  @param {string} queue @param {any[]} queued */
function inLine(queue, queued) {
  const mine = queued.filter((run) => run.queue === queue).sort((one, other) => (other.priority ?? 0) - (one.priority ?? 0) || one.created_at - other.created_at);
  return mine.slice(0, WAITING).flatMap((run, at) => [at ? ", " : "", runLink(run.id, {}, short(run.id, 40))]);
}

/** @param {any[]} workers */
function workerTable(workers) {
  return section("Workers", workers.length ? table("Workers", ["worker", "queues", "-workflows", "-code", "has", "connected"], workers.map((worker) => h("tr", { key: `${worker.worker} ${worker.pid}` },
    h("td", { class: "clip" }, h("b", { class: "id" }, short(worker.worker)), h("small", null, ` pid ${worker.pid}`)), h("td", { class: "clip" }, worker.queues.join(", ")), h("td", { class: "clip less" }, worker.workflows.join(", ")), h("td", { class: "clip less" }, short(worker.code_version ?? "", 40)),
    h("td", { class: "clip" }, worker.runs.length ? worker.runs.flatMap((/** @type {string} */ run, /** @type {number} */ at) => [at ? ", " : "", runLink(run, {}, short(run, 40))]) : h("span", { class: "dim" }, "nothing")), h("td", { class: "num" }, ago(worker.since_at)))))
    : empty("No worker is connected.", "A worker executes the runs of a queue:", "sidestep worker my_module"));
}

/** @param {any[]} limits @param {import("./app.js").Context} context */
function limitTable(limits, context) {
  const put = () => ask({ title: "A limit", text: "Steps that name it share it.", action: "Set it", fields: [{ name: "limit", label: "Name" }, { name: "concurrency", label: "Steps at once", kind: "number" }, { name: "count", label: "Steps that may begin in a minute", kind: "number" }],
    work: ({ limit, concurrency, count: begin }) => call("limit.put", { limit, concurrency, rate: begin && { count: begin, per_ms: 60000 } }) }).then((done) => done && context.load());
  return [h("h2", null, "Limits", button("New…", put, { kind: "small" })), limits.length ? table("Limits", ["limit", "running", "at once", "rate"], limits.map((limit) => h("tr", { key: limit.limit },
    h("td", { class: "clip" }, h("b", { class: "id" }, short(limit.limit)), limit.shared && h("small", null, " shared")), h("td", { class: "num" }, count(limit.running), " ", limit.concurrency && gauge(`steps in ${short(limit.limit, 40)}`, limit.running, limit.concurrency)), h("td", { class: "num" }, limit.concurrency ?? ""), h("td", { class: "num" }, limit.rate && rate(limit.rate)))))
    : empty("There are no limits.", "How many steps of all runs may call a service at once:", "sidestep limit put provider --concurrency 4 --rate 50/min")];
}

/** @param {any[]} breakers @param {import("./app.js").Context} context */
function breakerTable(breakers, context) {
  return section("Breakers", breakers.length ? table("Breakers", ["breaker", "state", "failures", "-stays open", "opened", ""], breakers.map((breaker) => h("tr", { key: breaker.breaker },
    h("td", { class: "clip" }, h("b", { class: "id" }, short(breaker.breaker))), h("td", null, status(breaker.state)), h("td", { class: "num" }, `${breaker.failures} of ${breaker.max_failures} `, gauge(`failures of ${short(breaker.breaker, 40)}`, breaker.failures, breaker.max_failures)),
    h("td", { class: "num less" }, span(breaker.cooldown_ms)), h("td", { class: "num" }, ago(breaker.opened_at)), h("td", null, breaker.state !== "closed" && actionButton({ label: "Close it", calls: [["breaker.reset", { breaker: breaker.breaker }]] }, {}, () => context.load())))))
    : empty("There are no breakers.", "A breaker keeps steps from a service that fails:", "sidestep breaker put search --failures 5 --cooldown 1m"));
}

/** @param {any[]} budgets */
function budgetTable(budgets) {
  return section(h("span", null, "Budgets ", h("small", null, `of the newest ${LOOKED_AT} open runs`)), budgets.length ? table("Budgets", ["run", "amount", "used", "of"], budgets.flatMap(({ run, budget }) => Object.entries(budget).map(([name, one], at) => h("tr", { key: `${run.id} ${name}` },
    h("td", { class: "clip" }, at === 0 && runLink(run.id)), h("td", null, name.replace("cost_micros", "cost").replaceAll("_", " ")), h("td", { class: "num" }, amount(name, one.used), " ", gauge(`${name} of ${short(run.id, 40)}`, one.used, one.limit)), h("td", { class: "num" }, amount(name, one.limit))))))
    : empty("No open run has a budget.", "A run that has used it up is refused the next call before it is paid:", "sidestep run --record --budget-usd 2 -- python agent.py"));
}

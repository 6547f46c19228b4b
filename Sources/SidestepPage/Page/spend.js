// What was used up, by tree of runs, model, workflow and day.
import { touches } from "./coalesce.js";
import { h } from "./dom.js";
import { count, day, money } from "./format.js";
import { sums, TOTALS } from "./usage.js";
import { address } from "./router.js";
import { call } from "./rpc.js";
import { empty, look, runLink, section, short, table } from "./ui.js";

// Usage is asked run by run; so many are looked at, more when asked for.
const PAGE = 200;
const AT_ONCE = 4;

/** @param {import("./app.js").Context} context @returns {import("./app.js").Screen} */
export function screen(context) {
  /** @type {any[] | undefined} */
  let runs;
  /** @type {string | undefined} */
  let more;
  // What closed runs used does not change.
  /** @type {Map<string, any>} */
  const known = new Map();
  async function read(/** @type {string | undefined} */ cursor) {
    const page = await call("run.list", { workflow: context.route.query.workflow, limit: PAGE, cursor });
    const left = page.runs.filter((/** @type {any} */ run) => !(known.get(run.uid)?.updated === run.updated_at));
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let run = left.shift(); run; run = left.shift()) known.set(run.uid, await used(run));
    }));
    more = page.more;
    return page.runs;
  }
  return {
    title: () => "Spend",
    async load() {
      runs = await read(undefined);
    },
    moved: () => void context.load(),
    view: () => !runs ? h("p", { class: "dim" }, "…") : view(runs.map((run) => ({ run, ...known.get(run.uid) })).filter((one) => one.usage), runs.length, more, async () => {
      runs = [...(runs ?? []), ...await read(more)];
      context.draw();
    }),
    touch(batch) {
      if (touches(batch, ["run.completed", "run.failed", "recording.completed"])) void context.load();
    },
  };
}

/** @param {any} run */
async function used(run) {
  const got = await call("run.get", { run: run.id }).catch(() => ({}));
  if (!got.usage) return { updated: run.updated_at };
  const [steps, calls] = await Promise.all([call("step.list", { run: run.id, limit: 500 }), call("recording.list", { run: run.id, limit: 500 })]);
  const parts = [...steps.steps, ...calls.recordings].filter((one) => one.usage).map((one) => ({ ...one.usage, model: one.usage.model ?? one.model }));
  return { updated: run.updated_at, usage: got.usage, parts };
}

/** @param {any[]} all @param {number} looked @param {string | undefined} more @param {() => any} next */
function view(all, looked, more, next) {
  const total = sums(all, () => "all", (one) => one.usage)[0];
  if (!total) return [h("h1", null, "Spend"), empty("Nothing was used up.", `Steps that say what they used, and recorded calls, are counted (${looked} runs were looked at):`, "sidestep run --record -- python agent.py")];
  const roots = new Map(all.map((one) => [one.run.id, one.run.parent]));
  const root = (/** @type {string} */ id) => {
    let at = id;
    for (let depth = 0; depth < 20 && roots.get(at); depth++) at = roots.get(at);
    return at;
  };
  return [
    h("h1", null, "Spend"),
    h("div", { class: "tiles" }, TOTALS.filter(([name]) => total.amounts[name]).map(([name, label]) => h("div", { class: "tile" }, h("b", null, told(name, total.amounts[name] ?? 0)), h("span", { class: "dim" }, label)))),
    h("p", { class: "dim" }, `Of the newest ${count(looked)} runs. `, more && look("Look further back", next, { kind: "small" })),
    breakdown("By day", sums(all, (one) => day(one.run.created_at), (one) => one.usage).sort((one, other) => (one.name < other.name ? 1 : -1)), (name) => name),
    breakdown("By model", sums(all.flatMap((one) => one.parts ?? []), (part) => part.model ?? "not named", (part) => part), (name) => short(name)),
    breakdown("By workflow", sums(all, (one) => one.run.workflow ?? "none", (one) => one.usage), (name) => h("a", { href: address("/spend", { workflow: name }) }, short(name))),
    breakdown("By tree of runs", sums(all, (one) => root(one.run.id), (one) => one.usage).slice(0, 50), (name) => runLink(name)),
  ];
}

/** @param {string} name @param {number} value */
const told = (name, value) => (name === "cost_micros" ? money(value) : count(value));

/** @param {string} title @param {ReturnType<typeof sums>} rows @param {(name: string) => any} label */
function breakdown(title, rows, label) {
  const names = TOTALS.filter(([name]) => rows.some((row) => row.amounts[name]));
  const first = names[0]?.[0];
  if (!first) return null;
  const most = Math.max(...rows.map((row) => row.amounts[first] ?? 0), 1);
  return section(title, table(title, ["", "", ...names.map(([, text]) => text)], rows.map((row) => h("tr", { key: row.name },
    h("td", { class: "clip" }, label(row.name)), h("td", null, h("span", { class: "part", "aria-hidden": "true" }, h("i", { style: { width: `${(100 * (row.amounts[first] ?? 0)) / most}%` } }))),
    names.map(([name]) => h("td", { class: "num" }, told(name, row.amounts[name] ?? 0)))))));
}

// What was used up, by day, model, workflow, user and tree of runs.
import { touches } from "./coalesce.js";
import { h } from "./dom.js";
import { age, instant } from "./filters.js";
import { count, money } from "./format.js";
import { address } from "./router.js";
import { call } from "./rpc.js";
import { empty, look, runLink, section, short, table } from "./ui.js";
import { kinds, sum } from "./usage.js";

const SPANS = [["1d", "a day"], ["7d", "a week"], ["30d", "30 days"], ["365d", "a year"]];
const BY = /** @type {const} */ (["day", "model", "workflow", "user"]);
// Trees are found among so many runs, the newest.
const LOOKED_AT = 50;
// While calls end, so often is enough.
const REST = 1000;

/** @param {import("./app.js").Context} context @returns {import("./app.js").Screen} */
export function screen(context) {
  /** @type {any} */
  let data;
  const set = (/** @type {Record<string, any>} */ change) => context.go(address("/spend", { ...context.route.query, ...change }));
  return {
    rest: REST,
    title: () => "Spend",
    async load() {
      const { since = "30d", workflow, model } = context.route.query;
      const span = age(since), from_at = span === undefined ? instant(since) : Date.now() - span, time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const [trees, ...sums] = await Promise.all([roots(workflow, from_at), ...BY.map((by) => call("run.usage", { by, from_at, time_zone, workflow, model }))]);
      data = { since, trees, ...Object.fromEntries(BY.map((by, at) => [by, sums[at].lines])) };
    },
    moved: () => void context.load(),
    view: () => data && view(data, context.route.query, set),
    touch(batch) {
      if (touches(batch, ["step.completed", "step.failed", "recording."])) void context.load();
    },
  };
}

/** Runs without a parent that used something, with what their children used.
 *  @param {string | undefined} workflow @param {number | undefined} created_after */
async function roots(workflow, created_after) {
  const { runs } = await call("run.list", { workflow, created_after, limit: LOOKED_AT });
  const all = await Promise.all(runs.filter((/** @type {any} */ run) => !run.parent).map((/** @type {any} */ run) => tree(run.id)));
  return all.filter(({ usage }) => usage);
}

/** @param {string} id */
async function tree(id) {
  const [got, children] = await Promise.all([call("run.get", { run: id }), call("run.list", { parent: id, limit: LOOKED_AT })]).catch(() => [{}, { runs: [] }]);
  const below = await Promise.all(children.runs.map((/** @type {any} */ run) => call("run.get", { run: run.id }).then((one) => one.usage, () => undefined)));
  const used = [got.usage, ...below].filter(Boolean);
  return { of: id, usage: used.length ? sum(used) : undefined };
}

/** @param {any} data @param {Record<string, string>} query @param {(change: any) => void} set */
function view(data, query, set) {
  const total = sum(data.day.map((/** @type {any} */ line) => line.usage));
  const chosen = ["workflow", "model"].filter((name) => query[name] !== undefined);
  return [
    h("div", { class: "bar" }, h("h1", null, "Spend"), h("div", { class: "views", role: "group", "aria-label": "Since" }, SPANS.map(([value = "", text]) => look(text, () => set({ since: value }), { pressed: data.since === value, kind: "small" })),
      chosen.map((name) => look(`${name} ${short(query[name], 40)} ×`, () => set({ [name]: undefined }), { kind: "small", pressed: true })))),
    kinds(total).length ? h("div", { class: "tiles" }, kinds(total).map(([name, label]) => h("div", { class: "tile" }, h("b", null, told(name, total[name])), h("span", { class: "dim" }, label))))
      : empty("Nothing was used up.", "Steps that say what they used, and recorded calls, are counted:", "sidestep run --record -- python agent.py"),
    saving(sum(data.day.map((/** @type {any} */ line) => line.saved ?? {}))),
    breakdown("By day", [...data.day].reverse(), (name) => name),
    breakdown("By model", data.model, (name) => (name ? h("a", { href: address("/spend", { ...query, model: name }) }, short(name)) : "not named")),
    breakdown("By workflow", data.workflow, (name) => (name ? h("a", { href: address("/spend", { ...query, workflow: name }) }, short(name)) : "none")),
    data.user.length > 1 && breakdown("By user", data.user, (name) => `uid ${name}`),
    breakdown(`By tree of runs, of the newest ${LOOKED_AT}`, data.trees, (name) => runLink(name)),
  ];
}

/** What runs had recorded when they were taken up again.
 *  @param {Record<string, number>} saved */
const saving = (saved) => kinds(saved).length > 0
  && h("p", { class: "saved" }, "Replay saved ", kinds(saved).map(([name, label], at) => [at > 0 && ", ", h("b", null, told(name, saved[name])), ` ${label}`]), ".");

/** @param {string} name @param {any} value */
const told = (name, value = 0) => (name === "cost_micros" ? money(value) : count(value));

/** @param {string} title @param {{of: string, usage: any}[]} lines @param {(name: string) => any} label */
function breakdown(title, lines, label) {
  const shown = kinds(sum(lines.map((line) => line.usage)));
  const first = shown[0]?.[0];
  if (!first) return null;
  const most = Math.max(...lines.map((line) => Number(line.usage[first] ?? 0)), 1);
  return section(title, table(title, ["", "", ...shown.map(([, text]) => text)], lines.filter(({ usage }) => kinds(usage).length).map(({ of, usage }) => h("tr", { key: of },
    h("td", { class: "clip" }, label(of)), h("td", null, h("span", { class: "part", "aria-hidden": "true" }, h("i", { style: { width: `${(100 * Number(usage[first] ?? 0)) / most}%` } }))),
    shown.map(([name]) => h("td", { class: "num" }, told(name, usage[name])))))));
}

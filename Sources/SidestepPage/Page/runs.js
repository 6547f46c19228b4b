// The list of runs, what it is narrowed to, and what is done to many of them.
import { bulk } from "./bulk.js";
import { h } from "./dom.js";
import { fits, params, POSSIBLE, STATUSES } from "./filters.js";
import { count } from "./format.js";
import { address } from "./router.js";
import { call } from "./rpc.js";
import { ago, button, chips, empty, lasting, look, runLink, short, status, table } from "./ui.js";
import * as views from "./views.js";

const PAGE = 100;
// Those with a mark are left out where it is narrow.
const HEADS = ["", "run", "-workflow", "status", "-owner", "-tags", "-attempt", "-took", "changed"];

/** @param {import("./app.js").Context} context @returns {import("./app.js").Screen} */
export function screen(context) {
  /** @type {any[]} */
  let runs = [];
  /** @type {string | undefined} */
  let more;
  /** @type {Set<string>} */
  const selected = new Set();
  let shown = "";
  /** @type {any[] | undefined} */
  let saved;
  /** @type {Set<string>} */
  const fresh = new Set();
  const wanted = () => params(context.route.query);
  const set = (/** @type {Record<string, any>} */ change) => context.go(address("/runs", { ...context.route.query, ...change }));

  async function load() {
    saved ??= await views.list();
    const filter = JSON.stringify(context.route.query);
    // As many as are shown stay shown.
    const size = filter === shown ? Math.max(PAGE, Math.min(runs.length, 1000)) : PAGE;
    const page = await call("run.list", { ...wanted(), limit: size });
    ({ runs, more } = page);
    shown = filter;
    fresh.clear();
  }
  async function next() {
    const page = await call("run.list", { ...wanted(), limit: PAGE, cursor: more });
    const known = new Set(runs.map((run) => run.id));
    runs = [...runs, ...page.runs.filter((/** @type {any} */ run) => !known.has(run.id))];
    more = page.more;
    context.draw();
  }
  /** Reads again what changed, and only that.
   *  @param {import("./coalesce.js").Batch} batch */
  async function touch(batch) {
    const created = batch.lost || batch.kinds.has("run.created") || batch.kinds.has("run.imported");
    // What is new goes on top, where it would push away what is read.
    if (created && document.querySelector("main")?.scrollTop === 0 && !selected.size) return void context.load();
    const changed = runs.filter((run) => batch.runs.get(run.id)?.some((entry) => !entry.kind.startsWith("step.completed")));
    if (created) for (const id of batch.runs.keys()) if (!runs.some((run) => run.id === id)) fresh.add(id);
    await Promise.all(changed.slice(0, 50).map(async (run) => {
      const now = await call("run.get", { run: run.id }).then((one) => one.run, () => undefined);
      runs = runs.map((one) => (one.id === run.id ? now : one)).filter((one) => one && (fits(one, wanted()) || selected.has(one.id)));
    }));
    context.draw();
  }
  return {
    title: () => "Runs",
    load, touch,
    moved() {
      selected.clear();
      void context.load();
    },
    view: () => [
      h("div", { class: "bar" }, h("h1", null, "Runs"), views.menu(context, saved ?? [], (now) => ((saved = now), context.draw()))),
      filters(context.route.query, set),
      acts(selected, wanted(), context, runs),
      fresh.size > 0 && look(`${fresh.size} newer`, () => context.load(), { kind: "pill" }),
      runs.length ? table("Runs", heads(runs, selected, context.draw), runs.map((run) => row(run, selected, context.draw))) : nothing(context.route.query),
      more && h("p", { class: "more" }, look("Show more", next)),
    ],
  };
}

/** @param {any[]} runs @param {Set<string>} selected @param {() => void} draw */
function heads(runs, selected, draw) {
  const all = runs.every((run) => selected.has(run.id));
  const onclick = () => {
    for (const run of runs) all ? selected.delete(run.id) : selected.add(run.id);
    draw();
  };
  return [h("input", { type: "checkbox", checked: all, "aria-label": "Select all that are shown", onclick }), ...HEADS.slice(1)];
}

/** @param {any} run @param {Set<string>} selected @param {() => void} draw */
function row(run, selected, draw) {
  const onclick = () => {
    selected.has(run.id) ? selected.delete(run.id) : selected.add(run.id);
    draw();
  };
  const name = runLink(run.id);
  name.props.class = "id row";
  return h("tr", { key: run.id, class: selected.has(run.id) ? "selected" : undefined },
    h("td", null, h("input", { type: "checkbox", checked: selected.has(run.id), "aria-label": `Select ${short(run.id, 80)}`, onclick })),
    h("td", { class: "clip" }, name),
    h("td", { class: "clip less" }, run.workflow && h("a", { href: address("/runs", { workflow: run.workflow }), title: short(run.workflow) }, short(run.workflow, 80))),
    h("td", null, status(run.status, run.reason)),
    h("td", { class: "dim num less" }, run.owner?.pid ? `pid ${run.owner.pid}` : run.status === "queued" && run.queue ? run.queue : ""),
    h("td", { class: "clip less" }, chips(run.tags)),
    h("td", { class: "num less" }, run.attempt > 1 ? run.attempt : "", run.interruptions ? h("small", { title: "deaths without progress" }, ` ↯${run.interruptions}`) : ""),
    h("td", { class: "num less" }, run.status !== "queued" && lasting(run.created_at, run.closed_at ?? (run.status === "running" ? undefined : run.updated_at))),
    h("td", { class: "num" }, ago(run.updated_at)));
}

/** @param {Record<string, string>} query @param {(change: Record<string, any>) => void} set */
function filters(query, set) {
  const field = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ hint, /** @type {any} */ more = {}) => h("label", { key: `${name}=${query[name] ?? ""}` }, h("span", null, label),
    h("input", { ...more, type: more.type ?? "text", name, placeholder: hint, autocomplete: "off", spellcheck: "false", onmount: (/** @type {any} */ input) => (input.value = query[name] ?? ""),
      onchange: (/** @type {any} */ event) => set({ [name]: event.target.value }) }));
  return h("form", { class: "filters", role: "search", "aria-label": "Filter", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), /** @type {any} */ (document.activeElement)?.blur()) },
    field("text", "search", "id or workflow", { "data-search": true, type: "search" }),
    h("label", null, h("span", null, "status"), h("select", { value: query.status ?? "", onchange: (/** @type {any} */ event) => set({ status: event.target.value }) },
      [["", "any"], ["open", "open"], ...STATUSES.map((name) => [name, name])].map(([value, text]) => h("option", { value }, text)))),
    field("workflow", "workflow", "exact"), field("tag", "tags", "team=harbour"), field("parent", "parent", "run id"),
    field("after", "made after", "2h, 2026-03-01"), field("before", "made before", "1d"), field("user", "user", "uid"));
}

/** @param {Set<string>} selected @param {Record<string, any>} filter @param {import("./app.js").Context} context @param {any[]} runs */
function acts(selected, filter, context, runs) {
  const after = () => {
    selected.clear();
    void context.load();
  };
  const meant = selected.size ? { runs: [...selected] } : filter;
  const statuses = selected.size ? runs.filter((run) => selected.has(run.id)).map((run) => run.status) : filter.status ? [filter.status] : STATUSES;
  const possible = Object.entries(POSSIBLE).filter(([, of]) => statuses.some((status) => of.includes(status)));
  const whom = selected.size ? `${count(selected.size)} selected` : Object.keys(filter).length ? "all that match" : "all runs";
  return h("div", { class: "acts", role: "group", "aria-label": `Act on ${whom}` }, h("span", { class: "dim" }, whom, ":"),
    possible.map(([name]) => button(`${name[0]?.toUpperCase()}${name.slice(1)}…`, () => bulk(name, meant, after), { kind: name === "delete" ? "danger small" : "small" })),
    selected.size > 0 && look("Select none", () => (selected.clear(), context.draw()), { kind: "quiet small" }),
    selected.size === 2 && look("Compare", () => context.go(`/runs/${[...selected].map(encodeURIComponent).join("/compare/")}`), { kind: "small" }));
}

/** @param {Record<string, string>} query */
const nothing = (query) => (Object.values(query).some(Boolean)
  ? empty("No run matches.", h("a", { href: "/runs" }, "Show all runs"))
  : empty("There are no runs yet.", "Any program becomes a run:", "sidestep run --id first -- python agent.py", "sidestep start first"));

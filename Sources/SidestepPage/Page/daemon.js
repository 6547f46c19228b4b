// The daemon itself: sizes, syncs, what is kept, copies, settings in force.
import { h } from "./dom.js";
import { ask } from "./dialog.js";
import { onProgress } from "./live.js";
import { bytes, count, moment, span } from "./format.js";
import { metrics } from "./metrics.js";
import { write } from "./json.js";
import { call, session } from "./rpc.js";
import { act, say } from "./toast.js";
import { ago, button, command, empty, errorBox, facts, howFar, lasting, look, section, short, table } from "./ui.js";

/** @param {import("./app.js").Context} context @returns {import("./app.js").Screen} */
export function screen(context) {
  /** @type {any} */
  let data;
  const optional = (/** @type {string} */ method, /** @type {any} */ params) => call(method, params).catch((error) => ({ error }));
  return {
    title: () => "Daemon",
    async load() {
      const [info, stats, text, retention, acts] = await Promise.all([call("system.info"), optional("system.stats", {}), optional("system.metrics", {}), call("retention.list"), newestActs()]);
      data = { ...data, info, stats, metrics: metrics(text.text ?? ""), text, retention, acts };
    },
    view: () => data && [
      h("div", { class: "bar" }, h("h1", null, "Daemon"), look("Read again", () => context.load(), { kind: "small" })),
      data.info.storage && data.info.storage.state !== "ok" && errorBox({ kind: "storage", message: data.info.storage.message }),
      sizes(data), upkeep(data, context), kept(data, context), acts(data.acts), settings(data.info.settings), raw(data),
    ],
  };
}

/** The last page of the daemon's own journal.
 *  @returns {Promise<any>} */
async function newestActs() {
  /** @type {any[]} */
  let acts = [];
  /** @type {number | undefined} */
  let after = 0;
  try {
    while (after !== undefined) {
      /** @type {any} */
      const page = await call("system.acts", { after, limit: 1000 });
      acts = [...acts, ...page.acts].slice(-50);
      after = page.more ?? undefined;
    }
  } catch (error) {
    return { error };
  }
  return { acts: acts.reverse() };
}

/** @param {any} data */
function sizes({ info, stats, metrics }) {
  const steps = metrics.total("sidestep_step_attempts"), commits = metrics.total("sidestep_commit_seconds_count");
  const value = (/** @type {string} */ name) => metrics.total(name);
  return facts([
    ["version", info.version], ["up for", lasting(info.started_at)], ["pid", info.pid], ["connections", count(info.connections)], ["SQLite", info.sqlite_version],
    ["database", bytes(stats.database_bytes ?? info.database_bytes ?? 0)], ["its log (WAL)", stats.log_bytes !== undefined && bytes(stats.log_bytes)], ["free in it", stats.free_bytes !== undefined && bytes(stats.free_bytes)],
    ["runs", stats.runs && count(Object.values(stats.runs).reduce((sum, one) => Number(sum) + Number(one), 0))], ["forks", stats.forks !== undefined && count(stats.forks)], ["being removed", stats.being_removed || undefined],
    ["steps since it began", steps ? count(steps) : undefined], ["syncs per step", steps && commits ? (commits / steps).toFixed(2) : undefined],
    ["resident memory", value("process_resident_memory_bytes") ? bytes(value("process_resident_memory_bytes")) : undefined],
    ["socket", info.socket && h("code", null, short(info.socket))], ["file", info.database && h("code", null, short(info.database))],
  ]);
}

/** @param {any} data @param {import("./app.js").Context} context */
function upkeep(data, context) {
  const busy = (/** @type {string} */ name, /** @type {() => Promise<any>} */ work, /** @type {(result: any) => string} */ done) => button(data.busy === name ? `${name}…` : name, async () => {
    [data.busy, data.progress] = [name, undefined];
    context.draw();
    const began = Date.now();
    const leave = onProgress((told) => {
      data.progress = told;
      context.draw();
    });
    const result = await act(work);
    leave();
    data.busy = undefined;
    if (result) say(`${done(result)} It took ${span(Date.now() - began)}.`);
    await context.load();
  }, { disabled: Boolean(data.busy) });
  const backup = () => ask({ title: "Back the database up", text: "The daemon writes the copy beside all work; the file is there in full or not at all.", action: "Write it", fields: [{ name: "path", label: "File, as the daemon's user", value: `/var/tmp/sidestep-${Date.now()}.db` }],
    work: ({ path }) => call("system.backup", { path, progress: true }) }).then((done) => done?.bytes !== undefined && say(`${bytes(done.bytes)} written to ${done.path}.`));
  return section("Upkeep", h("div", { class: "actions" },
    button("Back up…", backup), busy("Check", () => call("system.check"), (result) => (result.ok ? "Nothing is wrong." : `Wrong: ${result.problems[0]}`)),
    busy("Vacuum", () => call("system.vacuum", { progress: true }), (result) => `${bytes(result.bytes_before)} before, ${bytes(result.bytes_after)} now.`), command("sidestep backup /var/tmp/copy.db")),
    !session.administrator && h("p", { class: "dim" }, "These are for administrators."),
    data.busy && howFar(data.busy, data.progress));
}

/** @param {any} data @param {import("./app.js").Context} context */
function kept(data, context) {
  const { rules, default_keep_ms: otherwise } = data.retention;
  const dry = async () => {
    data.prune = await act(() => call("run.prune", { dry_run: true }));
    context.draw();
  };
  const prune = () => ask({ title: `Remove ${count(data.prune.runs)} runs?`, text: "Those that the rules say. It cannot be undone.", action: "Remove them", danger: true, work: () => all() })
    .then((done) => done && (data.prune = undefined, context.load()));
  const put = () => ask({ title: "How long runs are kept", action: "Set it", fields: [{ name: "workflow", label: "Workflow", hint: "Empty: all." }, { name: "status", label: "completed, failed or cancelled", hint: "Empty: all." }, { name: "days", label: "Days after their end", kind: "number", hint: "Empty: for ever." }],
    work: ({ workflow, status, days }) => call("retention.put", { workflow, status, ...(days === undefined ? { forever: true } : { keep_ms: Number(days) * 86_400_000 }) }) }).then((done) => done && context.load());
  return section(["Retention ", button("New rule…", put, { kind: "small" })],
    h("p", null, "Closed runs are kept ", otherwise === undefined || otherwise === null ? "for ever" : `for ${span(otherwise)}`, rules.length ? ", where no rule says otherwise:" : "."),
    rules.length > 0 && table("Rules", ["workflow", "ended", "kept"], rules.map((/** @type {any} */ one) => h("tr", null, h("td", { class: "clip" }, short(one.workflow ?? "all")), h("td", null, one.status ?? "any way"), h("td", { class: "num" }, one.keep_ms === undefined || one.keep_ms === null ? "for ever" : span(one.keep_ms))))),
    h("div", { class: "actions" }, look("What would go now?", dry), data.prune && h("span", { role: "status" }, `${count(data.prune.runs)} runs${data.prune.more ? " and more" : ""}, about ${bytes(data.prune.bytes ?? 0)}.`), data.prune?.runs > 0 && button("Remove them…", prune, { kind: "danger" })));
}

/** @returns {Promise<any>} */
async function all() {
  let runs = 0;
  for (;;) {
    const page = await call("run.prune", {});
    runs += page.runs;
    if (!page.more || !page.runs) return { runs };
  }
}

/** @param {any} got */
const acts = (got) => section("Who did what", got.error ? errorBox(got.error) : got.acts.length ? table("Acts", ["at", "what", "to", "by", "-more"], got.acts.map((/** @type {any} */ one) => h("tr", { key: one.sequence },
  h("td", { class: "num" }, h("span", { title: moment(one.at) }, ago(one.at))), h("td", null, one.method), h("td", { class: "clip id" }, short(one.subject ?? "")), h("td", { class: "num" }, `uid ${one.by?.uid ?? one.uid}${one.by?.pid ? ` pid ${one.by.pid}` : ""}`), h("td", { class: "clip less dim" }, one.detail === undefined ? "" : short(write(one.detail), 120)))))
  : empty("Nobody changed anything yet.", "What no run's journal tells of is listed here: deletions, queues, schedules."));

/** @param {any} all */
function settings(all) {
  if (!all) return section("Settings", empty("They are shown to administrators.", "The daemon tells who is root, or in its admin group."));
  const named = Object.entries(all);
  const changed = named.filter(([, one]) => one.from !== "default");
  const rows = (/** @type {[string, any][]} */ some) => table("Settings", ["setting", "value", "from"], some.map(([name, one]) => h("tr", { key: name }, h("td", { class: "id" }, name), h("td", { class: "clip id" }, short(one.value)), h("td", { class: "dim" }, one.from))));
  return section("Settings in force", changed.length > 0 && rows(changed), h("details", null, h("summary", null, `${named.length - changed.length} at their defaults`), rows(named.filter(([, one]) => one.from === "default"))));
}

/** @param {any} data */
const raw = (data) => section("Metrics", data.text.error ? errorBox(data.text.error) : h("details", null, h("summary", null, "as Prometheus reads them"), h("pre", { tabindex: "0" }, data.text.text)));

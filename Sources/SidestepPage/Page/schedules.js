// Runs that the clock starts.
import { touches } from "./coalesce.js";
import { rule } from "./cron.js";
import { h } from "./dom.js";
import { ask } from "./dialog.js";
import { actionButton } from "./do.js";
import { count, moment, shellWord } from "./format.js";
import { address, runAddress } from "./router.js";
import { call } from "./rpc.js";
import { ago, button, command, empty, errorBox, facts, json, look, runLink, short, status } from "./ui.js";

/** @param {import("./app.js").Context} context @returns {import("./app.js").Screen} */
export function screen(context) {
  /** @type {any[]} */
  let schedules = [];
  /** @type {string | undefined} */
  let more;
  /** @type {any} */
  let opened;
  async function look_() {
    const name = context.route.query.schedule;
    if (!name) return void (opened = undefined);
    const [got, runs] = await Promise.all([call("schedule.get", { schedule: name }), call("run.list", { text: name, limit: 20 })]);
    opened = { name, schedule: got.schedule, runs: runs.runs };
  }
  return {
    title: () => "Schedules",
    async load() {
      const [page] = await Promise.all([call("schedule.list", { limit: Math.max(100, Math.min(schedules.length, 1000)) }), look_()]);
      ({ schedules, more } = page);
    },
    moved: () => void context.load(),
    view: () => [
      h("div", { class: "bar" }, h("h1", null, "Schedules"), button("New…", () => make(context), { kind: "small" })),
      schedules.length ? h("ul", { class: "cards one" }, schedules.map((one) => card(one, opened, context)))
        : empty("No schedule starts runs.", "A schedule starts runs by the clock:", "sidestep schedule put nightly --cron '0 3 * * *' --workflow report"),
      more && h("p", { class: "more" }, look("Show more", async () => {
        const page = await call("schedule.list", { cursor: more });
        schedules = [...schedules, ...page.schedules];
        more = page.more;
        context.draw();
      })),
    ],
    touch(batch) {
      if (touches(batch, ["schedule.", "run.created", "run.completed", "run.failed", "run.cancelled"])) void context.load();
    },
  };
}

/** @param {any} one @param {any} opened @param {import("./app.js").Context} context */
function card(one, opened, context) {
  const name = one.schedule, isOpen = opened?.name === name;
  const after = () => context.load();
  const remove = () => ask({ title: `Remove '${short(name, 60)}'?`, text: "Its runs stay.", action: "Remove", danger: true, work: () => call("schedule.delete", { schedule: name }) }).then((done) => done && context.go("/schedules"));
  const trigger = async () => {
    const made = await ask({ title: `Start a run of '${short(name, 60)}' now`, action: "Start it", fields: [{ name: "input", label: "Input, as JSON", kind: "json", hint: "Empty: the schedule's." }], work: ({ input }) => call("schedule.trigger", { schedule: name, input }) });
    if (made?.run) context.go(runAddress(made.run.id));
  };
  const next = isOpen ? opened.schedule.next_at : one.next_at;
  return h("li", { key: name, class: "card line" },
    h("div", { class: "head" }, h("a", { class: "row id", href: address("/schedules", { schedule: isOpen ? undefined : name }), "aria-expanded": String(isOpen) }, short(name)), one.paused && status("paused"), h("b", null, short(rule(one), 200)), h("small", null, one.cron ? short(`${one.time_zone ?? "UTC"}`, 60) : ""),
      h("span", { class: "end" }, next.length ? ["next ", ago(next[0])] : "nothing is due")),
    one.problem && errorBox({ kind: "problem", message: one.problem }),
    h("p", { class: "dim" }, "starts ", h("a", { href: address("/runs", { workflow: one.workflow }) }, short(one.workflow)), ` in queue ${short(one.queue ?? "default", 60)}. Started ${count(one.fired)}, skipped ${count(one.skipped)}, missed ${count(one.missed)}. `, one.last_run && ["Last: ", runLink(one.last_run)]),
    h("div", { class: "actions" }, actionButton({ label: one.paused ? "Let it go on" : "Pause", calls: [["schedule.pause", { schedule: name, paused: !one.paused }]] }, {}, after), button("Start one now…", trigger), isOpen && button("Remove…", remove, { kind: "danger" })),
    isOpen && details(opened));
}

/** @param {any} opened */
function details({ schedule, runs, name }) {
  return h("div", null,
    h("h2", null, "The next times"), schedule.next_at.length ? h("ol", { class: "times" }, schedule.next_at.map((/** @type {any} */ at) => h("li", null, h("span", { class: "num" }, moment(at)), " ", h("span", { class: "dim" }, ago(at))))) : h("p", { class: "dim" }, schedule.paused ? "It is paused." : "None."),
    facts([["rule", schedule.cron], ["overlap", schedule.overlap], ["still started when late", schedule.catch_up_ms && `${schedule.catch_up_ms} ms`], ["ends", schedule.end_at && moment(schedule.end_at)]]),
    schedule.input !== undefined && schedule.input !== null && [h("h2", null, "Input"), json(schedule.input)],
    h("h2", null, "Runs"), runs.length ? h("ul", { class: "lines" }, runs.map((/** @type {any} */ run) => h("li", { key: run.id }, runLink(run.id), status(run.status, run.reason), h("span", { class: "end" }, ago(run.created_at))))) : h("p", { class: "dim" }, "none yet"),
    command(`sidestep schedule trigger ${shellWord(name)}`));
}

/** @param {import("./app.js").Context} context */
function make(context) {
  return ask({
    title: "A schedule", action: "Make it",
    fields: [{ name: "schedule", label: "Name" }, { name: "workflow", label: "Workflow of its runs" }, { name: "cron", label: "Rule: five fields as in crontab(5)", value: "0 3 * * *" }, { name: "time_zone", label: "Time zone", value: Intl.DateTimeFormat().resolvedOptions().timeZone }, { name: "input", label: "Input, as JSON", kind: "json" }],
    work: (values) => call("schedule.put", values),
  }).then((made) => made?.schedule && context.go(address("/schedules", { schedule: made.schedule.schedule })));
}

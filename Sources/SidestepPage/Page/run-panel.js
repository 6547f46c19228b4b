// One step, beside the journal: what went in, what came out, and what can be done from here.
import { resolutions } from "./actions.js";
import { oneAtATime } from "./coalesce.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { actionButton } from "./do.js";
import { amount, clock, moment } from "./format.js";
import { parse, write, isJSON } from "./json.js";
import { words } from "./kinds.js";
import { runAddress } from "./router.js";
import { call } from "./rpc.js";
import { act } from "./toast.js";
import { ago, button, copy, errorBox, facts, json, lasting, look, short, status } from "./ui.js";

export class StepPanel {
  /** @param {string} run @param {() => void} draw */
  constructor(run, draw) {
    this.run = run;
    this.draw = draw;
    /** @type {any} */
    this.step = undefined;
    /** @type {any} */
    this.entry = undefined;
    /** @type {any} */
    this.error = undefined;
    /** @type {string | undefined} */
    this.name = undefined;
    this.raw = false;
    this.read = oneAtATime(() => this.fetch());
  }
  get open() {
    return this.name !== undefined || this.entry !== undefined;
  }
  /** @param {string | undefined} name @param {any} entry */
  async show(name, entry) {
    this.entry = entry;
    if (name !== this.name) [this.name, this.step, this.error] = [name, undefined, undefined];
    if (name !== undefined) await this.read();
  }
  async fetch() {
    const name = this.name;
    try {
      const step = name === undefined ? undefined : await call("step.get", { run: this.run, step: name });
      if (name === this.name) [this.step, this.error] = [step, undefined];
    } catch (error) {
      this.error = error;
    }
    this.draw();
  }
  /** @param {any[]} entries */
  touch(entries) {
    if (this.name !== undefined && entries.some((entry) => entry.step === this.name)) void this.read();
  }
}

/** @param {StepPanel} panel @param {any} state @param {import("./app.js").Context} context @param {() => void} close */
export function panel(panel, state, context, close) {
  const { step, entry } = panel;
  return h("aside", { class: "panel", "aria-label": "Details", key: "panel" },
    h("div", { class: "bar" }, h("h2", { class: "id" }, step ? short(step.step) : entry ? words(entry.kind) : short(panel.name ?? "", 80)),
      h("button", { type: "button", class: "quiet end", "data-close": true, onclick: close }, "close")),
    errorBox(panel.error), step ? about(panel, state, context) : entry ? ofEntry(entry) : null);
}

/** @param {any} entry */
const ofEntry = (entry) => [facts([["kind", entry.kind], ["at", moment(entry.at)], ["sequence", entry.sequence]]), entry.detail !== undefined && json(entry.detail)];

/** @param {StepPanel} panel @param {any} state @param {import("./app.js").Context} context */
function about(panel, state, context) {
  const { step, run } = panel;
  const after = () => (void panel.read(), context.load());
  const input = step.fingerprint;
  const closed = step.status === "completed" || step.status === "failed";
  return [
    h("div", { class: "actions" }, status(step.status),
      step.status === "unknown" && resolutions(run, step.step).map((action) => actionButton(action, { id: run }, after)),
      button("Fork from here…", () => fork(run, step, context), { kind: "small", title: "A new run that shares all before this step, and executes it again" }),
      closed && button("Fork with another output…", () => forkEdited(run, step, context), { kind: "small", title: "A new run in which this step has returned what you write" })),
    facts([
      ["attempt", step.attempt], ["failed attempts", step.failures || undefined], ["began", step.started_at && clock(step.started_at, true)],
      ["took", step.started_at && step.finished_at && lasting(step.started_at, step.finished_at)], ["next attempt", step.next_attempt_at && ago(step.next_attempt_at)],
      ["times out", step.attempt_deadline_at && ago(step.attempt_deadline_at)], ["at most once", step.at_most_once && "yes"], ["undoes", step.compensation && "yes"],
      ...Object.entries(step.usage ?? {}).map(([name, value]) => /** @type {[string, any]} */ ([name === "cost_micros" ? "cost" : name.replaceAll("_", " "), name === "model" ? short(value) : amount(name, value)])),
    ]),
    input && [h("h3", null, "Input"), isJSON(input) ? json(parse(input)) : h("pre", { tabindex: "0" }, short(input, 20000))],
    step.output !== undefined && [h("h3", null, "Output"), json(step.output)],
    step.error !== undefined && step.error !== null && [h("h3", null, "Error"), json(step.error)],
    step.metadata !== undefined && step.metadata !== null && [h("h3", null, "Metadata"), json(step.metadata)],
    h("div", { class: "actions" }, look(panel.raw ? "Hide raw JSON" : "Raw JSON", () => (panel.raw = !panel.raw, panel.draw()), { kind: "small" }),
      copy(() => `${state.got.run.uid}/${step.step}`, "copy idempotency key")),
    panel.raw && json(step, true),
  ];
}

/** @param {string} run @param {any} step @param {import("./app.js").Context} context */
async function fork(run, step, context) {
  const made = await ask({
    title: `Fork from '${short(step.step, 60)}'`, text: "The new run shares what was completed before this step, and executes it again. A worker takes it, or your program with its id.",
    action: "Fork", fields: [{ name: "new_run", label: "Id of the new run", hint: "Empty: the daemon makes one." }],
    work: ({ new_run }) => call("run.fork", { run, step: step.step, new_run }),
  });
  if (made?.run) context.go(runAddress(made.run.id));
}

/** Records the edited output in the fork before anybody else has it.
 *  @param {string} run @param {any} step @param {import("./app.js").Context} context */
async function forkEdited(run, step, context) {
  const made = await ask({
    title: `Fork with another output of '${short(step.step, 60)}'`, text: "The new run goes on as if the step had returned this.", action: "Fork",
    fields: [{ name: "output", label: "Output, as JSON", kind: "json", value: step.output === undefined ? "null" : write(step.output, "  ") }, { name: "new_run", label: "Id of the new run", hint: "Empty: the daemon makes one." }],
    work: ({ output, new_run }) => edited(run, step, output, new_run),
  });
  if (made?.run) context.go(runAddress(made.run.id));
}

// Longer than the two calls take; whoever reads this when it ran out has closed the page in between.
const LEASE_MS = 10_000;

/** @param {string} run @param {any} step @param {any} output @param {string | undefined} new_run */
async function edited(run, step, output, new_run) {
  const made = await call("run.fork", { run, step: step.step, new_run });
  const id = made.run.id;
  const { lease } = await call("resume", { run: id, create: false, owner: "ttl", ttl_ms: LEASE_MS, steps: "none" });
  try {
    await call("step.complete", { run: id, lease, step: step.step, output, fingerprint: step.fingerprint ?? undefined });
  } finally {
    await act(() => call("run.release", { run: id, lease }));
  }
  return made;
}

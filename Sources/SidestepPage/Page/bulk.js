// The same to many runs: first how many it would be, then the doing, with its progress.
import { h, render } from "./dom.js";
import { count } from "./format.js";
import { call } from "./rpc.js";
import { errorBox, short } from "./ui.js";

const WORDS = /** @type {Record<string, [string, string]>} */ ({
  retry: ["Retry", "opened again; their finished steps stay"], pause: ["Pause", "paused; their owners can record nothing more"],
  unpause: ["Unpause", "let go on"], cancel: ["Cancel", "asked to end, with their children"], delete: ["Delete", "deleted with everything recorded of them"],
});
// So many are done in one call, so that progress is seen and can be stopped.
const AT_ONCE = 100;

/** @typedef {{count: number, skipped: any[], runs: string[], more: boolean}} Result */

/** @param {string} action @param {Record<string, any>} meant runs, or a filter; an empty one means all @param {() => any} after */
export function bulk(action, meant, after) {
  const dialog = document.createElement("dialog");
  document.body.append(dialog);
  dialog.setAttribute("aria-labelledby", "bulk");
  const [verb, means] = /** @type {[string, string]} */ (WORDS[action]);
  const filter = meant.runs ? meant : Object.keys(meant).length ? meant : { all: true };
  /** @type {{phase: "counting" | "asking" | "doing" | "done", would?: Result, did: Result, error?: any, stop: boolean}} */
  const state = { phase: "counting", did: { count: 0, skipped: [], runs: [], more: false }, stop: false };
  const close = () => {
    state.stop = true;
    dialog.close();
    dialog.remove();
    after();
  };
  dialog.addEventListener("cancel", close);
  const draw = () => render(dialog, h("h2", { id: "bulk" }, `${verb} runs`), content(state, means), errorBox(state.error),
    h("footer", null, h("button", { type: "button", class: "quiet", onclick: state.phase === "doing" ? () => (state.stop = true) : close },
      state.phase === "doing" ? "Stop" : state.phase === "done" ? "Close" : "Leave it"),
    state.phase === "asking" && h("button", { type: "button", class: ["delete", "cancel"].includes(action) ? "danger" : "main", disabled: !state.would?.count, onclick: run },
      `${verb} ${count(state.would?.count ?? 0)} runs`)));
  const run = async () => {
    state.phase = "doing";
    draw();
    await each({ action, ...filter }, (page) => {
      state.did.count += page.count;
      state.did.skipped.push(...page.skipped);
      draw();
      return !state.stop;
    }).catch((error) => (state.error = error));
    state.phase = "done";
    draw();
  };
  draw();
  dialog.showModal();
  void dryRun({ action, ...filter }).then((would) => (state.would = would, state.phase = "asking"), (error) => (state.error = error)).then(draw);
}

/** @param {any} params */
async function dryRun(params) {
  /** @type {Result} */
  const whole = { count: 0, skipped: [], runs: [], more: false };
  await each({ ...params, dry_run: true }, (page) => {
    whole.count += page.count;
    whole.runs = [...whole.runs, ...page.runs].slice(0, 8);
    whole.skipped.push(...page.skipped.slice(0, 20));
    return true;
  });
  return whole;
}

/** @param {any} params @param {(page: any) => boolean} seen */
async function each(params, seen) {
  let cursor;
  do {
    // With names there are no pages, and no limit.
    /** @type {any} */
    const page = await call("run.bulk", params.runs ? params : { ...params, limit: AT_ONCE, cursor });
    cursor = page.more;
    if (!seen(page)) return;
  } while (cursor);
}

/** @param {any} state @param {string} means */
function content({ phase, would, did }, means) {
  if (phase === "counting") return h("p", { role: "status" }, "Counting what it would be done to…");
  if (phase === "asking") {
    return [h("p", null, h("b", null, count(would.count)), ` runs would be ${means}.`), names(would), skipped(would)];
  }
  const part = would?.count ? Math.min(100, (100 * did.count) / would.count) : 100;
  return [h("p", { role: "status" }, h("b", null, count(did.count)), ` of ${count(would.count)} runs done.`),
    h("progress", { max: 100, value: part, "aria-label": "progress" }), skipped(did)];
}

/** @param {Result} would */
const names = (would) => would.runs.length > 0 && h("ul", { class: "names" }, would.runs.map((id) => h("li", null, short(id, 80))),
  would.count > would.runs.length && h("li", { class: "dim" }, `and ${count(would.count - would.runs.length)} more`));

/** @param {Result} result */
const skipped = (result) => result.skipped.length > 0 && h("details", null,
  h("summary", null, `${count(result.skipped.length)} cannot`), h("ul", { class: "names" }, result.skipped.slice(0, 20).map((one) => h("li", null, short(one.run, 80), ": ", h("span", { class: "dim" }, short(one.message, 200))))));

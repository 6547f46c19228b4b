// Carries an action out, asking what it needs to know.
import { answer, isClosed, opposite } from "./actions.js";
import { ask } from "./dialog.js";
import { call } from "./rpc.js";
import { act } from "./toast.js";
import { button } from "./ui.js";

/** @param {import("./actions.js").Action} action @param {any} run @param {() => any} after @param {string} [wait] the promise or signal meant */
export function actionButton(action, run, after, wait) {
  const kind = action.danger ? "danger" : action.kind;
  return button(action.label, () => carryOut(action, run, wait).then((done) => done !== undefined && after()), { kind, title: action.title });
}

/** @param {import("./actions.js").Action} action @param {any} run @param {string} [wait] @returns {Promise<any>} */
export function carryOut(action, run, wait) {
  if (action.calls) {
    const calls = action.calls;
    return act(async () => {
      let result;
      for (const [method, params] of calls) result = await call(method, params);
      return result ?? true;
    }, (result) => skipped(result) ?? `${action.label}: done.`, undoing(calls));
  }
  const [what, ...name] = (action.ask ?? "").split(":");
  return QUESTIONS[/** @type {string} */ (what)]?.(run, name.join(":"), wait) ?? Promise.resolve();
}

/** @param {[string, Record<string, any>][]} calls */
function undoing(calls) {
  const back = calls.length === 1 && calls[0] ? opposite(...calls[0]) : undefined;
  return back && (() => call(...back));
}

/** @param {any} result */
const skipped = (result) => (result?.skipped?.length ? `Not done: ${result.skipped[0].message}` : undefined);

/** @type {Record<string, (run: any, step: string, wait?: string) => Promise<any>>} */
const QUESTIONS = {
  cancel: (run) => ask({
    title: "Cancel this run?", text: "The run and its children are asked to end; its owner may first undo what it did.", action: "Cancel the run", danger: true,
    fields: [{ name: "reason", label: "Why, for people" }],
    work: ({ reason }) => call("run.cancel", { run: run.id, reason }),
  }),
  delete: (run) => ask({
    title: "Delete this run?", text: "Everything recorded of it goes. It cannot be undone.", action: "Delete", danger: true,
    work: () => call("run.delete", { run: run.id }),
  }),
  completed: (run, step) => ask({
    title: `'${step}' happened`, action: "Record it as completed", fields: [{ name: "output", label: "What it returned, as JSON", kind: "json", value: "null" }],
    work: ({ output }) => call("step.resolve", { run: run.id, step, as: "completed", output }),
  }),
  failed: (run, step) => ask({
    title: `'${step}' failed`, action: "Record it as failed", fields: [{ name: "error", label: "How it failed, as JSON", kind: "json", value: '{"message": ""}' }],
    work: ({ error }) => call("step.resolve", { run: run.id, step, as: "failed", error }),
  }),
  budget: (run) => ask({
    title: "Raise the budget", action: "Set it and let the run go on",
    fields: [{ name: "budget", label: "What it may use up, as JSON", kind: "json", value: '{"tokens": 100000}', hint: "tokens, input_tokens, output_tokens, cost_micros, calls, wall_ms; what is not named stays." }],
    work: async ({ budget }) => {
      await call("budget.set", { run: run.id, budget });
      if (!isClosed(run)) await call("run.unpause", { run: run.id });
    },
  }),
  approve: (run, _, wait) => settle(run, wait),
  signal: (run, _, wait) => ask({
    title: "Send a signal", action: "Send it", fields: [{ name: "signal", label: "Its name", value: wait ?? "" }, { name: "value", label: "What it says, as JSON", kind: "json", value: '{"approved": true}' }],
    work: ({ signal, value }) => call("signal.send", { run: run.id, signal, value }),
  }),
};

/** @param {any} run @param {string} [wait] */
async function settle(run, wait) {
  const promise = wait ?? (await act(() => call("promise.list", { run: run.id, status: "pending" })))?.promises[0]?.promise;
  return ask({
    title: `Answer '${promise ?? "?"}'`, action: "Resolve it", fields: [{ name: "value", label: "The value, as JSON", kind: "json", value: '{"approved": true}' }],
    work: ({ value }) => call("promise.resolve", { run: run.id, promise, value }),
  });
}

/** One click: yes or no.
 *  @param {any} wait @param {boolean} yes @param {string} [message] */
export function decide(wait, yes, message) {
  const { run, kind, name } = wait;
  const value = answer(yes, message || undefined);
  const method = kind === "promise" ? "promise.resolve" : "signal.send";
  return act(() => call(method, { run, [kind]: name, value }), yes ? "Approved." : "Denied.");
}

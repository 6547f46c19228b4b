// What a person can do about a run: from the reasons that `run.explain` gives to calls.

/** @typedef {{label: string, kind?: string, calls?: [string, Record<string, any>][], ask?: string, title?: string, danger?: boolean}} Action */

// By the reason; `command` is the line that the daemon proposes, its words are read from there.
/** @type {Record<string, (run: any, explained: any) => Action[]>} */
const BY_REASON = {
  paused_by_operator: (run) => [unpause(run)],
  crash_loop: (run) => [unpause(run)],
  code_version: (run) => [unpause(run)],
  budget: () => [{ label: "Raise the budget…", kind: "main", ask: "budget" }],
  cancelling: (run) => [{ label: "End it now", danger: true, calls: [["run.cancel", { run: run.id, grace_ms: 0 }]] }],
  step_unknown: (run, { unknown_steps }) => unknown_steps.flatMap((/** @type {any} */ step) => resolutions(run.id, nameOf(step))),
  queue_paused: (run) => [{ label: `Let queue ${run.queue} go on`, kind: "main", calls: [["queue.pause", { queue: run.queue, paused: false }]] }],
  breaker_open: (_, { command }) => named(command, "breaker reset", (breaker) =>
    ({ label: `Close breaker ${breaker}`, kind: "main", calls: [["breaker.reset", { breaker }]] })),
  awaits_promise: () => [{ label: "Answer…", kind: "main", ask: "approve" }],
  awaits_signal: () => [{ label: "Send the signal…", kind: "main", ask: "signal" }],
  failed: (run) => [retry(run)],
  cancelled: (run) => [retry(run)],
};

const CLOSED = ["completed", "failed", "cancelled"];

/** @param {any} run */
export const isClosed = (run) => CLOSED.includes(run.status);

/** @param {any} run @returns {Action} */
const unpause = (run) => ({ label: "Unpause", kind: "main", calls: [["run.unpause", { run: run.id }]] });

/** @param {any} run @returns {Action} */
const retry = (run) => ({
  label: "Retry", kind: "main", title: "Opens it again; its finished steps stay.", calls: [["run.bulk", { action: "retry", runs: [run.id] }]],
});

/** @param {any} step */
const nameOf = (step) => (typeof step === "string" ? step : step.step);

/** The three verdicts on a step of which nobody knows whether it happened.
 *  @param {string} run @param {string} step @returns {Action[]} */
export function resolutions(run, step) {
  const verdict = (/** @type {string} */ as) => /** @type {[string, any]} */ (["step.resolve", { run, step, as }]);
  return [
    { label: "Run it again", calls: [verdict("rerun")], title: "It did not happen: the next owner executes it." },
    { label: "It happened…", ask: `completed:${step}`, title: "Record what it returned." },
    { label: "It failed…", ask: `failed:${step}`, title: "Record how it failed." },
  ];
}

/** @param {string | undefined} command @param {string} words @param {(name: string) => Action} make */
function named(command, words, make) {
  const found = command?.match(new RegExp(`${words} (?:'([^']*)'|(\\S+))`));
  return found ? [make(found[1] ?? found[2] ?? "")] : [];
}

/** What takes a call back, where the protocol has that: an answer or a verdict is read by its run at once.
 *  @param {string} method @param {Record<string, any>} params @returns {[string, Record<string, any>] | undefined} */
export function opposite(method, params) {
  if (method === "run.pause") return ["run.unpause", params];
  if (method === "run.unpause") return ["run.pause", params];
  if (method === "queue.pause" || method === "schedule.pause") return [method, { ...params, paused: !params.paused }];
  return undefined;
}

/** What `run.explain` proposes, and what is always possible.
 *  @param {any} explained @returns {Action[]} */
export function actions(explained) {
  const { run, reasons } = explained;
  const proposed = reasons.flatMap((/** @type {string} */ reason) => BY_REASON[reason]?.(run, explained) ?? []);
  return [...proposed, ...always(run)];
}

/** @param {any} run @returns {Action[]} */
function always(run) {
  if (isClosed(run)) return [{ label: "Delete…", ask: "delete", danger: true }];
  const pause = run.status === "paused" ? [] : [{
    label: "Pause", calls: /** @type {[string, any][]} */ ([["run.pause", { run: run.id }]]), title: "Its owner can record nothing more.",
  }];
  return run.cancel ? pause : [...pause, { label: "Cancel…", ask: "cancel", danger: true }];
}

/** What a wait waits for: `promise:publish` is a promise, `signal:go` a signal.
 *  @param {any} step */
export function waitsFor(step) {
  const found = /^(promise|signal):(.+)$/s.exec(step.step);
  return found ? { kind: found[1], name: /** @type {string} */ (found[2]) } : undefined;
}

/** What `sidestep approve` answers, so that programs get the same from here.
 *  @param {boolean} approved @param {any} [message] @param {any} [value] */
export const answer = (approved, message, value) => ({ approved, value, message });

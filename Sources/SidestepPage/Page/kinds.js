// The words of the journal, for people.

/** @type {Record<string, [string, string]>} */
const KINDS = {
  "run.created": ["begun", ""], "lease.granted": ["has an owner", "owner"], "run.released": ["owner let go", ""],
  "run.interrupted": ["owner died", "bad"], "run.paused": ["paused", "warn"], "run.unpaused": ["unpaused", ""],
  "run.retried": ["tried again", ""], "run.reopened": ["opened again", ""], "run.completed": ["completed", "good"],
  "run.failed": ["failed", "bad"], "run.updated": ["notes changed", ""], "budget.exhausted": ["budget used up", "warn"],
  "run.cancel_requested": ["asked to end", "warn"], "run.cancelled": ["cancelled", "warn"], "run.suspended": ["let go, it waits", ""],
  "run.woken": ["woken", ""], "run.code_changed": ["other code", "warn"], "step.completed": ["completed", "good"],
  "step.attempt_failed": ["attempt failed", "bad"], "step.failed": ["failed", "bad"], "step.timed_out": ["timed out", "bad"],
  "step.interrupted": ["interrupted", "bad"], "step.unknown": ["outcome unknown", "warn"], "step.resolved": ["resolved", ""],
  "step.forgotten": ["forgotten", ""], "step.mismatch": ["other input", "warn"], "step.waiting": ["waits", "wait"],
  "step.given_up": ["wait given up", ""], "signal.sent": ["signal sent", ""], "promise.created": ["promise made", ""],
  "promise.settled": ["promise settled", ""], "checkpoint.saved": ["checkpoint", ""], "checkpoint.deleted": ["checkpoints deleted", ""],
  "schedule.fired": ["schedule", ""], "stream.opened": ["stream opened", ""], "stream.closed": ["stream closed", ""],
  "artifact.saved": ["artifact", ""], "event.emitted": ["event", ""], "recording.completed": ["call recorded", ""],
  "recording.failed": ["call failed", "bad"], "recording.superseded": ["call superseded", ""], "run.imported": ["imported", ""],
};

/** @param {string} kind */
export const words = (kind) => KINDS[kind]?.[0] ?? kind;
/** @param {string} kind */
export const tone = (kind) => KINDS[kind]?.[1] ?? "";

/** What "failures only" shows.
 *  @param {string} kind */
export const isFailure = (kind) => ["bad", "warn"].includes(tone(kind));

/** Whether an entry holds a text that is searched.
 *  @param {any} entry @param {string} text in small letters @param {(value: any) => string} write */
export function holds(entry, text, write) {
  return `${entry.kind} ${entry.step ?? ""} ${words(entry.kind)} ${entry.detail === undefined ? "" : write(entry.detail)}`.toLowerCase().includes(text);
}

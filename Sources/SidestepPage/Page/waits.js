// What waits for a person: unknown steps, approvals, runs that were paused, what is broken.
import { waitsFor } from "./actions.js";
import { call } from "./rpc.js";

// Which runs wait for a person is found run by run; so many are looked at.
export const LOOKED_AT = 100;
const AT_ONCE = 4;

/** @typedef {{run: string, workflow: string, kind: string, name: string, step: any, metadata?: any, since?: any}} Wait */

/** @returns {Promise<{waits: Wait[], more: boolean}>} */
export async function approvals() {
  const pages = await Promise.all(["running", "waiting"].map((status) => call("run.list", { status, limit: LOOKED_AT })));
  const runs = pages.flatMap((page) => page.runs);
  /** @type {Wait[]} */
  const waits = [];
  const left = [...runs];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let run = left.shift(); run; run = left.shift()) waits.push(...await of(run));
  }));
  waits.sort((one, other) => Number(one.since ?? 0) - Number(other.since ?? 0));
  return { waits, more: pages.some((page) => page.more) };
}

/** @param {any} run @returns {Promise<Wait[]>} */
async function of(run) {
  const { steps } = await call("step.list", { run: run.id, status: "waiting", limit: 20 }).catch(() => ({ steps: [] }));
  const named = steps.map((/** @type {any} */ step) => ({ step, what: waitsFor(step) })).filter((/** @type {any} */ one) => one.what);
  const promised = named.some((/** @type {any} */ one) => one.what.kind === "promise");
  const { promises } = promised ? await call("promise.list", { run: run.id, status: "pending" }).catch(() => ({ promises: [] })) : { promises: [] };
  return named.map((/** @type {any} */ { step, what }) => {
    const promise = promises.find((/** @type {any} */ one) => one.promise === what.name);
    return {
      run: run.id, workflow: run.workflow, kind: what.kind, name: what.name, step,
      metadata: promise?.metadata ?? step.metadata, since: step.started_at ?? promise?.created_at,
    };
  });
}

/** @returns {Promise<any[]>} */
export const unknownSteps = async () => (await call("step.inflight", { limit: 100 })).steps.filter((/** @type {any} */ step) => step.status === "unknown");

/** Events after which the list above may be another one. */
export const TOUCHES = ["step.unknown", "step.resolved", "step.waiting", "step.given_up", "promise.", "signal.", "run."];

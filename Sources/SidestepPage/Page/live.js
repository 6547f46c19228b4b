// Events as they come, gathered between two frames. All tabs share one stream.
import { Coalescer } from "./coalesce.js";
import { parse } from "./json.js";

const WORKER = "/live-worker.js";
const coalescer = new Coalescer();
/** @type {Set<(batch: import("./coalesce.js").Batch) => void>} */
const listeners = new Set();
/** @type {(state: string) => void} */
let changed = () => {};
export const live = { state: "begun", sequence: 0 };

/** @param {(batch: import("./coalesce.js").Batch) => void} listener @returns {() => void} */
export function onEvents(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** How far a backup or vacuum is that was asked for on a page of this server.
 *  @typedef {{task: string, done_bytes: any, total_bytes: any}} Progress
 *  @type {Set<(progress: Progress) => void>} */
const watchers = new Set();

/** @param {(progress: Progress) => void} listener @returns {() => void} */
export function onProgress(listener) {
  watchers.add(listener);
  return () => void watchers.delete(listener);
}

/** @param {(state: string) => void} listener */
export function onState(listener) {
  changed = listener;
}

function deliver() {
  const batch = coalescer.take();
  for (const listener of listeners) listener(batch);
}

/** @param {any} message */
function receive(message) {
  if (message.entry !== undefined) {
    const entry = parse(message.entry);
    live.sequence = entry.sequence;
    // A tab that nobody sees gets no frames: what came is drawn when it is looked at.
    if (coalescer.add(entry)) requestAnimationFrame(deliver);
    return;
  }
  if (message.progress !== undefined) {
    for (const listener of watchers) listener(parse(message.progress));
    return;
  }
  live.state = message.state;
  live.sequence = Math.max(live.sequence, message.sequence);
  changed(message.state);
}

/** What Trusted Types want of a script's address; it is ours, and constant.
 *  @returns {any} */
function workerAddress() {
  const types = /** @type {any} */ (window).trustedTypes;
  return types ? types.createPolicy("sidestep", { createScriptURL: () => WORKER }).createScriptURL("") : WORKER;
}

/** @type {{postMessage: (message: any) => void} | undefined} */
let port;

/** Begins to listen, or begins again after a new session. */
export function listen() {
  if (!port) port = typeof SharedWorker === "undefined" ? alone() : shared();
  port.postMessage("open");
}

function shared() {
  const worker = new SharedWorker(workerAddress(), "sidestep");
  worker.port.onmessage = ({ data }) => receive(data);
  addEventListener("pagehide", () => worker.port.postMessage("leave"));
  // A page that comes back from the browser's memory has to join again.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  return worker.port;
}

/** Where there are no shared workers, each tab has a stream of its own. */
function alone() {
  const source = new EventSource("/events");
  source.addEventListener("hello", (event) => receive({ state: "live", sequence: JSON.parse(event.data).sequence }));
  source.addEventListener("message", (event) => receive({ entry: event.data }));
  source.addEventListener("progress", (event) => receive({ progress: event.data }));
  for (const [name, state] of [["gone", "gone"], ["back", "live"], ["error", "lost"]]) {
    source.addEventListener(/** @type {string} */ (name), () => receive({ state, sequence: 0 }));
  }
  return { postMessage() {} };
}

// Calls of the daemon's methods, through the server that this page came from.
import { parse, write } from "./json.js";

/** An error as the daemon, or the server before it, told it: kind, message, hint. */
export class Refused extends Error {
  /** @param {{message?: string, code?: number, data?: any}} error @param {number} [status] */
  constructor(error, status = 200) {
    super(error.message ?? "The answer cannot be read.");
    this.kind = String(error.data?.kind ?? "unavailable");
    this.hint = String(error.data?.hint ?? "");
    this.code = Number(error.code ?? 0);
    this.data = error.data ?? {};
    this.status = status;
  }
}

const UNREACHABLE = {
  message: "The server of this page does not answer.",
  data: { kind: "unavailable", hint: "Start it again: sidestep ui" },
};
const NO_SESSION = {
  message: "This browser has no session.",
  data: { kind: "not_permitted", hint: "Ask for a new link: sidestep ui --link" },
};

/** @type {{read_only: boolean, user: number, administrator: boolean, host: string, version: string, socket: string}} */
export const session = { read_only: false, user: -1, administrator: false, host: "", version: "", socket: "" };
/** @type {{ended: (error: Refused) => void}} */
export const hooks = { ended: () => {} };

/** @param {string} path @param {RequestInit} [options] @returns {Promise<any>} */
async function ask(path, options) {
  let response, text;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
    text = await response.text();
  } catch (error) {
    if (/** @type {any} */ (error).name === "AbortError") throw error;
    throw new Refused(UNREACHABLE, 0);
  }
  /** @type {any} */
  let body = {};
  try {
    if (text) body = parse(text);
  } catch {
    if (response.ok) throw new Refused({}, response.status);
  }
  if (response.status === 401) throw ended(new Refused(body.error ?? NO_SESSION, 401));
  if (body.error || !response.ok) throw new Refused(body.error ?? { message: `HTTP ${response.status}` }, response.status);
  return body;
}

/** @param {Refused} error */
function ended(error) {
  hooks.ended(error);
  return error;
}

/** @param {any} body @returns {RequestInit} */
const post = (body) => ({ method: "POST", headers: { "content-type": "application/json" }, body: write(body) });

/** @param {string} method @param {Record<string, any>} [params] @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function call(method, params = {}, signal) {
  return (await ask("/rpc", { ...post({ method, params }), signal })).result;
}

/** Exchanges the code of a link for a session.
 *  @param {string} code */
export const begin = (code) => ask("/session", post({ code }));

export async function readSession() {
  Object.assign(session, await ask("/session"));
}

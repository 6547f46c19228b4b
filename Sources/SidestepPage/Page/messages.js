// Message histories of the usual providers and frameworks, brought to one form: who says what, calls what, got what.
import { write } from "./json.js";

/** @typedef {{role: string, text: string, calls: {id: string, name: string, input: string}[], results: {id: string, output: string}[], tokens?: number, raw: any}} Message */

/** @param {any} value */
const text = (value) => (typeof value === "string" ? value : value === undefined || value === null ? "" : write(value, "  "));

/** @param {any} raw @returns {Message} */
export function message(raw) {
  if (typeof raw !== "object" || raw === null) return { role: "?", text: text(raw), calls: [], results: [], raw };
  /** @type {Message} */
  const made = { role: String(raw.role ?? raw.kind ?? raw.type ?? "?"), text: "", calls: [], results: [], raw };
  for (const part of parts(raw)) add(made, part);
  for (const one of raw.tool_calls ?? []) made.calls.push(calling(one));
  if (raw.role === "tool" && raw.tool_call_id) {
    made.results.push({ id: String(raw.tool_call_id), output: made.text });
    made.text = "";
  }
  const tokens = raw.usage?.output_tokens ?? raw.usage_metadata?.output_tokens;
  if (tokens !== undefined) made.tokens = Number(tokens);
  return made;
}

/** @param {any} raw @returns {any[]} */
function parts(raw) {
  const content = raw.content ?? raw.parts ?? raw.data?.content ?? raw.text ?? (raw.type === "function_call" || raw.type === "function_call_output" ? raw : undefined);
  if (content === undefined || content === null) return [];
  return Array.isArray(content) ? content : [content];
}

/** @param {Message} made @param {any} part */
function add(made, part) {
  if (typeof part === "string") return void (made.text += (made.text ? "\n" : "") + part);
  const kind = part.type ?? part.part_kind;
  if (kind === "tool_use" || kind === "tool-call" || kind === "function_call" || part.functionCall) return void made.calls.push(calling(part.functionCall ?? part));
  if (kind === "tool_result" || kind === "tool-return" || kind === "function_call_output" || part.functionResponse) {
    const result = part.functionResponse ?? part;
    return void made.results.push({ id: String(result.tool_use_id ?? result.tool_call_id ?? result.call_id ?? result.id ?? ""), output: flat(result.content ?? result.output ?? result.response) });
  }
  const said = part.text ?? part.content ?? part.thinking;
  made.text += (made.text ? "\n" : "") + (typeof said === "string" ? said : text(part));
}

/** @param {any} content */
const flat = (content) => (Array.isArray(content) && content.every((part) => typeof part?.text === "string") ? content.map((part) => part.text).join("\n") : text(content));

/** @param {any} one */
function calling(one) {
  const inner = one.function ?? one;
  return { id: String(one.id ?? one.tool_call_id ?? one.call_id ?? ""), name: String(inner.name ?? inner.tool_name ?? "?"), input: text(inner.arguments ?? inner.input ?? inner.args) };
}

/** Results go to the calls they answer; messages that hold nothing else vanish.
 *  @param {any[]} raws @returns {(Message & {answers: Map<string, string>})[]} */
export function paired(raws) {
  const all = raws.map((raw) => ({ ...message(raw), answers: /** @type {Map<string, string>} */ (new Map()) }));
  /** @type {Map<string, typeof all[number]>} */
  const callers = new Map();
  for (const one of all) {
    for (const { id } of one.calls) callers.set(id, one);
    one.results = one.results.filter(({ id, output }) => {
      const caller = callers.get(id);
      caller?.answers.set(id, output);
      return !caller;
    });
  }
  return all.filter((one) => one.text || one.calls.length || one.results.length || !one.raw || typeof one.raw !== "object" || !RESULTS.has(one.role));
}

const RESULTS = new Set(["tool", "user", "function_call_output", "request"]);

/** The messages of a recorded call: what was sent, and what came back.
 *  @param {any} request @param {any} response */
export function ofCall(request, response) {
  const system = request?.system ? [{ role: "system", content: request.system }] : [];
  const sent = request?.messages ?? request?.input ?? request?.contents ?? [];
  const came = response?.choices ? response.choices.map((/** @type {any} */ choice) => choice.message)
    : response?.output ?? (response?.content ? [{ role: response.role ?? "assistant", content: response.content, usage: response.usage }] : []);
  return [...system, ...(Array.isArray(sent) ? sent : [{ role: "user", content: sent }]), ...(Array.isArray(came) ? came : [])];
}

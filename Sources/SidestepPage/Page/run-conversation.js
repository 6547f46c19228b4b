// Messages with their roles; calls of tools beside their results.
import { h } from "./dom.js";
import { count } from "./format.js";
import { parse } from "./json.js";
import { ofCall, paired } from "./messages.js";
import { markdown } from "./markdown.js";
import { call } from "./rpc.js";
import { empty, look, short } from "./ui.js";

const LAST = 100;
const LONG = 4000;

/** @param {any} state */
async function load(state) {
  if (state.got.checkpoint) {
    const last = state.tab === "conversation" && state.tabData?.last || LAST;
    const page = await call("checkpoint.messages", { run: state.id, last });
    if (page.total > 0) return { messages: page.messages, total: page.total, from: page.from, last, source: "of the latest checkpoint" };
  }
  return { total: 0, ...await ofRecordings(state) };
}

/** The last recorded call holds what was said before it.
 *  @param {any} state */
async function ofRecordings(state) {
  const number = Object.values(state.got.recordings ?? {}).reduce((sum, one) => sum + Number(one), 0);
  if (!number) return { messages: [] };
  const { recordings } = await call("recording.list", { run: state.id, states: ["completed"], limit: 1, after: Math.max(0, number - 1) });
  const found = recordings[0] ?? (await call("recording.list", { run: state.id, limit: 1000 })).recordings.filter((/** @type {any} */ one) => one.state === "completed").at(-1);
  if (!found) return { messages: [] };
  const { request, response } = await call("recording.get", { run: state.id, recording: found.recording, request: true });
  return { messages: ofCall(safe(request?.text), safe(response?.text)), source: `of recorded call ${found.recording}` };
}

/** @param {string | undefined} text */
function safe(text) {
  try {
    return text && parse(text);
  } catch {
    return undefined;
  }
}

/** @param {any} state @param {import("./app.js").Context} context */
function view(state, context) {
  const { tabData: data } = state;
  if (!data.messages.length) return empty("No messages are known.", "They come from checkpoints, and from recorded calls:", "sidestep run --record --id agent-1 -- python agent.py");
  const more = async () => {
    state.tabData = { ...data, last: data.last * 4 };
    state.tabData = await load(state);
    context.draw();
  };
  return [h("p", { class: "dim" }, `${data.total ? `${count(data.messages.length)} of ${count(data.total)} messages ` : ""}${data.source}`, data.from > 0 && look("Earlier", more, { kind: "small" })), talk(data.messages)];
}

/** @param {any[]} messages */
export const talk = (messages) => h("ol", { class: "talk" }, paired(messages).map((message) => h("li", { class: `said r-${/^\w+$/.test(message.role) ? message.role : "other"}` },
  h("div", { class: "head" }, h("b", null, short(message.role, 40)), message.tokens !== undefined && h("small", null, `${count(message.tokens)} tokens`)),
  message.text && (message.text.length > LONG ? h("pre", { tabindex: "0" }, short(message.text, 20 * LONG)) : markdown(message.text)),
  message.calls.map((one) => h("details", { class: "tool" }, h("summary", null, h("code", null, short(one.name, 80)), " ", h("span", { class: "dim" }, short(one.input, 80))),
    h("h3", null, "arguments"), h("pre", { tabindex: "0" }, short(one.input, LONG)),
    message.answers.has(one.id) ? [h("h3", null, "result"), h("pre", { tabindex: "0" }, short(message.answers.get(one.id), LONG))] : h("p", { class: "dim" }, "no result yet"))),
  message.results.map((one) => h("pre", { tabindex: "0" }, short(one.output, LONG))))));

export const conversation = { load, view };

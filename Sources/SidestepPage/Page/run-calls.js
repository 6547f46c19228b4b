// Recorded calls: what was sent, what came back, what it cost.
import { h } from "./dom.js";
import { ask } from "./dialog.js";
import { amount, bytes, clock, count, span } from "./format.js";
import { isJSON, parse } from "./json.js";
import { runAddress } from "./router.js";
import { call } from "./rpc.js";
import { act } from "./toast.js";
import { button, empty, errorBox, json, look, short, status, table } from "./ui.js";

const PAGE = 100;

/** @param {any} state */
async function load(state) {
  const kept = state.tab === "calls" ? state.tabData : undefined;
  const page = await call("recording.list", { run: state.id, limit: Math.max(PAGE, Math.min(1000, kept?.recordings.length ?? 0)) });
  return { open: kept?.open, bodies: kept?.bodies, ...page };
}

/** @param {any} state @param {import("./app.js").Context} context */
function view(state, context) {
  const { tabData: data } = state;
  if (!data.recordings.length) return empty("No call was recorded.", "The recorder writes down every call to a model, without a change of the program:", "sidestep run --record --id agent-1 -- python agent.py");
  const next = async () => {
    const page = await call("recording.list", { run: state.id, limit: PAGE, after: data.more });
    state.tabData = { ...data, recordings: [...data.recordings, ...page.recordings], more: page.more };
    context.draw();
  };
  const open = async (/** @type {number} */ recording) => {
    data.open = data.open === recording ? undefined : recording;
    data.bodies = undefined;
    context.draw();
    try {
      if (data.open !== undefined) data.bodies = await call("recording.get", { run: state.id, recording, request: true });
    } catch (error) {
      data.bodies = { error };
    }
    context.draw();
  };
  return [
    table("Recorded calls", ["call", "state", "-model", "-sent", "took", "-tokens", "-cost", "-finish"], data.recordings.flatMap((/** @type {any} */ one) => row(one, data, state, context, open))),
    data.more && h("p", { class: "more" }, look("Show more", next)),
  ];
}

/** @param {any} one @param {any} data @param {any} state @param {import("./app.js").Context} context @param {(recording: number) => void} open */
function row(one, data, state, context, open) {
  const usage = one.usage ?? {};
  const isOpen = data.open === one.recording;
  return [
    h("tr", { key: one.recording, class: isOpen ? "selected" : undefined }, h("td", { class: "clip" }, h("button", { type: "button", class: "link row", "aria-expanded": String(isOpen), onclick: () => open(one.recording) }, `${one.recording} `, short(`${one.upstream} ${one.path}`, 80))),
      h("td", null, status(one.state)), h("td", { class: "less" }, short(one.model ?? "", 60)), h("td", { class: "num less" }, clock(one.started_at, true)),
      h("td", { class: "num" }, one.duration_ms !== undefined && span(one.duration_ms)), h("td", { class: "num less" }, usage.input_tokens !== undefined && `${count(usage.input_tokens)} → ${count(usage.output_tokens ?? 0)}`),
      h("td", { class: "num less" }, usage.cost_micros !== undefined && amount("cost_micros", usage.cost_micros)), h("td", { class: "less dim" }, short(one.finish ?? one.message ?? "", 60))),
    isOpen && h("tr", { key: `${one.recording} open`, class: "opened" }, h("td", { colspan: "8" }, data.bodies ? bodies(one, data.bodies, state, context) : "…")),
  ];
}

/** @param {any} one @param {any} got @param {any} state @param {import("./app.js").Context} context */
function bodies(one, got, state, context) {
  if (got.error) return errorBox(got.error);
  const again = () => act(() => call("recording.reroll", { run: state.id, recording: one.recording }), "The next start asks anew.").then((done) => done && context.load());
  const fork = async () => {
    const made = await ask({ title: `Fork before call ${one.recording}`, text: "The new run has what came before this call, and makes it again.", action: "Fork", fields: [{ name: "new_run", label: "Id of the new run", hint: "Empty: the daemon makes one." }],
      work: ({ new_run }) => call("run.fork", { run: state.id, recording: one.recording, new_run }) });
    if (made?.run) context.go(runAddress(made.run.id));
  };
  return [h("div", { class: "actions" }, button("Fork from here…", fork, { kind: "small" }), one.state === "completed" && button("Ask anew at the next start", again, { kind: "small" })),
    h("h3", null, "Sent"), body(got.request, one.request_bytes), h("h3", null, "Came back", one.status && h("small", null, ` HTTP ${one.status}`)), body(got.response, one.response_bytes)];
}

/** @param {any} part @param {number | undefined} size */
function body(part, size) {
  if (part?.text !== undefined && part?.text !== null) return isJSON(part.text) ? json(parse(part.text)) : h("pre", { tabindex: "0" }, short(part.text, 20000));
  return h("p", { class: "dim" }, part?.base64 ? `${bytes(size ?? 0)} that are no text` : "It was not kept.");
}

export const calls = { load, view };

// What a run shows to others while it goes on: state, streams, promises, signals, timers.
import { h } from "./dom.js";
import { ask } from "./dialog.js";
import { count } from "./format.js";
import { call } from "./rpc.js";
import { ago, button, empty, json, look, section, short, status, table } from "./ui.js";

// As long as a follower waits for the next item; then it asks again.
const WAIT_MS = 60_000;
const LAST = 200;

/** @param {any} state */
async function load(state) {
  const run = state.id;
  const [values, streams, promises, signals, timers] = await Promise.all([
    call("state.list", { run }), call("stream.list", { run }), call("promise.list", { run }), call("signal.list", { run, all: true, limit: 50 }), call("timer.list", { run, limit: 50 }),
  ]);
  const kept = state.tab === "data" ? state.tabData : undefined;
  return { values: values.state, streams: streams.streams, promises: promises.promises, signals: signals.signals, timers: timers.timers, followed: kept?.followed };
}

/** @param {any} state @param {import("./app.js").Context} context */
function view(state, context) {
  const { tabData: data } = state;
  const send = () => ask({ title: "Send a signal", action: "Send it", fields: [{ name: "signal", label: "Its name" }, { name: "value", label: "What it says, as JSON", kind: "json", value: "null" }],
    work: ({ signal, value }) => call("signal.send", { run: state.id, signal, value }) }).then((done) => done && context.load());
  const names = Object.keys(data.values);
  return [
    section("State", names.length ? names.map((name) => [h("h3", { class: "id" }, short(name)), json(data.values[name])]) : empty("The run shows no state.", "It sets what others may read:", "sidestep state set progress 40")),
    section("Streams", data.streams.length ? h("ul", { class: "lines" }, data.streams.map((/** @type {any} */ stream) => streamLine(stream, state, context))) : empty("There are no streams.", "Output that is read while it is written:", "sidestep stream append answer 'The tide'"),
      data.followed && h("pre", { class: "followed", tabindex: "0", role: "log" }, data.followed.text)),
    data.promises.length > 0 && section("Promises", table("Promises", ["promise", "status", "made", "settled"], data.promises.map((/** @type {any} */ one) => h("tr", null, h("td", { class: "clip" }, short(one.promise)), h("td", null, status(one.status)), h("td", { class: "num" }, ago(one.created_at)), h("td", { class: "num" }, ago(one.settled_at)))))),
    section(["Signals ", button("Send one…", send, { kind: "small" })], data.signals.length > 0 && table("Signals", ["signal", "sent", "taken by"], data.signals.map((/** @type {any} */ one) => h("tr", null, h("td", { class: "clip" }, short(one.signal)), h("td", { class: "num" }, ago(one.sent_at)), h("td", { class: "clip" }, one.consumed_by ? short(one.consumed_by) : "nobody yet"))))),
    data.timers.length > 0 && section("Timers", table("Timers", ["step", "due"], data.timers.map((/** @type {any} */ one) => h("tr", null, h("td", { class: "clip" }, short(one.step)), h("td", { class: "num" }, ago(one.due_at)))))),
  ];
}

/** @param {any} stream @param {any} state @param {import("./app.js").Context} context */
function streamLine(stream, state, context) {
  const followed = state.tabData.followed?.stream === stream.stream;
  const toggle = () => {
    state.tabData.followed = followed ? undefined : { stream: stream.stream, text: "" };
    context.draw();
    if (!followed) void follow(state, stream, context);
  };
  return h("li", { key: stream.stream }, h("b", { class: "id" }, short(stream.stream)), h("span", { class: "dim" }, `${count(stream.next)} items${stream.closed ? ", closed" : ""}`), h("span", { class: "end" }, look(followed ? "Stop" : stream.closed ? "Read" : "Follow", toggle, { kind: "small", pressed: followed })));
}

/** Reads as long as somebody wants it: one request waits at the daemon for what comes.
 *  @param {any} state @param {any} stream @param {import("./app.js").Context} context */
async function follow(state, stream, context) {
  const mine = () => state.tabData?.followed?.stream === stream.stream && document.querySelector(".followed") !== null;
  let from = Math.max(0, stream.next - LAST);
  for (;;) {
    const page = await call("stream.read", { run: state.id, stream: stream.stream, from, limit: LAST, wait_ms: stream.closed ? 0 : WAIT_MS }).catch((error) => ({ items: [`\n${error.message}`], closed: true, next: from }));
    if (!mine()) return;
    const text = page.items.map((/** @type {any} */ item) => (typeof item === "string" ? item : `${JSON.stringify(item)}\n`)).join("");
    state.tabData.followed.text = (state.tabData.followed.text + text).slice(-200_000);
    context.draw();
    if (page.closed || (stream.closed && !page.items.length)) return;
    from = page.next;
  }
}

export const data = { load, view };

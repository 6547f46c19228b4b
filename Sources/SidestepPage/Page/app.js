// The frame: session, address, screen, state of the connection.
import { h, render } from "./dom.js";
import * as keys from "./keys.js";
import { listen, live, onEvents, onState } from "./live.js";
import { route, SCREENS } from "./router.js";
import { begin, hooks, readSession, session } from "./rpc.js";
import { oneAtATime } from "./coalesce.js";
import * as ticker from "./ticker.js";
import { empty, errorBox } from "./ui.js";

/** What a screen is given.
 *  @typedef {{route: import("./router.js").Route, go: (address: string, replace?: boolean) => void, draw: () => void, load: () => Promise<void>}} Context */
/** What a screen is.
 *  @typedef {{rest?: number, title: () => string, load: () => Promise<any>, view: () => any, touch?: (batch: import("./coalesce.js").Batch) => void, moved?: () => void, close?: () => void}} Screen */

/** @type {Record<string, () => Promise<{screen: (context: Context) => Screen}>>} */
const MODULES = {
  now: () => import("./now.js"), runs: () => import("./runs.js"), run: () => import("./run.js"),
  compare: () => import("./compare.js"), inbox: () => import("./inbox.js"), queues: () => import("./queues.js"),
  schedules: () => import("./schedules.js"), spend: () => import("./spend.js"), streams: () => import("./streams.js"),
  daemon: () => import("./daemon.js"),
};
const main = /** @type {HTMLElement} */ (document.querySelector("main"));
/** @type {Screen | undefined} */
let current;
/** @type {Context | undefined} */
let context;
/** @type {any} */
let error;
let loaded = false;
/** @type {number} */
let opened = 0;

function draw() {
  if (current) {
    const content = loaded || !error ? current.view() : null;
    render(main, errorBox(error), content);
    document.title = `${current.title()} · Sidestep`;
  } else render(main, errorBox(error), !error && h("p", { class: "dim" }, "…"));
  frame();
  ticker.again();
}

const STATES = /** @type {Record<string, [string, string]>} */ ({
  live: ["live", "Events arrive as they happen."], begun: ["…", "The stream of events is being opened."],
  gone: ["daemon gone", "The daemon does not answer; the page goes on when it is back."],
  lost: ["reconnecting", "The stream of events broke off; the browser opens it again."],
  closed: ["no session", "Ask for a new link: sidestep ui --link"],
});

function frame() {
  const at = context?.route.screen ?? "";
  const here = at === "run" || at === "compare" ? "runs" : at;
  render(/** @type {HTMLElement} */ (document.querySelector("nav")), SCREENS.map(({ name, title, key }) =>
    h("a", { href: name === "now" ? "/" : `/${name}`, "aria-current": name === here ? "page" : undefined, title: `g ${key}` }, title)));
  const [word, meaning] = STATES[live.state] ?? ["", ""];
  render(/** @type {HTMLElement} */ (document.getElementById("state")),
    session.read_only && h("span", { class: "chip" }, "read-only"),
    h("span", { class: "dim" }, session.host),
    h("span", { class: `live ${live.state}`, title: meaning, role: "status" }, h("i", { "aria-hidden": "true" }), word));
}

async function open() {
  const wanted = route(location.pathname, location.search);
  if (current && context && context.route.screen === wanted.screen && context.route.id === wanted.id && context.route.other === wanted.other && current.moved) {
    context.route = wanted;
    current.moved();
    return draw();
  }
  current?.close?.();
  const number = ++opened;
  const make = MODULES[wanted.screen];
  current = undefined;
  error = undefined;
  loaded = false;
  if (!make) return missing(wanted);
  const made = await make();
  if (number !== opened) return;
  context = { route: wanted, go, draw, load: async () => {} };
  const mine = current = made.screen(context);
  context.load = oneAtATime(async () => {
    try {
      await mine.load();
      if (mine === current) error = undefined, loaded = true;
    } catch (thrown) {
      if (mine === current) error = thrown;
      if (!(/** @type {any} */ (thrown).kind)) console.error(thrown);
    }
    if (mine === current) draw();
  }, mine.rest);
  draw();
  main.scrollTop = 0;
  await context.load();
}

/** @param {import("./router.js").Route} wanted */
function missing(wanted) {
  context = { route: wanted, go, draw, load: async () => {} };
  frame();
  render(main, empty("There is no such page.", "Press ? for the keys that lead to those that are."));
}

/** @param {string} address @param {boolean} [replace] */
function go(address, replace = false) {
  if (address === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  void open();
}

document.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest?.("a");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented || link.target || link.origin !== location.origin) return;
  event.preventDefault();
  if (link.hash) main.focus();
  else go(link.pathname + link.search);
});
addEventListener("popstate", () => location.hash || void open());
// A new link in a tab that shows the page already.
addEventListener("hashchange", () => location.reload());

async function start() {
  const code = location.hash.slice(1);
  if (code) {
    history.replaceState(null, "", location.pathname + location.search);
    // A link that was used once may be opened again while its session lasts.
    await begin(code).catch((thrown) => (error = thrown));
  }
  try {
    await readSession();
    error = undefined;
  } catch (thrown) {
    error ??= thrown;
    return draw();
  }
  hooks.ended = (ended) => {
    error = ended;
    live.state = "closed";
    draw();
  };
  onEvents((batch) => current?.touch?.(batch));
  let was = live.state;
  onState((state) => {
    frame();
    // What happened to others than runs meanwhile no event tells.
    if (state === "live" && was !== "live" && was !== "begun") void context?.load();
    was = state;
  });
  keys.begin(go);
  ticker.begin();
  listen();
  await open();
}

void start();

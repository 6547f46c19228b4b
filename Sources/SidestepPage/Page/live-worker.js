// One stream of events for all tabs of this browser. It sends nothing by itself; the browser comes back after
// a break and says behind which event.
/** @type {Set<MessagePort>} */
const tabs = new Set();
/** @type {EventSource | undefined} */
let source;
let sequence = 0;
let state = "begun";

/** @param {any} message */
function tell(message) {
  for (const tab of tabs) tab.postMessage(message);
}

function open() {
  source?.close();
  source = new EventSource(sequence ? `/events?after=${sequence}` : "/events");
  source.addEventListener("hello", (event) => {
    sequence = Math.max(sequence, JSON.parse(event.data).sequence);
    change("live");
  });
  source.addEventListener("message", (event) => {
    sequence = Number(event.lastEventId) || sequence;
    tell({ entry: event.data });
  });
  source.addEventListener("progress", (event) => tell({ progress: event.data }));
  source.addEventListener("gone", () => change("gone"));
  source.addEventListener("back", () => change("live"));
  source.addEventListener("error", () => change(source?.readyState === 2 ? "closed" : "lost"));
}

/** @param {string} to */
function change(to) {
  state = to;
  tell({ state, sequence });
}

/** @param {MessagePort} tab */
function join(tab) {
  tabs.add(tab);
  tab.onmessage = ({ data }) => {
    if (data === "leave") tabs.delete(tab);
    // The session ended, and there is another one now.
    if (data === "open" && (!source || source.readyState === 2)) open();
    if (!tabs.size) source = void source?.close();
  };
  tab.postMessage({ state, sequence });
}

/** @type {any} */ (self).onconnect = (/** @type {MessageEvent} */ event) => join(/** @type {MessagePort} */ (event.ports[0]));

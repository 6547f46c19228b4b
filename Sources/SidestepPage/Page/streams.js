// What leaves the daemon: events, webhooks with their deliveries; and conversations, which belong to no run.
import { touches } from "./coalesce.js";
import { h } from "./dom.js";
import { ask } from "./dialog.js";
import { actionButton } from "./do.js";
import { address } from "./router.js";
import { write } from "./json.js";
import { call } from "./rpc.js";
import { ago, button, empty, json, link, look, runLink, section, short, status, table } from "./ui.js";
import { talk } from "./run-conversation.js";
import { live } from "./live.js";

const LAST = 200;
const STATUSES = ["", "pending", "delivered", "dead"];

/** @param {import("./app.js").Context} context @returns {import("./app.js").Screen} */
export function screen(context) {
  /** @type {any} */
  let data;
  const set = (/** @type {Record<string, any>} */ change) => context.go(address("/streams", { ...context.route.query, ...change }));
  return {
    title: () => "Streams",
    async load() {
      const { webhook, delivery, event, conversation } = context.route.query;
      const [webhooks, deliveries, events, conversations, opened] = await Promise.all([
        call("webhook.list"), call("webhook.deliveries", { webhook, status: delivery, limit: 100 }), newest(event),
        call("conversation.list", { limit: 100 }), conversation ? call("conversation.read", { conversation, last: 100 }) : undefined,
      ]);
      data = { webhooks: webhooks.webhooks, deliveries: deliveries.deliveries, more: deliveries.more, events, conversations: conversations.conversations, opened };
    },
    moved: () => void context.load(),
    view: () => data && [h("h1", null, "Streams, events, webhooks"), webhookTable(data, context, set), deliveryTable(data, context, set), eventTable(data.events, context.route.query, set), conversationList(data, context.route.query)],
    touch(batch) {
      if (touches(batch, ["event.", "run."])) void context.load();
    },
  };
}

/** Pages lie behind a sequence: the newest are looked for from ever further back.
 *  @param {string | undefined} event */
async function newest(event) {
  for (let span = 1000; ; span *= 10) {
    const after = Math.max(0, live.sequence - span);
    const { events, more } = await call("event.list", { event, after, limit: LAST });
    if (!after && more) return (await call("event.list", { event, after: Math.max(0, live.sequence - span / 10), limit: LAST })).events.reverse();
    if (events.length >= 50 || !after) return (more ? await onward(event, more, events) : events).slice(-LAST).reverse();
  }
}

/** @param {string | undefined} event @param {number} after @param {any[]} events */
async function onward(event, after, events) {
  let more = /** @type {number | undefined} */ (after);
  while (more) {
    const page = await call("event.list", { event, after: more, limit: 1000 });
    events = [...events, ...page.events].slice(-LAST);
    more = page.more;
  }
  return events;
}

/** @param {any} data @param {import("./app.js").Context} context @param {(change: any) => void} set */
function webhookTable({ webhooks }, context, set) {
  const put = (/** @type {any} */ webhook) => ask({
    title: webhook ? `Webhook '${short(webhook.webhook, 60)}'` : "A webhook", action: "Set it",
    fields: [...(webhook ? [] : [{ name: "webhook", label: "Name" }]), { name: "url", label: "Where events are sent", value: webhook?.url }, { name: "events", label: "Names of events", value: webhook?.events.join(" ") ?? "run.failed", hint: "Between spaces; with a * at its end, all that begin so." }, { name: "secret", label: "Credential that signs", value: webhook?.secret ?? "" }],
    work: ({ webhook: name, url, events, secret }) => call("webhook.put", { webhook: webhook?.webhook ?? name, url, events: String(events ?? "").split(/\s+/).filter(Boolean), secret, headers: webhook?.headers ?? undefined, max_attempts: webhook?.max_attempts ?? undefined, paused: webhook?.paused ?? undefined }),
  }).then((done) => done && context.load());
  const pause = (/** @type {any} */ { webhook, url, events, secret, headers, max_attempts, paused }) => actionButton({ label: paused ? "Go on" : "Pause", calls: [["webhook.put", { webhook, url, events, secret, headers, max_attempts, paused: !paused }]] }, {}, () => context.load());
  const remove = (/** @type {any} */ one) => ask({ title: `Remove '${short(one.webhook, 60)}'?`, text: "Its deliveries go with it.", action: "Remove", danger: true, work: () => call("webhook.delete", { webhook: one.webhook }) }).then((done) => done && context.load());
  return [h("h2", null, "Webhooks", button("New…", () => put(undefined), { kind: "small" })), webhooks.length ? table("Webhooks", ["webhook", "-sends to", "events", ""], webhooks.map((/** @type {any} */ one) => h("tr", { key: one.webhook },
    h("td", { class: "clip" }, look(short(one.webhook), () => set({ webhook: one.webhook }), { kind: "link row" }), " ", one.paused && status("paused")), h("td", { class: "clip less" }, link(one.url)), h("td", { class: "clip" }, one.events.join(" ")),
    h("td", { class: "num" }, pause(one), " ", button("Change…", () => put(one), { kind: "quiet" }), button("Remove…", () => remove(one), { kind: "quiet" })))))
    : empty("No webhook tells others of events.", "Events are sent to an address by POST, until it answers:", "sidestep webhook put ops https://example.org/hook --event run.failed")];
}

/** @param {any} data @param {import("./app.js").Context} context @param {(change: any) => void} set */
function deliveryTable({ deliveries, more }, context, set) {
  const { webhook, delivery } = context.route.query;
  const again = (/** @type {any} */ one) => actionButton({ label: "Redeliver", calls: [["webhook.redeliver", { delivery: one.delivery }]] }, {}, () => context.load());
  return [h("h2", null, "Deliveries"), h("div", { class: "acts", role: "group", "aria-label": "Status" }, STATUSES.map((name) => look(name || "all", () => set({ delivery: name }), { pressed: (delivery ?? "") === name, kind: "small" })), webhook && look(`of ${short(webhook, 40)} ×`, () => set({ webhook: undefined }), { kind: "small", pressed: true })),
    deliveries.length ? table("Deliveries", ["event", "-to", "status", "-attempts", "problem", "made", ""], deliveries.map((/** @type {any} */ one) => h("tr", { key: one.delivery },
      h("td", { class: "clip" }, short(one.event)), h("td", { class: "clip less" }, short(one.webhook)), h("td", null, status(one.status)), h("td", { class: "num less" }, one.attempts), h("td", { class: "clip" }, h("span", { title: short(one.problem ?? "", 500) }, short(one.problem ?? (one.http_status ? `HTTP ${one.http_status}` : "")))), h("td", { class: "num" }, one.next_attempt_at ? ["again ", ago(one.next_attempt_at)] : ago(one.created_at)), h("td", null, one.status !== "pending" && again(one)))))
      : empty("There are no such deliveries.", "What happens to runs is sent to the webhooks that name it."), more && h("p", { class: "dim" }, "The newest hundred are shown.")];
}

/** @param {any[]} events @param {Record<string, string>} query @param {(change: any) => void} set */
function eventTable(events, query, set) {
  const field = h("input", { type: "search", "data-search": true, placeholder: "order.*", "aria-label": "Name of events", key: query.event ?? "", onmount: (/** @type {any} */ input) => (input.value = query.event ?? ""), onchange: (/** @type {any} */ event) => set({ event: event.target.value.trim() }) });
  return [h("h2", null, "Events", field), events.length ? table("Events", ["event", "-run", "value", "at"], events.map((one) => h("tr", { key: one.sequence },
    h("td", { class: "clip" }, h("b", null, short(one.event))), h("td", { class: "clip less" }, one.run && runLink(one.run)), h("td", { class: "clip dim" }, h("code", { title: one.value === undefined ? undefined : short(write(one.value, "  "), 2000) }, one.value === undefined ? "" : short(write(one.value)))), h("td", { class: "num" }, ago(one.at)))))
    : empty("No event was announced.", "A fact is announced to whoever listens:", "sidestep emit order.paid '{\"order\": 17}'")];
}

/** @param {any} data @param {Record<string, string>} query */
function conversationList({ conversations, opened }, query) {
  return section("Conversations", conversations.length ? h("ul", { class: "lines" }, conversations.map((/** @type {any} */ one) => h("li", { key: one.conversation },
    h("a", { class: "id row", href: address("/streams", { ...query, conversation: query.conversation === one.conversation ? undefined : one.conversation }) }, short(one.conversation)), h("span", { class: "dim" }, `${one.length} entries`), h("span", { class: "end" }, ago(one.updated_at)))))
    : empty("No session is kept.", "Sessions of agent frameworks are kept as conversations; see the guide on sessions."),
  opened?.found && [h("h3", null, short(query.conversation)), talk(opened.entries), opened.metadata && json(opened.metadata)]);
}

// Why a run is where it is, and what can be done about it.
import { actions } from "./actions.js";
import { h } from "./dom.js";
import { actionButton } from "./do.js";
import { amount, moment } from "./format.js";
import { address, compareAddress } from "./router.js";
import { ago, chips, command, facts, gauge, lasting, runLink, short, status } from "./ui.js";

/** @param {any} state @param {import("./app.js").Context} context */
export function head({ id, explained, got }, context) {
  const run = explained?.run ?? got?.run ?? { id, status: "" };
  return h("div", { class: "runhead" },
    h("div", { class: "bar" }, h("h1", { class: "id" }, short(run.id)), run.status && status(run.status, run.reason), run.generation > 1 && h("span", { class: "chip" }, `generation ${run.generation}`),
      h("span", null, chips(run.tags))),
    explained && why(explained, got, context),
    got && details(run, got));
}

/** @param {any} explained @param {any} got @param {import("./app.js").Context} context */
const why = (explained, got, context) => h("div", { class: "why", "aria-live": "polite" },
  h("p", null, explained.sentences.map((/** @type {string} */ sentence) => h("span", null, short(sentence, 1000), " "))),
  explained.next && h("p", { class: "next" }, short(explained.next, 1000)),
  got?.error !== undefined && got.error !== null && h("p", { class: "bad" }, short(reason(got.error), 1000)),
  h("div", { class: "actions" }, actions(explained).map((action) => actionButton(action, explained.run, () => gone(action, context))),
    explained.command && command(explained.command)));

/** @param {any} run @param {any} got */
function details(run, got) {
  return [facts([
      ["workflow", run.workflow && h("a", { href: address("/runs", { workflow: run.workflow }) }, short(run.workflow))],
      ["took", run.status !== "queued" && lasting(run.created_at, run.closed_at ?? (run.status === "running" ? undefined : run.updated_at))],
      ["begun", h("span", { title: moment(run.created_at) }, ago(run.created_at))],
      ["owner", run.owner?.pid && `pid ${run.owner.pid} of uid ${run.owner.uid}`],
      ["code", run.code_version && short(run.code_version, 60)], ["queue", run.queue !== "default" && run.queue && h("a", { href: "/queues" }, short(run.queue, 60))],
      ["deaths without progress", run.interruptions || undefined], ["attempt", run.attempt > 1 ? run.attempt : undefined],
      ["parent", run.parent && runLink(run.parent)], ["forked from", got.forked_from && origin(run, got.forked_from)],
      ["deadline", run.deadline_at && ago(run.deadline_at)],
      ...Object.entries(got.usage ?? {}).filter(([, value]) => typeof value !== "object" || value?.text).map(([name, value]) => /** @type {[string, any]} */ ([name === "cost_micros" ? "cost" : name.replaceAll("_", " "), amount(name, value)])),
    ]),
    budget(got.budget)];
}

/** @param {any} error */
const reason = (error) => (typeof error === "string" ? error : `${error.type ? `${error.type}: ` : ""}${error.message ?? ""}`);

/** @param {any} run @param {any} from */
const origin = (run, from) => [runLink(from.run), from.step && ` at ${short(from.step, 60)}`, " ", h("a", { href: compareAddress(from.run, run.id) }, "compare")];

/** @param {import("./actions.js").Action} action @param {import("./app.js").Context} context */
const gone = (action, context) => (action.ask === "delete" ? context.go("/runs") : context.load());

/** @param {any} amounts */
function budget(amounts) {
  const named = Object.entries(amounts ?? {});
  return named.length > 0 && h("div", { class: "budget" }, named.map(([name, { limit, used, reserved }]) =>
    h("span", { key: name }, h("span", { class: "dim" }, name.replace("cost_micros", "cost").replaceAll("_", " ")), " ", gauge(name, used, limit), " ",
      h("span", { class: "num" }, `${amount(name, used)} of ${amount(name, limit)}`, Number(reserved) > 0 && h("small", null, ` + ${amount(name, reserved)} reserved`)))));
}

// What else belongs to a run, a tab each.
import { h } from "./dom.js";
import { conversation } from "./run-conversation.js";
import { calls } from "./run-calls.js";
import { data } from "./run-data.js";
import { family } from "./run-family.js";
import { artifacts } from "./run-artifacts.js";
import { steps } from "./run-steps.js";
import { errorBox, json, section, facts, short } from "./ui.js";
import { moment } from "./format.js";

/** @typedef {{name: string, title: string, count?: (got: any) => any, load?: (state: any) => Promise<any>, view?: (state: any, context: import("./app.js").Context) => any}} Tab */

/** @param {Record<string, any> | undefined} numbers */
const sum = (numbers) => Object.values(numbers ?? {}).reduce((total, number) => total + Number(number), 0);

/** @type {Tab[]} */
export const TABS = [
  { name: "history", title: "Journal" },
  { name: "steps", title: "Steps", count: (got) => sum(got.steps), ...steps },
  { name: "conversation", title: "Conversation", ...conversation },
  { name: "calls", title: "Calls", count: (got) => sum(got.recordings), ...calls },
  { name: "data", title: "State and streams", count: (got) => got.state?.length, ...data },
  { name: "artifacts", title: "Artifacts", ...artifacts },
  { name: "family", title: "Family", count: (got) => got.forks?.length, ...family },
  { name: "about", title: "Input and output", view: (state) => about(state.got) },
];

/** @param {Tab | undefined} tab @param {any} state @param {import("./app.js").Context} context */
export function tabView(tab, state, context) {
  if (!tab?.view) return null;
  if (tab.load ? state.tab !== tab.name : !state.got) return h("p", { class: "dim" }, "…");
  return [errorBox(state.tabError), !state.tabError && tab.view(state, context)];
}

/** @param {any} got */
function about(got) {
  const { run } = got;
  return [
    section("Input", got.input === undefined ? h("p", { class: "dim" }, "none") : json(got.input)),
    got.output !== undefined && section("Output", json(got.output)),
    got.error !== undefined && got.error !== null && section("Error", json(got.error)),
    run.metadata !== undefined && run.metadata !== null && section("Metadata", json(run.metadata)),
    section("Facts", facts([["id", short(run.id)], ["uid", run.uid], ["user", run.user], ["generation", run.generation], ["epoch", run.epoch], ["priority", run.priority],
      ["created", moment(run.created_at)], ["changed", moment(run.updated_at)], ["closed", run.closed_at && moment(run.closed_at)]])),
    section("Raw JSON", json(got)),
  ];
}

// Documents of a run: drawn where that is safe, shown as text where not.
import { h } from "./dom.js";
import { markdown } from "./markdown.js";
import { call } from "./rpc.js";
import { ago, copy, empty, errorBox, json, link, look, short } from "./ui.js";

/** @param {any} state */
async function load(state) {
  const { artifacts, more } = await call("artifact.list", { run: state.id, limit: 200 });
  const newest = artifacts.filter((/** @type {any} */ one, /** @type {number} */ at) => artifacts.findIndex((/** @type {any} */ other) => other.artifact === one.artifact) === at);
  const opened = state.tab === "artifacts" ? state.tabData.opened : new Map();
  return { artifacts: newest, more, opened };
}

/** @param {any} state @param {import("./app.js").Context} context */
function view(state, context) {
  const { artifacts, opened } = state.tabData;
  if (!artifacts.length) return empty("There are no artifacts.", "Documents that a run leaves for people:", "sidestep artifact put report --markdown - < report.md");
  const toggle = async (/** @type {any} */ one) => {
    if (opened.has(one.artifact)) return void (opened.delete(one.artifact), context.draw());
    opened.set(one.artifact, await call("artifact.get", { run: state.id, artifact: one.artifact }).catch((error) => ({ error })));
    context.draw();
  };
  return h("ul", { class: "cards one" }, artifacts.map((/** @type {any} */ one) => h("li", { class: "card line", key: one.artifact },
    h("div", { class: "head" }, h("b", { class: "id" }, short(one.artifact)), h("span", { class: "chip" }, one.type), one.version > 1 && h("small", null, `version ${one.version}`), h("span", { class: "dim" }, short(one.description ?? "")), h("span", { class: "end" }, ago(one.created_at)),
      look(opened.has(one.artifact) ? "Close" : "Open", () => toggle(one), { kind: "small row" })),
    opened.has(one.artifact) && content(opened.get(one.artifact)))));
}

/** @param {any} got */
function content(got) {
  if (got.error) return errorBox(got.error);
  if (got.type === "markdown") return [copy(() => String(got.content), "copy"), markdown(String(got.content))];
  if (got.type === "link") return h("p", null, link(String(got.content)));
  if (got.type === "file") return h("p", null, "On this host: ", h("code", null, short(got.path ?? "")), copy(() => String(got.path), "copy"));
  return json(got.content);
}

export const artifacts = { load, view };

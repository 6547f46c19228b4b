// Parent, children, forks.
import { h } from "./dom.js";
import { compareAddress } from "./router.js";
import { call } from "./rpc.js";
import { ago, empty, runLink, section, short, status, table } from "./ui.js";
import { command } from "./ui.js";
import { shellWord } from "./format.js";

/** @param {any} state */
async function load(state) {
  const { runs, more } = await call("run.list", { parent: state.id, limit: 100 });
  return { children: runs, more };
}

/** @param {any} state */
function view(state) {
  const { got, tabData: data, id } = state;
  const forks = got.forks ?? [];
  const none = !data.children.length && !forks.length && !got.run.parent && !got.forked_from;
  if (none) return empty("The run has no relatives.", "A run can begin others, and a fork shares what it recorded:", `sidestep fork ${shellWord(id)}`);
  return [
    got.run.parent && section("Parent", h("p", null, runLink(got.run.parent))),
    got.forked_from && section("Forked from", h("p", null, runLink(got.forked_from.run), got.forked_from.step && [" at step ", h("code", null, short(got.forked_from.step))], " ", h("a", { href: compareAddress(got.forked_from.run, id) }, "compare"))),
    data.children.length > 0 && section(["Children ", h("small", null, data.more ? "the newest 100" : data.children.length)], table("Children", ["run", "-workflow", "status", "changed"], data.children.map((/** @type {any} */ run) => {
      const name = runLink(run.id);
      name.props.class = "id row";
      return h("tr", { key: run.id }, h("td", { class: "clip" }, name), h("td", { class: "clip less" }, short(run.workflow ?? "")), h("td", null, status(run.status, run.reason)), h("td", { class: "num" }, ago(run.updated_at)));
    }))),
    forks.length > 0 && section("Forks", h("ul", { class: "lines" }, forks.map((/** @type {string} */ fork) => h("li", { key: fork }, runLink(fork), h("span", { class: "end" }, h("a", { href: compareAddress(id, fork) }, "compare")))))),
    h("p", null, command(`sidestep fork ${shellWord(id)}`)),
  ];
}

export const family = { load, view };

// Saved views: filters of runs under names, which the daemon keeps for its user.
import { h } from "./dom.js";
import { ask } from "./dialog.js";
import { params, query } from "./filters.js";
import { address } from "./router.js";
import { call } from "./rpc.js";
import { act } from "./toast.js";
import { button, short } from "./ui.js";

const GIVEN = [{ view: "Open", filter: { open: true } }, { view: "Failed", filter: { status: "failed" } }, { view: "Today", filter: { newer_than_ms: 86_400_000 } }];

/** @returns {Promise<any[]>} */
export const list = async () => (await call("view.list")).views;

/** @param {Record<string, any>} filter */
const place = (filter) => address("/runs", query(filter));

/** Links to the views, and what saves the present filter or forgets the view that is shown.
 *  @param {import("./app.js").Context} context @param {any[]} saved @param {(now: any[]) => void} changed */
export function menu(context, saved, changed) {
  const filter = params(context.route.query), here = place(filter);
  const mine = saved.find((one) => place(one.filter) === here);
  const again = async () => changed(await list());
  const forget = () => act(() => call("view.delete", { view: mine.view }).then(again), `View ${short(mine.view, 40)} forgotten.`);
  const save = () => ask({
    title: "Save this view", action: "Save", fields: [{ name: "view", label: "Its name", hint: "One of the same name is replaced." }],
    work: ({ view }) => call("view.put", { view, filter }).then(again),
  });
  return h("div", { class: "views", role: "group", "aria-label": "Saved views" },
    [...GIVEN, ...saved].map((one) => h("a", { href: place(one.filter), "aria-current": place(one.filter) === here ? "true" : undefined }, short(one.view, 40))),
    here !== "/runs" && (mine ? button("Forget", forget, { kind: "quiet small" }) : button("Save…", save, { kind: "quiet small" })));
}

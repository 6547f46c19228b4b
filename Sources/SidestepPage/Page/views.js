// Saved views: names for addresses, kept by this browser.
import { h } from "./dom.js";
import { ask } from "./dialog.js";
import { look, short } from "./ui.js";

const PLACE = "sidestep views";
const GIVEN = [["Open", "/runs?status=open"], ["Failed", "/runs?status=failed"], ["Today", "/runs?after=24h"]];

/** @returns {[string, string][]} */
function saved() {
  try {
    const found = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => Array.isArray(one) && String(one[1]).startsWith("/runs")) : [];
  } catch {
    return [];
  }
}

/** @param {[string, string][]} views */
const keep = (views) => localStorage.setItem(PLACE, JSON.stringify(views));

/** @param {import("./app.js").Context} context */
export function menu(context) {
  const here = location.pathname + location.search;
  const mine = saved();
  const isMine = mine.some(([, address]) => address === here);
  const forget = () => (keep(mine.filter(([, address]) => address !== here)), context.draw());
  const save = () => ask({
    title: "Save this view", action: "Save", fields: [{ name: "name", label: "Its name" }],
    work: async ({ name }) => name && keep([...mine.filter(([other]) => other !== name), [name, here]]),
  }).then(context.draw);
  return h("div", { class: "views", role: "group", "aria-label": "Saved views" },
    [...GIVEN, ...mine].map(([name, address]) => h("a", { href: address, "aria-current": address === here ? "true" : undefined }, short(name, 40))),
    location.search && (isMine ? look("Forget", forget, { kind: "quiet small" }) : look("Save…", save, { kind: "quiet small" })));
}

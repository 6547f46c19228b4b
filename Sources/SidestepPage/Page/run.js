// One run: why it is where it is, its time line, its journal, and everything that belongs to it.
import { h } from "./dom.js";
import { head } from "./run-head.js";
import { History } from "./run-history.js";
import { panel, StepPanel } from "./run-panel.js";
import { TABS, tabView } from "./run-tabs.js";
import { Timeline } from "./run-timeline.js";
import { oneAtATime } from "./coalesce.js";
import { call } from "./rpc.js";
import { runAddress } from "./router.js";
import { short } from "./ui.js";

// Rows of the journal are drawn from the events themselves; what is counted may come a little later.
const REST = 150;

/** @param {import("./app.js").Context} context @returns {import("./app.js").Screen} */
export function screen(context) {
  const id = /** @type {string} */ (context.route.id);
  /** @type {any} */
  const state = { id, explained: undefined, got: undefined, tab: undefined, tabData: undefined, tabError: undefined, deleted: false };
  const select = (/** @type {Record<string, any>} */ change) => context.go(runAddress(id, { ...context.route.query, ...change }));
  const history = new History(id, (entry) => select(entry.step ? { step: entry.step, entry: undefined } : { entry: entry.sequence, step: undefined }));
  const timeline = new Timeline(id, (step) => select({ step, entry: undefined }));
  const step = new StepPanel(id, context.draw);
  const tab = () => TABS.find((one) => one.name === context.route.query.tab) ?? TABS[0];

  const loadTab = oneAtATime(async () => {
    const wanted = tab();
    const name = wanted?.name;
    try {
      const data = await wanted?.load?.(state);
      if (name === tab()?.name) [state.tab, state.tabData, state.tabError] = [name, data, undefined];
    } catch (error) {
      [state.tab, state.tabData, state.tabError] = [name, undefined, error];
    }
    context.draw();
  });
  // Each is shown when it is there: of a long run the numbers take longest.
  const numbers = oneAtATime(read, REST);
  async function read() {
    await Promise.all([
      call("run.explain", { run: id }).then((explained) => {
        state.explained = explained;
        void timeline.load();
        context.draw();
      }),
      call("run.get", { run: id }).then((got) => {
        state.got = got;
        history.expect(got);
      }),
    ]);
    if (tab()?.load) void loadTab();
    follow();
    context.draw();
  }
  /** What the address says is open. */
  function follow() {
    const { step: name, entry } = context.route.query;
    void step.show(name, entry === undefined ? undefined : history.entry(Number(entry)));
  }
  void history.open();
  return {
    title: () => short(id, 60),
    load: read,
    moved() {
      if (tab()?.load && state.tab !== tab()?.name) void loadTab();
      follow();
    },
    view: () => [
      head(state, context),
      timeline.view(),
      h("div", { role: "tablist", class: "tabs", "aria-label": "Of this run" }, TABS.map((one) => tabButton(one, tab(), state, select))),
      h("div", { class: "split" },
        h("div", { role: "tabpanel", class: "pane", "aria-label": tab()?.title, key: tab()?.name },
          tab()?.name === "history" ? history.view() : tabView(tab(), state, context)),
        step.open && panel(step, state, context, () => select({ step: undefined, entry: undefined }))),
    ],
    touch(batch) {
      const mine = batch.runs.get(id);
      if (batch.lost) return void (history.open(), context.load());
      if (!mine) return;
      history.add(mine);
      step.touch(mine);
      void numbers().catch(() => context.load());
    },
    close: () => timeline.close(),
  };
}

/** @param {any} one @param {any} current @param {any} state @param {(change: any) => void} select */
function tabButton(one, current, state, select) {
  const number = state.got && one.count?.(state.got);
  return h("button", {
    type: "button", role: "tab", "aria-selected": String(one === current), key: one.name, tabindex: one === current ? undefined : "-1",
    onclick: () => select({ tab: one.name === "history" ? undefined : one.name }),
    onkeydown: (/** @type {KeyboardEvent} */ event) => arrows(event),
  }, one.title, number ? h("small", null, ` ${number}`) : null);
}

/** Arrows move between tabs, as in every program.
 *  @param {KeyboardEvent} event */
function arrows(event) {
  const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (!by) return;
  const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[role=tab]")]);
  const next = tabs[(tabs.indexOf(/** @type {HTMLElement} */ (event.currentTarget)) + by + tabs.length) % tabs.length];
  next?.click();
  next?.focus();
}

// The journal as a list of which only what is seen exists.
import { h, render } from "./dom.js";
import { clock, count, moment } from "./format.js";
import { Journal } from "./journal.js";
import { write } from "./json.js";
import { holds, isFailure, tone, words } from "./kinds.js";
import { live } from "./live.js";
import { runAddress } from "./router.js";
import { call } from "./rpc.js";
import { button, empty, errorBox, look, short } from "./ui.js";
import { bar, height, scrolled, seen } from "./virtual.js";

const ROW = 28;
// A search reads so many entries before it asks whether to go on.
const SPAN = 200_000;
const PAGE = 10_000;
const FOUND = 500;

export class History {
  /** @param {string} run @param {(entry: any) => void} select */
  constructor(run, select) {
    this.run = run;
    this.select = select;
    this.journal = new Journal((after, limit) => call("run.history", { run, after, limit }));
    this.about = 0;
    this.top = 0;
    this.before = 0;
    this.text = "";
    this.failures = false;
    /** @type {{found: any[], read: number, after: number, done: boolean, busy: boolean} | undefined} */
    this.search = undefined;
    /** @type {any} */
    this.error = undefined;
    /** @type {any} */
    this.scroller = undefined;
    /** @type {any} */
    this.place = undefined;
  }
  async open() {
    try {
      await this.journal.open(this.about, live.sequence);
      this.widen();
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
    this.draw();
  }
  /** @param {any} got */
  expect(got) {
    this.about = Object.values(got.steps).reduce((sum, number) => sum + Number(number), 2);
    this.widen();
    this.draw();
  }
  /** Whichever comes first, the first page or the numbers: there are as many rows as the larger of them says. */
  widen() {
    const { journal } = this;
    if (!journal.whole && journal.entries.length) journal.rows = Math.max(journal.rows, this.about);
  }
  /** @param {any[]} entries */
  add(entries) {
    const atEnd = this.top >= this.journal.rows * ROW - this.view_() - ROW;
    if (!this.journal.add(entries)) return;
    if (this.search) this.search.found.push(...entries.filter((entry) => this.matches(entry)));
    this.draw();
    if (atEnd && !this.search) this.toEnd();
  }
  /** @param {number} sequence */
  entry(sequence) {
    return this.journal.entries.find((one) => Number(one.sequence) === sequence) ?? this.search?.found.find((one) => Number(one.sequence) === sequence);
  }
  view_() {
    return this.scroller?.clientHeight || 400;
  }
  sizes() {
    return { rows: this.rows(), row: ROW, view: this.view_() };
  }
  rows() {
    return this.search ? this.search.found.length : this.journal.rows;
  }
  toEnd() {
    const sizes = this.sizes();
    this.stand(Math.max(0, sizes.rows * ROW - sizes.view));
  }
  /** @param {number} top */
  stand(top) {
    this.top = top;
    if (this.scroller) this.scroller.scrollTop = this.before = bar(this.sizes(), top);
    this.draw();
  }
  scroll() {
    const now = this.scroller.scrollTop;
    if (now === this.before) return;
    this.top = scrolled(this.sizes(), this.top, this.before, now);
    this.before = now;
    this.draw();
  }
  /** @param {any} entry */
  matches(entry) {
    return (!this.failures || isFailure(entry.kind)) && (!this.text || holds(entry, this.text.toLowerCase(), write));
  }
  filter() {
    this.search = this.text || this.failures ? { found: [], read: 0, after: 0, done: false, busy: false } : undefined;
    this.stand(0);
    if (this.search) void this.look();
  }
  /** Reads on for what is searched, by pages that the daemon has at hand. */
  async look() {
    const search = this.search;
    if (!search || search.busy || search.done) return;
    search.busy = true;
    const until = search.read + SPAN, most = search.found.length + FOUND;
    try {
      while (search === this.search && !search.done && search.read < until && search.found.length < most) {
        const page = await call("run.history", { run: this.run, after: search.after, limit: search.read ? PAGE : 1000 });
        search.found.push(...page.entries.filter((/** @type {any} */ entry) => this.matches(entry)));
        search.read += page.entries.length;
        search.after = Number(page.more ?? 0);
        search.done = !page.more;
        this.draw();
      }
    } catch (error) {
      this.error = error;
    }
    search.busy = false;
    this.draw();
  }
  view() {
    return h("div", { own: true, class: "history", key: "history", onmount: (/** @type {any} */ place) => {
      this.place = place;
      this.scroller = undefined;
      this.draw();
      new ResizeObserver(() => this.draw()).observe(place);
    } });
  }
  draw() {
    if (!this.place?.isConnected && this.scroller) return;
    if (!this.place) return;
    const sizes = this.sizes();
    // There may be fewer rows than was thought.
    this.top = Math.max(0, Math.min(this.top, sizes.rows * ROW - sizes.view));
    const { first, end } = seen(sizes, this.top);
    const rows = Array.from({ length: end - first }, (_, at) => this.row(first + at, sizes));
    render(this.place, this.tools(), errorBox(this.error),
      sizes.rows ? h("div", { class: "scroller", tabindex: "0", role: "list", "aria-label": "Journal", style: { height: `${height(sizes) + 2}px` }, onscroll: () => this.scroll(), onmount: (/** @type {any} */ element) => this.mounted(element) },
        h("div", { class: "tall", role: "presentation", style: { height: `${height(sizes)}px` } }, rows))
        : this.search ? !this.search.busy && empty("Nothing matches.", "Other words, or without the filter.") : null);
    // The page may be opened before its stream of events says where the journals end.
    this.journal.last ||= live.sequence;
    if (!this.search) void this.journal.want(first, end).then((read) => read && this.draw(), (error) => (this.error = error));
  }
  /** @param {any} element */
  mounted(element) {
    this.scroller = element;
    requestAnimationFrame(() => this.draw());
  }
  tools() {
    const search = this.search;
    return h("div", { class: "tools" },
      h("input", { type: "search", "data-search": true, placeholder: "Search the journal", "aria-label": "Search the journal", onchange: (/** @type {any} */ event) => {
        this.text = event.target.value.trim();
        this.filter();
      } }),
      look("Failures only", () => {
        this.failures = !this.failures;
        this.filter();
      }, { pressed: this.failures, kind: "small" }),
      look("First", () => this.stand(0), { kind: "quiet small" }), look("Latest", () => this.toEnd(), { kind: "quiet small" }),
      h("span", { class: "end", role: "status" }, search ? `${count(search.found.length)} found in ${count(search.read)}${search.busy ? "…" : ""} ` : `${this.journal.whole ? "" : "about "}${count(this.journal.rows)} entries`,
        search && !search.done && !search.busy && button("Search on", () => this.look(), { kind: "small", writes: false })));
  }
  /** @param {number} index @param {import("./virtual.js").Sizes} sizes */
  row(index, sizes) {
    const entry = this.search ? this.search.found[index] : this.journal.at(index);
    const y = this.before + index * ROW - this.top;
    const shared = { role: "listitem", style: { transform: `translateY(${Math.round(y)}px)` }, "aria-setsize": sizes.rows, "aria-posinset": index + 1, key: index };
    if (!entry) return h("div", { ...shared, class: "entry line" }, h("span", { class: "dim" }, "…"));
    const detail = entry.detail === undefined || entry.detail === null ? "" : short(write(entry.detail), 300);
    const onclick = (/** @type {any} */ event) => {
      event.preventDefault();
      this.select(entry);
    };
    return h("div", { ...shared, class: `entry line t-${tone(entry.kind) || "none"}` },
      h("time", { title: moment(entry.at) }, clock(entry.at, true)),
      h("span", { class: "what" }, words(entry.kind)),
      h("a", { class: "row id", href: runAddress(this.run, entry.step ? { step: entry.step } : { entry: entry.sequence }), onclick }, entry.step ? short(entry.step) : entry.kind),
      Number(entry.attempt) > 1 && h("span", { class: "chip" }, `attempt ${entry.attempt}`),
      h("span", { class: "dim detail" }, detail));
  }
}

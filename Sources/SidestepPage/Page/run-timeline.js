// The time line, drawn: a lane for each life of an owner. Dragging over it looks closer.
import { h } from "./dom.js";
import { call } from "./rpc.js";
import { clock, moment, span as lasts } from "./format.js";
import { GAP, LANE, layout, ticks } from "./timeline.js";
import { words } from "./kinds.js";
import { look, short } from "./ui.js";
import { render } from "./dom.js";
import { oneAtATime } from "./coalesce.js";

const AXIS = 20;
const SIDE = 118;
// While steps come, so often is enough.
const REST = 400;
const LEGEND = [["executed", "executed"], ["failed", "failed"], ["running", "running"], ["waiting", "waits"], ["backoff", "backs off"], ["unknown", "unknown"]];

export class Timeline {
  /** @param {string} run @param {(step: string) => void} open */
  constructor(run, open) {
    this.run = run;
    this.open = open;
    /** @type {import("./timeline.js").Timeline | undefined} */
    this.data = undefined;
    /** @type {{from_at: number, until_at: number} | undefined} */
    this.range = undefined;
    /** @type {{from: number, to: number} | undefined} */
    this.dragged = undefined;
    this.width = 0;
    /** @type {any} */
    this.place = undefined;
    this.observer = new ResizeObserver(() => {
      const width = this.place ? Math.floor(this.place.clientWidth) : 0;
      if (width && width !== this.width) (this.width = width), void this.read();
    });
    this.read = oneAtATime(() => this.fetch(), REST);
  }
  async load() {
    if (this.width) await this.read();
  }
  async fetch() {
    const pixels = Math.max(50, this.width - SIDE);
    try {
      this.data = await call("run.timeline", { run: this.run, width: Math.min(4000, pixels), ...this.range });
    } catch {
      // The rest of the page says what is wrong.
    }
    this.draw();
  }
  close() {
    this.observer.disconnect();
  }
  /** @param {{from: number, until: number} | undefined} range */
  zoom(range) {
    this.range = range && range.until - range.from >= 2 ? { from_at: Math.floor(range.from), until_at: Math.ceil(range.until) } : undefined;
    void this.read();
  }
  /** @param {number} factor */
  scale(factor) {
    if (!this.data) return;
    const { from_at: from, until_at: until } = this.data, middle = (from + until) / 2, half = ((until - from) / 2) * factor;
    this.zoom({ from: middle - half, until: middle + half });
  }
  view() {
    const onmount = (/** @type {any} */ place) => {
      this.place = place;
      this.observer.observe(place);
    };
    return h("section", { class: "timeline", "aria-label": "Time line", key: "timeline" }, h("div", { own: true, onmount }));
  }
  draw() {
    if (!this.place || !this.data) return;
    const data = this.data;
    const width = Math.max(50, this.width - SIDE);
    const shape = layout(data, width);
    render(this.place,
      h("div", { class: "legend" }, LEGEND.map(([kind, text]) => data.spans.some((span) => span.kind === kind) && h("span", { key: kind }, h("i", { class: `k-${kind}` }), text)),
        shape.hidden > 0 && h("span", null, `${shape.hidden} earlier lives`), data.partial && h("span", null, "more happened than was looked at: look closer"),
        h("span", { class: "end" }, look("+", () => this.scale(0.5), { kind: "quiet", title: "Look closer, or drag over it" }), look("−", () => this.scale(2), { kind: "quiet", title: "Look from further away" }), this.range && look("whole", () => this.zoom(undefined), { kind: "quiet" }))),
      this.svg(data, shape, width));
  }
  /** @param {import("./timeline.js").Timeline} data @param {ReturnType<typeof layout>} shape @param {number} width */
  svg(data, shape, width) {
    const height = shape.height + AXIS;
    return h("svg", { width: this.width, height, role: "img", "aria-label": spoken(data), onpointerdown: (/** @type {any} */ event) => this.drag(event, data, width) },
      patterns(),
      h("g", { transform: `translate(${SIDE} 0)` },
        ticks(data.from_at, data.until_at, width).map((at) => tick(at, data, width, shape.height)),
        shape.lanes.map((lane) => h("rect", { class: "lane", x: lane.x, y: lane.y + 2, width: lane.width, height: LANE - 4, rx: 4 })),
        shape.gaps.map((gap) => h("g", { class: "gap" }, h("path", { d: `M${gap.x} ${gap.y + LANE / 2}v${LANE / 2 + GAP / 2}h${gap.width}v${LANE / 2}` }), h("title", null, `nobody had it for ${lasts(gap.ms)}`))),
        shape.blocks.map((block) => this.block(block)),
        shape.lanes.filter((lane) => lane.dead).map((lane) => h("g", { class: "death", transform: `translate(${lane.x + lane.width} ${lane.y + LANE / 2})` }, h("path", { d: "M-5 -5L5 5M5 -5L-5 5" }), h("title", null, `owner ${ended(lane.life)}`))),
        shape.marks.map(({ x, mark }) => h("g", { class: "mark", transform: `translate(${x} ${shape.height - 2})` }, h("path", { d: "M0 0l4 6h-8z" }), h("title", null, `${mark.count > 1 ? `${mark.count} × ` : ""}${words(mark.kind)} ${clock(mark.at, true)}`))),
        this.dragged && h("rect", { class: "dragged", x: Math.min(this.dragged.from, this.dragged.to), y: 0, width: Math.abs(this.dragged.to - this.dragged.from), height: shape.height })),
      shape.lanes.map((lane) => h("text", { x: 0, y: lane.y + LANE / 2 + 4, class: "label" }, who(lane.life))));
  }
  /** @param {import("./timeline.js").Block} block */
  block({ x, y, width, kind, span }) {
    const onclick = !span.step ? undefined : () => this.open(/** @type {string} */ (span.step));
    const name = !span.step ? `${span.count ?? 1} steps` : short(span.step, 80);
    return h("g", { class: `span k-${kind}${onclick ? " opens" : ""}`, onclick },
      h("rect", { x, y: y + 4, width, height: LANE - 8, rx: Math.min(3, width / 2) }),
      width > 7 * name.length + 10 && h("text", { x: x + 6, y: y + LANE / 2 + 4 }, name),
      h("title", null, `${name}: ${kind}${span.until_at ? `, ${lasts(span.until_at - span.from_at)}` : ""}`));
  }
  /** @param {PointerEvent} event @param {import("./timeline.js").Timeline} data @param {number} width */
  drag(event, data, width) {
    const svg = /** @type {SVGElement} */ (event.currentTarget);
    const at = (/** @type {PointerEvent} */ one) => Math.min(width, Math.max(0, one.clientX - svg.getBoundingClientRect().left - SIDE));
    const from = at(event);
    const move = (/** @type {any} */ one) => {
      this.dragged = { from, to: at(one) };
      this.draw();
    };
    const up = () => {
      svg.removeEventListener("pointermove", move);
      const dragged = this.dragged;
      this.dragged = undefined;
      const time = (/** @type {number} */ x) => data.from_at + (x / width) * (data.until_at - data.from_at);
      if (dragged && Math.abs(dragged.to - dragged.from) > 5) this.zoom({ from: time(Math.min(dragged.from, dragged.to)), until: time(Math.max(dragged.from, dragged.to)) });
      else this.draw();
    };
    svg.addEventListener("pointermove", move);
    addEventListener("pointerup", up, { once: true });
  }
}

/** @param {any} life */
const ended = (life) => (life.end ? String(life.end).replaceAll("_", " ") : "");

/** @param {any} life */
const who = (life) => `#${life.epoch} ${life.pid ? `pid ${life.pid}` : life.owner ?? ""}`;

/** @param {number} at @param {import("./timeline.js").Timeline} data @param {number} width @param {number} height */
function tick(at, { from_at: from, until_at: until }, width, height) {
  const x = (at / Math.max(1, until - from)) * width;
  const text = at === 0 ? moment(from) : `+${lasts(at)}`;
  return h("g", { class: "tick" }, h("path", { d: `M${x} 0v${height}` }), (x < width - 40 || x === 0) && h("text", { x: x + (at ? 3 : 0), y: height + 15 }, text));
}

const patterns = () => h("defs", null, ["waiting", "backoff", "running"].map((kind) =>
  h("pattern", { id: `p-${kind}`, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: kind === "backoff" ? "rotate(-45)" : "rotate(45)", class: `k-${kind}` },
    h("rect", { width: 6, height: 6, class: "ground" }), h("rect", { width: 2, height: 6, class: "stripe" }))));

/** @param {import("./timeline.js").Timeline} data */
function spoken(data) {
  const lives = data.lives.length;
  const steps = data.spans.reduce((sum, span) => sum + (span.count ?? 1), 0);
  return `${lives} ${lives === 1 ? "life" : "lives"} of owners with ${steps} steps in ${lasts(data.until_at - data.from_at)}`;
}

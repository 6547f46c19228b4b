// Elements from descriptions, and only the difference to what is there. Text is always text.
import { isSafe } from "./router.js";

/** @typedef {{tag: string, props: Record<string, any>, children: Node_[], key: any}} Element_ */
/** @typedef {string | Element_} Node_ */

const SVG = "http://www.w3.org/2000/svg";
// These are what the element does, not what its source said.
const LIVE = new Set(["value", "checked", "disabled", "hidden", "open", "selected", "indeterminate"]);

/** @param {string} tag @param {Record<string, any> | null} [props] @param {...any} children @returns {Element_} */
export function h(tag, props, ...children) {
  /** @type {Node_[]} */
  const kept = [];
  flatten(children, kept);
  return { tag, props: props ?? {}, children: kept, key: props?.key };
}

/** @param {any[]} children @param {Node_[]} kept */
function flatten(children, kept) {
  for (const child of children) {
    if (Array.isArray(child)) flatten(child, kept);
    else if (child && typeof child === "object" && "tag" in child) kept.push(child);
    else if (child !== null && child !== undefined && child !== false && child !== true && child !== "") kept.push(String(child));
  }
}

/** @param {Node_} wanted @param {boolean} svg @returns {any} */
function create(wanted, svg) {
  if (typeof wanted === "string") return document.createTextNode(wanted);
  const inside = svg || wanted.tag === "svg";
  /** @type {any} */
  const element = inside ? document.createElementNS(SVG, wanted.tag) : document.createElement(wanted.tag);
  element.was = { tag: wanted.tag, props: {}, children: [], key: wanted.key };
  patch(element, wanted, inside);
  wanted.props.onmount?.(element);
  return element;
}

/** Makes what is in `parent` what is wanted; focus, selection and scrolling stay.
 *  @param {any} parent @param {...any} wanted */
export function render(parent, ...wanted) {
  /** @type {Node_[]} */
  const children = [];
  flatten(wanted, children);
  patchChildren(parent, children, false);
}

/** @param {any} element @param {Element_} wanted @param {boolean} svg */
function patch(element, wanted, svg) {
  const before = element.was.props;
  for (const name in before) if (!(name in wanted.props)) set(element, name, undefined, before[name]);
  for (const name in wanted.props) {
    const value = wanted.props[name];
    if (value !== before[name] || LIVE.has(name)) set(element, name, value, before[name]);
  }
  element.was = wanted;
  if (!wanted.props.own) patchChildren(element, wanted.children, svg);
  // A list has its options only now.
  if (wanted.tag === "select" && wanted.props.value !== undefined && element.value !== wanted.props.value) {
    element.value = wanted.props.value;
  }
}

/** @param {any} parent @param {Node_[]} wanted @param {boolean} svg */
function patchChildren(parent, wanted, svg) {
  const keyed = new Map();
  for (let node = parent.firstChild; node; node = node.nextSibling) {
    if (node.was?.key !== undefined) keyed.set(node.was.key, node);
  }
  let at = parent.firstChild;
  for (const child of wanted) {
    const found = typeof child !== "string" && child.key !== undefined ? keyed.get(child.key) : at;
    if (found && fits(found, child)) {
      if (typeof child === "string") {
        if (found.data !== child) found.data = child;
      } else patch(found, child, svg || child.tag === "svg");
      if (found === at) at = at.nextSibling;
      else parent.insertBefore(found, at);
    } else parent.insertBefore(create(child, svg), at);
  }
  while (at) {
    const next = at.nextSibling;
    parent.removeChild(at);
    at = next;
  }
}

/** @param {any} node @param {Node_} wanted */
function fits(node, wanted) {
  if (typeof wanted === "string") return node.nodeType === 3;
  return node.was && node.was.tag === wanted.tag && node.was.key === wanted.key;
}

/** @param {any} element @param {string} name @param {any} value @param {any} before */
function set(element, name, value, before) {
  if (name === "key" || name === "own" || name === "onmount") return;
  if (name.startsWith("on")) return listen(element, name.slice(2), value);
  if (name === "style") return style(element, value ?? {}, before ?? {});
  // The value of an option is its attribute: without one it would be its text.
  if (LIVE.has(name) && !(name === "value" && element.tagName === "OPTION")) {
    const wanted = value ?? (name === "value" ? "" : false);
    // Writing the same value would move the cursor.
    if (element[name] !== wanted) element[name] = wanted;
    return;
  }
  if (name === "href" && !isSafe(String(value))) value = undefined;
  if (value === undefined || value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** Content-Security-Policy lets scripts set properties of styles, not the attribute.
 *  @param {any} element @param {Record<string, string>} wanted @param {Record<string, string>} before */
function style(element, wanted, before) {
  for (const name in before) if (!(name in wanted)) element.style.removeProperty(name);
  for (const name in wanted) if (wanted[name] !== before[name]) element.style.setProperty(name, wanted[name]);
}

/** One listener for each kind; what it calls is exchanged.
 *  @param {any} element @param {string} kind @param {any} handler */
function listen(element, kind, handler) {
  element.handlers ??= {};
  if (!(kind in element.handlers)) {
    element.addEventListener(kind, (/** @type {any} */ event) => element.handlers[kind]?.call(element, event));
  }
  element.handlers[kind] = handler;
}

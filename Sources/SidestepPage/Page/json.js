// JSON as it stands: numbers that JavaScript cannot hold stay text, and go back as they came.

/** A number, or any other JSON, that is kept as its text. */
export class Text {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
  valueOf() {
    return Number(this.text);
  }
}

// What may hold a number that does not survive: many digits, a fraction or an exponent. It also finds such
// texts in strings, which costs time only.
const SUSPECT = /\d{16}|\d[.eE]|-0/;

/** @param {string} text @returns {any} */
export function parse(text) {
  return SUSPECT.test(text) ? new Reader(text).whole() : JSON.parse(text);
}

class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
  }
  whole() {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.refuse();
    return value;
  }
  /** @returns {never} */
  refuse() {
    throw new SyntaxError(`no JSON at ${this.at}`);
  }
  space() {
    while (this.text.charCodeAt(this.at) <= 32) this.at++;
  }
  /** @returns {any} */
  value() {
    this.space();
    const first = this.text[this.at];
    if (first === "{") return this.object();
    if (first === "[") return this.array();
    if (first === '"') return this.string();
    const end = this.wordEnd();
    const word = this.text.slice(this.at, end);
    this.at = end;
    const value = JSON.parse(word);
    return typeof value === "number" && String(value) !== word ? new Text(word) : value;
  }
  wordEnd() {
    let end = this.at;
    while (end < this.text.length && !",]} \n\r\t".includes(/** @type {string} */ (this.text[end]))) end++;
    return end;
  }
  string() {
    let end = this.at + 1;
    for (; this.text[end] !== '"'; end++) {
      if (end >= this.text.length) this.refuse();
      if (this.text[end] === "\\") end++;
    }
    const value = JSON.parse(this.text.slice(this.at, end + 1));
    this.at = end + 1;
    return value;
  }
  array() {
    /** @type {any[]} */
    const items = [];
    this.at++;
    if (this.next("]")) return items;
    do items.push(this.value());
    while (this.next(","));
    if (!this.next("]")) this.refuse();
    return items;
  }
  object() {
    /** @type {Record<string, any>} */
    const members = {};
    this.at++;
    if (this.next("}")) return members;
    do {
      this.space();
      if (this.text[this.at] !== '"') this.refuse();
      const name = this.string();
      if (!this.next(":")) this.refuse();
      // `__proto__` is a name like any other.
      Object.defineProperty(members, name, {
        value: this.value(), enumerable: true, writable: true, configurable: true,
      });
    } while (this.next(","));
    if (!this.next("}")) this.refuse();
    return members;
  }
  /** @param {string} mark */
  next(mark) {
    this.space();
    if (this.text[this.at] !== mark) return false;
    this.at++;
    return true;
  }
}

/** JSON text of a value; a `Text` is written as it stands.
 *  @param {any} value @param {string} [indent] @param {string} [lead] @returns {string} */
export function write(value, indent = "", lead = "") {
  if (value instanceof Text) return value.text;
  if (value === undefined) return "null";
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = lead + indent;
  const array = Array.isArray(value);
  const parts = array
    ? value.map((item) => write(item, indent, inner))
    : Object.entries(value).filter(([, item]) => item !== undefined)
      .map(([name, item]) => `${JSON.stringify(name)}:${indent ? " " : ""}${write(item, indent, inner)}`);
  const [open, close] = array ? ["[", "]"] : ["{", "}"];
  if (!parts.length) return open + close;
  if (!indent) return open + parts.join(",") + close;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${lead}${close}`;
}

/** Whether a text is one JSON value.
 *  @param {string} text */
export function isJSON(text) {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

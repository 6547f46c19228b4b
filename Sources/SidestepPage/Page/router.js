// Addresses: which screen an address means, and the address of a screen. A run's id is percent-encoded whole.

/** @typedef {{screen: string, id?: string, other?: string, query: Record<string, string>}} Route */

export const SCREENS = [
  { name: "now", title: "Now", key: "n" },
  { name: "runs", title: "Runs", key: "r" },
  { name: "inbox", title: "Inbox", key: "i" },
  { name: "queues", title: "Queues", key: "q" },
  { name: "schedules", title: "Schedules", key: "s" },
  { name: "spend", title: "Spend", key: "p" },
  { name: "streams", title: "Streams", key: "e" },
  { name: "daemon", title: "Daemon", key: "d" },
];

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part).replace(/^\uE000(?=\.{1,2}$)/, "");
  } catch {
    return part;
  }
}

/** @param {string} path @param {string} [search] @returns {Route} */
export function route(path, search = "") {
  const query = Object.fromEntries(new URLSearchParams(search));
  const parts = path.split("/").slice(1).map(decoded);
  const [screen = "", id, compare, other] = parts;
  if (screen === "") return { screen: "now", query };
  if (screen === "runs" && id && compare === "compare" && other) return { screen: "compare", id, other, query };
  if (screen === "runs" && id) return { screen: "run", id, query };
  if (SCREENS.some((known) => known.name === screen)) return { screen, query };
  return { screen: "missing", query };
}

// A browser takes `/runs/..` for the folder above, encoded or not: such an id stands behind this character.
const DOTS = "\uE000";

/** @param {string} text */
const encoded = (text) => encodeURIComponent(/^\.{1,2}$/.test(text) ? DOTS + text : text);

/** The address of a screen; values that are empty are left out.
 *  @param {string} path @param {Record<string, any>} [query] */
export function address(path, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString();
  return search ? `${path}?${search}` : path;
}

/** @param {string} id @param {Record<string, any>} [query] */
export const runAddress = (id, query) => address(`/runs/${encoded(id)}`, query);

/** @param {string} id @param {string} other */
export const compareAddress = (id, other) => `/runs/${encoded(id)}/compare/${encoded(other)}`;

/** Whether a link may lead there: our own addresses, and those of the web.
 *  @param {string} target */
export function isSafe(target) {
  if (/^\/(?!\/)/.test(target)) return true;
  try {
    return ["http:", "https:"].includes(new URL(target).protocol);
  } catch {
    return false;
  }
}

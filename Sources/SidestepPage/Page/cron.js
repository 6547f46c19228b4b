// The rule of a schedule in words, where there are simple ones; else the rule itself.
import { span } from "./format.js";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const NAMED = /** @type {Record<string, string>} */ ({
  "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
});

/** @param {{cron?: string | null, every_ms?: number | null}} schedule */
export function rule({ cron, every_ms }) {
  if (every_ms) return `every ${span(every_ms)}`;
  return cron ? words(cron) ?? cron : "";
}

/** @param {string} cron @returns {string | undefined} */
export function words(cron) {
  const fields = (NAMED[cron] ?? cron).trim().split(/\s+/);
  if (fields.length !== 5) return undefined;
  const [minute, hour, day, month, weekday] = /** @type {[string, string, string, string, string]} */ (fields);
  const when = time(minute, hour), which = days(day, weekday), months = month === "*" ? "" : named(month, MONTHS, 1);
  if (when === undefined || which === undefined || months === undefined) return undefined;
  return `${when}${which}${months && ` in ${months}`}`;
}

const NUMBER = /^\d{1,2}$/;
/** @param {string} field */
const step = (field) => /^\*\/(\d{1,2})$/.exec(field)?.[1];

/** @param {string} minute @param {string} hour */
function time(minute, hour) {
  const minutes = step(minute), hours = step(hour);
  if (minute === "*" && hour === "*") return "every minute";
  if (minutes && hour === "*") return `every ${minutes} minutes`;
  if (!NUMBER.test(minute)) return undefined;
  if (hour === "*") return minute === "0" ? "every hour" : `every hour at minute ${minute}`;
  if (hours) return `every ${hours} hours at minute ${minute}`;
  if (!hour.split(",").every((one) => NUMBER.test(one))) return undefined;
  return `at ${listed(hour.split(",").map((one) => `${one.padStart(2, "0")}:${minute.padStart(2, "0")}`))}`;
}

/** @param {string} day @param {string} weekday */
function days(day, weekday) {
  if (day === "*" && weekday === "*") return "";
  if (day === "*") {
    const found = named(weekday, DAYS, 0);
    return found && ` on ${found}`;
  }
  // Both given: cron(5) takes either, which two words do not say.
  if (weekday !== "*" || !day.split(",").every((one) => NUMBER.test(one))) return undefined;
  return ` on day ${listed(day.split(","))} of the month`;
}

/** @param {string} field @param {string[]} names @param {number} first */
function named(field, names, first) {
  const parts = field.split(",").map((part) => {
    const range = /^([\w]+)-([\w]+)$/.exec(part);
    const [from, to] = range ? [name(range[1], names, first), name(range[2], names, first)] : [name(part, names, first), ""];
    return from === undefined || to === undefined ? undefined : to ? `${from} to ${to}` : from;
  });
  return parts.includes(undefined) ? undefined : listed(/** @type {string[]} */ (parts));
}

/** @param {string | undefined} text @param {string[]} names @param {number} first */
function name(text = "", names, first) {
  if (NUMBER.test(text)) return names[Number(text) - first];
  return names.find((one) => text.length === 3 && one.toLowerCase().startsWith(text.toLowerCase()));
}

/** @param {string[]} words */
const listed = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);

import assert from "node:assert/strict";
import { test } from "node:test";
import { actions, answer, waitsFor } from "../../Sources/SidestepPage/Page/actions.js";
import { rule } from "../../Sources/SidestepPage/Page/cron.js";
import { changes } from "../../Sources/SidestepPage/Page/difference.js";
import { fits, instant, params, query, tags } from "../../Sources/SidestepPage/Page/filters.js";
import { markdown } from "../../Sources/SidestepPage/Page/markdown.js";
import { ofCall, paired } from "../../Sources/SidestepPage/Page/messages.js";
import { address } from "../../Sources/SidestepPage/Page/router.js";
import { metrics } from "../../Sources/SidestepPage/Page/metrics.js";
import { kinds, sum } from "../../Sources/SidestepPage/Page/usage.js";

test("rules of schedules in words", () => {
  const cases = [
    ["30 3 * * 1-5", "at 03:30 on Monday to Friday"], ["*/15 * * * *", "every 15 minutes"], ["0 * * * *", "every hour"], ["5 */2 * * *", "every 2 hours at minute 5"],
    ["0 9,17 * * mon", "at 09:00 and 17:00 on Monday"], ["0 0 1 * *", "at 00:00 on day 1 of the month"], ["@daily", "at 00:00"], ["0 0 1 1 *", "at 00:00 on day 1 of the month in January"],
    ["0 0 1 * 1", "0 0 1 * 1"], ["1-5 * * * *", "1-5 * * * *"], ["nonsense", "nonsense"],
  ];
  for (const [cron, words] of cases) assert.equal(rule({ cron }), words);
  assert.equal(rule({ every_ms: 900_000 }), "every 15 min");
});

test("filters: from what is typed to what is asked", () => {
  assert.deepEqual(params({ status: "open", workflow: "w", tag: "a=1 b=x=y", after: "2h", user: "0", text: "", before: "never" }),
    { workflow: "w", open: true, tag: { a: "1", b: "x=y" }, newer_than_ms: 7_200_000, user: 0 });
  assert.deepEqual(params({ after: "2026-03-01T00:00Z", before: "1d" }), { created_after: Date.parse("2026-03-01T00:00Z"), older_than_ms: 86_400_000 });
  assert.equal(instant("1767225600000"), 1767225600000);
  assert.equal(tags("nothing"), undefined);
  assert.deepEqual(tags('a="two words", "b c"="say \\"x\\""'), { a: "two words", "b c": 'say "x"' });
  assert.ok(fits({ id: "ab", status: "failed", tags: { a: "1" } }, { text: "b", tag: { a: "1" } }));
  assert.ok(!fits({ id: "ab", status: "failed" }, { open: true }));
});

test("filters: an age moves on with the time", () => {
  const run = { id: "r", status: "running", created_at: Date.now() - 3_600_000 };
  assert.deepEqual([{ newer_than_ms: 7_200_000 }, { newer_than_ms: 60_000 }, { older_than_ms: 60_000 }, { older_than_ms: 7_200_000 }].map((wanted) => fits(run, wanted)),
    [true, false, true, false]);
});

test("filters: what is asked stands in an address and comes back as it was", () => {
  const filters = [
    {}, { open: true }, { status: "failed", newer_than_ms: 86_400_000 }, { older_than_ms: 90_000 }, { created_after: 1000, created_before: 1767225600123 },
    { workflow: "a b", text: "x&y=z", parent: "p/1", user: 0, tag: { team: "red", "in words": 'two, "words" \\ and = more', empty: "" } },
  ];
  for (const filter of filters) {
    const kept = new URLSearchParams(address("/runs", query(filter)).split("?")[1] ?? "");
    assert.deepEqual(params(Object.fromEntries(kept)), filter);
  }
});

test("reasons become actions, and every run has those that are always possible", () => {
  const run = { id: "r", status: "paused", queue: "q" };
  const labels = (explained) => actions({ run, reasons: [], unknown_steps: [], ...explained }).map((action) => action.label);
  assert.deepEqual(labels({ reasons: ["crash_loop"] }), ["Unpause", "Cancel…"]);
  assert.deepEqual(labels({ reasons: ["step_unknown"], unknown_steps: [{ step: "pay" }] }).slice(0, 3), ["Run it again", "It happened…", "It failed…"]);
  assert.deepEqual(labels({ reasons: ["breaker_open"], command: "sidestep breaker reset 'a b'" })[0], "Close breaker a b");
  assert.deepEqual(labels({ run: { id: "r", status: "failed" }, reasons: ["failed"] }), ["Retry", "Delete…"]);
  assert.deepEqual(waitsFor({ step: "promise:publish" }), { kind: "promise", name: "publish" });
  assert.equal(waitsFor({ step: "sleep" }), undefined);
  assert.deepEqual(JSON.parse(JSON.stringify(answer(true))), { approved: true });
});

test("lines that differ", () => {
  assert.deepEqual(changes("a\nb\nc", "a\nx\nc").map(({ changed }) => changed), [false, true, false]);
  assert.deepEqual(changes("a\nc", "a\nb\nc").map(({ changed }) => changed), [false, false]);
});

test("results of tools stand at their calls, in the forms of the providers", () => {
  const openai = paired([
    { role: "assistant", content: null, tool_calls: [{ id: "1", function: { name: "tides", arguments: "{}" } }] }, { role: "tool", tool_call_id: "1", content: "04:12" }]);
  assert.equal(openai.length, 1);
  assert.equal(openai[0].answers.get("1"), "04:12");
  const anthropic = paired([
    { role: "assistant", content: [{ type: "text", text: "look" }, { type: "tool_use", id: "2", name: "tides", input: { a: 1 } }] }, { role: "user", content: [{ type: "tool_result", tool_use_id: "2", content: [{ type: "text", text: "ok" }] }] }]);
  assert.equal(anthropic.length, 1);
  assert.deepEqual([anthropic[0].text, anthropic[0].calls[0].name, anthropic[0].answers.get("2")], ["look", "tides", "ok"]);
  const pydantic = paired([{ kind: "request", parts: [{ part_kind: "user-prompt", content: "hi" }] }, { kind: "response", parts: [{ part_kind: "tool-call", tool_name: "t", args: "{}", tool_call_id: "3" }] }]);
  assert.deepEqual(pydantic.map((one) => [one.role, one.text, one.calls.length]), [["request", "hi", 0], ["response", "", 1]]);
  assert.equal(paired(["text", null, 7, { nothing: 1 }]).length, 4);
  assert.deepEqual(ofCall({ system: "s", messages: [{ role: "user", content: "u" }] }, { content: [{ type: "text", text: "a" }] }).map((one) => one.role), ["system", "user", "assistant"]);
});

test("markdown is a tree of known elements, and its links lead to the web", () => {
  const tree = markdown("# T\n\na **b** `c` [d](https://e.org) [x](javascript:alert(1))\n\n- one\n- two\n\n```\n<b>\n```\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>alert(1)</script>");
  const seen = [];
  const walk = (node) => typeof node === "string" ? seen.push(node) : (seen.push(node.tag, ...Object.entries(node.props).map(([name, value]) => `${name}=${value}`)), node.children.forEach(walk));
  walk(tree);
  assert.ok(!seen.includes("script") && seen.includes("<script>alert(1)</script>"));
  assert.deepEqual(seen.filter((one) => one.startsWith("href=")), ["href=https://e.org"]);
  assert.ok(["h3", "strong", "code", "ul", "li", "pre", "table"].every((tag) => seen.includes(tag)));
});

test("metrics and sums", () => {
  const read = metrics('# TYPE x counter\nsidestep_step_attempts_total{outcome="a"} 3\nsidestep_step_attempts_total{outcome="b"} 4\nprocess_resident_memory_bytes 5e6\n');
  assert.equal(read.total("sidestep_step_attempts"), 7);
  assert.equal(read.total("process_resident_memory_bytes"), 5e6);
  assert.equal(read.total("absent"), 0);
  const total = sum([{ model: "m", input_tokens: 1, cost_micros: "2" }, { input_tokens: 2, cache_read_tokens: 5 }]);
  assert.deepEqual(total, { input_tokens: 3, cost_micros: 2, cache_read_tokens: 5 });
  assert.deepEqual(kinds(total).map(([, label]) => label), ["cost", "input tokens", "cache read tokens"]);
});

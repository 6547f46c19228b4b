import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "../../Sources/SidestepPage/Page/format.js";

test("spans are short, and never rounded up into the next unit", () => {
  const cases = [[0, "0 ms"], [999, "999 ms"], [1000, "1.0 s"], [9999, "9.9 s"], [59_999, "59 s"], [60_000, "1 min"], [200_000, "3 min 20 s"],
    [3_600_000, "1 h"], [18_120_000, "5 h 2 min"], [90_000_000, "1 d 1 h"], [12 * 86_400_000, "12 d"], [-5, "0 ms"]];
  for (const [ms, text] of cases) assert.equal(format.span(ms), text);
});

test("distances in time have one unit and a direction", () => {
  const now = 1_000_000_000_000;
  assert.equal(format.relative(now - 3000, now), "3 s ago");
  assert.equal(format.relative(now + 90_000, now), "in 1 min");
  assert.equal(format.relative(now - 400, now), "now");
  assert.equal(format.relative(now - 47 * 3_600_000, now), "47 h ago");
  assert.equal(format.relative(now - 49 * 3_600_000, now), "2 d ago");
  assert.equal(format.changesIn(now - 5000, now), 1000);
  assert.equal(format.changesIn(now - 5 * 3_600_000, now), 3_600_000);
});

test("sizes, counts and money", () => {
  assert.equal(format.bytes(0), "0 B");
  assert.equal(format.bytes(1536), "1.5 KiB");
  assert.equal(format.bytes(5 << 20), "5.0 MiB");
  assert.equal(format.count("12345678901234567890"), "12\u202f345\u202f678\u202f901\u202f234\u202f567\u202f890");
  assert.equal(format.short(999), "999");
  assert.equal(format.short(1830), "1.8 k");
  assert.equal(format.short(1_234_567), "1.2 M");
  assert.equal(format.money(0), "0.00");
  assert.equal(format.money(11661), "0.01");
  assert.equal(format.money(900), "0.0009");
  assert.equal(format.amount("wall_ms", 61_000), "1 min 1 s");
  assert.equal(format.rate({ count: 50, per_ms: 60_000, burst: 5 }), "50 per minute, 5 at once");
});

test("words of the shell", () => {
  assert.equal(format.shellWord("nightly/2026-11.1"), "nightly/2026-11.1");
  assert.equal(format.shellWord("it's $HOME"), "'it'\\''s $HOME'");
  assert.equal(format.shellWord(""), "''");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeath, LANE, GAP, laneOf, layout, MOST_LANES, ticks } from "../../Sources/SidestepPage/Page/timeline.js";

const life = (epoch, from, until, end) => ({ epoch, from_at: from, until_at: until, end });

test("lives are lanes, what happened in one is in its lane, and the time without an owner is a gap", () => {
  const made = layout({
    from_at: 0, until_at: 1000, marks: [{ at: 400, kind: "run.interrupted", count: 1 }],
    lives: [life(1, 0, 400, "died"), life(2, 500, null, null)],
    spans: [{ from_at: 100, until_at: 300, kind: "executed", count: 1, step: "a" }, { from_at: 600, until_at: null, kind: "running", count: 1, step: "b" }],
  }, 500);
  assert.deepEqual(made.lanes.map(({ x, width, dead }) => [x, width, dead]), [[0, 200, true], [250, 250, false]]);
  assert.deepEqual(made.blocks.map(({ x, width, y }) => [x, width, y]), [[50, 100, 0], [300, 200, LANE + GAP]]);
  assert.deepEqual(made.gaps.map(({ x, width, ms }) => [x, width, ms]), [[200, 50, 100]]);
  assert.equal(made.marks[0].x, 200);
});

test("of many lives the last have lanes, and the number of the others is told", () => {
  const lives = Array.from({ length: 40 }, (_, at) => life(at + 1, at * 10, at * 10 + 5, "died"));
  const made = layout({ from_at: 0, until_at: 400, lives, spans: [], marks: [] }, 400);
  assert.equal(made.lanes.length, MOST_LANES);
  assert.equal(made.hidden, 40 - MOST_LANES);
});

test("nothing is outside, nothing is too narrow to see, and no time is no trouble", () => {
  const made = layout({ from_at: 100, until_at: 100, lives: [life(1, 50, 100, "completed")], spans: [{ from_at: 90, until_at: 900, kind: "executed", count: 3 }], marks: [] }, 300);
  assert.ok(made.blocks[0].x >= 0 && made.blocks[0].x <= 300);
  assert.ok(made.blocks[0].width >= 2);
});

test("a moment belongs to the life that had begun last", () => {
  const lives = [life(1, 0, 10), life(2, 20, 30), life(3, 40, null)];
  assert.deepEqual([-1, 0, 19, 20, 39, 40, 99].map((at) => laneOf(lives, at)), [-1, 0, 0, 1, 1, 2, 2]);
});

test("marks of the axis are round and not crowded", () => {
  assert.deepEqual(ticks(0, 1000, 1000), [0, 200, 400, 600, 800, 1000]);
  for (const length of [1, 17, 60_000, 86_400_000, 90 * 86_400_000]) assert.ok(ticks(5, 5 + length, 900).length <= 9);
});

test("deaths are what nobody wished", () => {
  assert.ok(["died", "reboot", "signal:9", "expired"].every(isDeath));
  assert.ok(![undefined, null, "completed", "released", "exit:0"].some(isDeath));
});

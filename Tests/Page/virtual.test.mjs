import assert from "node:assert/strict";
import { test } from "node:test";
import { bar, guess, height, scrolled, seen, TALLEST } from "../../Sources/SidestepPage/Page/virtual.js";

const small = { rows: 1000, row: 28, view: 500 };
const huge = { rows: 1_000_003, row: 28, view: 500 };

test("a short list is as high as it is, and scrolls as it is", () => {
  assert.equal(height(small), 28_000);
  assert.equal(scrolled(small, 0, 0, 1234), 1234);
  assert.equal(scrolled(small, 0, 0, 99_999), 27_500);
  assert.equal(bar(small, 777), 777);
});

test("a long list is no higher than browsers bear, and its ends are its ends", () => {
  assert.equal(height(huge), TALLEST);
  assert.equal(scrolled(huge, 5000, 200, 0), 0);
  const end = scrolled(huge, 0, 0, TALLEST - huge.view);
  assert.equal(end, huge.rows * 28 - huge.view);
  assert.equal(seen(huge, end).end, huge.rows);
});

test("in a long list a wheel moves pixels and the bar moves parts", () => {
  assert.equal(scrolled(huge, 1_000_000, 500_000, 500_100), 1_000_100);
  const half = scrolled(huge, 0, 0, (TALLEST - huge.view) / 2);
  assert.ok(Math.abs(half - (huge.rows * 28 - huge.view) / 2) < 1);
  assert.ok(Math.abs(bar(huge, half) - (TALLEST - huge.view) / 2) < 1);
});

test("what is seen is little, whatever the length", () => {
  for (const top of [0, 13, 1_000_000, 28_000_000]) {
    const { first, end } = seen(huge, top);
    assert.ok(end - first <= 500 / 28 + 20);
    assert.ok(first * 28 <= top);
  }
  assert.deepEqual(seen({ rows: 0, row: 28, view: 500 }, 0), { first: 0, end: 0 });
});

test("sequences are guessed between the ends that are known", () => {
  assert.equal(guess(0, 1000, 5000, 9000), 4999);
  assert.equal(guess(999, 1000, 5000, 9000), 8999);
  assert.ok(Math.abs(guess(500, 1000, 5000, 9000) - 7001) < 5);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Journal, PAGE } from "../../Sources/SidestepPage/Page/journal.js";

/** A journal on a daemon with others: sequences have holes. */
function daemon(count, gap) {
  const all = Array.from({ length: count }, (_, at) => ({ sequence: 1000 + at * gap(at), at, kind: "step.completed", step: `s${at}` }));
  for (let at = 1; at < count; at++) all[at].sequence = all[at - 1].sequence + gap(at);
  let calls = 0;
  const read = async (after, limit) => {
    calls++;
    let low = 0, high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (all[middle].sequence <= after) low = middle + 1;
      else high = middle;
    }
    const entries = all.slice(low, low + limit);
    return { entries, more: low + limit < all.length ? entries.at(-1).sequence : undefined };
  };
  return { all, read, calls: () => calls, last: all.at(-1)?.sequence ?? 0 };
}

const isWhole = (journal, all) => {
  const from = all.indexOf(journal.entries[0]);
  assert.deepEqual(journal.entries, all.slice(from, from + journal.entries.length), "no hole, no repetition");
};

test("a short journal is read once", async () => {
  const { read, calls, all, last } = daemon(30, () => 2);
  const journal = new Journal(read);
  await journal.open(30, last);
  assert.equal(journal.rows, 30);
  assert.equal(await journal.want(0, 30), false);
  assert.equal(calls(), 1);
  assert.equal(journal.at(29), all[29]);
});

test("an empty one has no rows", async () => {
  const journal = new Journal(daemon(0, () => 1).read);
  await journal.open(0, 0);
  assert.equal(journal.rows, 0);
  assert.equal(journal.add([{ sequence: 5, at: 1, kind: "run.created" }]), true);
  assert.equal(journal.at(0).sequence, 5);
});

for (const [name, gap] of [["dense", () => 1], ["among others", (at) => 1 + (at % 7)], ["in bursts", (at) => (at % 1000 ? 1 : 5000)]]) {
  test(`a million entries, ${name}: anywhere in few reads, and the end is the end`, async () => {
    const { all, read, calls, last } = daemon(1_000_000, gap);
    const journal = new Journal(read);
    await journal.open(1_000_000, last + 10_000);
    for (const first of [500_000, 123_456, 999_960, 3]) {
      const before = calls();
      for (let tries = 0; tries < 6 && await journal.want(first, first + 30); tries++);
      const start = Math.min(first, journal.rows - 1);
      assert.ok(journal.at(start), `row ${start} of ${journal.rows}`);
      isWhole(journal, all);
      assert.ok(calls() - before < 45, `${calls() - before} reads`);
    }
    // Down to the very end, as by the key End.
    for (let tries = 0; tries < 6 && await journal.want(journal.rows - 30, journal.rows); tries++);
    assert.equal(journal.at(journal.rows - 1), all.at(-1));
  });
}

test("it scrolls up from the middle without a hole, and to the first", async () => {
  const { all, read, last } = daemon(5000, (at) => 1 + (at % 3));
  const journal = new Journal(read);
  await journal.open(5000, last);
  await journal.want(2500, 2530);
  for (let first = 2500; journal.start > 0; first = journal.start) {
    await journal.want(Math.max(0, first - 20), first + 10);
    isWhole(journal, all);
  }
  assert.equal(journal.at(0), all[0]);
});

test("it scrolls down page by page", async () => {
  const { all, read, last } = daemon(1000, () => 3);
  const journal = new Journal(read);
  await journal.open(1000, last);
  for (let first = 0; first < 980; first += 20) {
    await journal.want(first, first + 40);
    assert.equal(journal.at(first), all[first]);
  }
  assert.equal(journal.rows, 1000);
});

test("what comes is added at the end, once", async () => {
  const { all, read, last } = daemon(PAGE / 2, () => 1);
  const journal = new Journal(read);
  await journal.open(PAGE / 2, last);
  const fresh = { sequence: last + 4, at: 1, kind: "step.completed" };
  assert.equal(journal.add([fresh]), true);
  assert.equal(journal.add([fresh, all[3]]), false);
  assert.equal(journal.at(PAGE / 2), fresh);
});

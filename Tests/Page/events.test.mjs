import assert from "node:assert/strict";
import { test } from "node:test";
import { Coalescer, MOST, oneAtATime, touches } from "../../Sources/SidestepPage/Page/coalesce.js";

const entry = (sequence, run, kind = "step.completed") => ({ sequence, run, at: sequence, kind });

test("events of one frame are one batch, by run", () => {
  const coalescer = new Coalescer();
  assert.equal(coalescer.add(entry(1, "a")), true);
  assert.equal(coalescer.add(entry(2, "b", "run.paused")), false);
  assert.equal(coalescer.add(entry(3, "a")), false);
  const batch = coalescer.take();
  assert.deepEqual([...batch.runs].map(([run, entries]) => [run, entries.length]), [["a", 2], ["b", 1]]);
  assert.ok(touches(batch, ["run."]));
  assert.ok(!touches(batch, ["signal."]));
  assert.equal(coalescer.add(entry(4, "a")), true);
});

test("what comes a second time after a reconnection counts once", () => {
  const coalescer = new Coalescer();
  coalescer.add(entry(7, "a"));
  coalescer.take();
  assert.equal(coalescer.add(entry(6, "a")), false);
  assert.equal(coalescer.add(entry(7, "a")), false);
  assert.equal(coalescer.take().entries.length, 0);
});

test("a tab that was away long keeps a bounded number, and reads again", () => {
  const coalescer = new Coalescer();
  for (let at = 1; at <= MOST + 10; at++) coalescer.add(entry(at, `r${at}`));
  const batch = coalescer.take();
  assert.equal(batch.entries.length, MOST);
  assert.ok(batch.lost && touches(batch, []));
});

test("reads do not overtake each other, and the last wish is heeded", async () => {
  let running = 0, most = 0, done = 0;
  const read = oneAtATime(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    done++;
  });
  const first = read();
  for (let at = 0; at < 50; at++) void read();
  await first;
  assert.equal(most, 1);
  assert.equal(done, 2);
});

test("a read that fails does not stop the next one", async () => {
  let tries = 0;
  const read = oneAtATime(async () => {
    if (!tries++) throw new Error("once");
  });
  await assert.rejects(read());
  await read();
  assert.equal(tries, 2);
});

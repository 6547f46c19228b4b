import assert from "node:assert/strict";
import { test } from "node:test";
import { address, compareAddress, isSafe, route, runAddress } from "../../Sources/SidestepPage/Page/router.js";

const back = (text) => {
  const url = new URL(text, "http://127.0.0.1:1");
  return route(url.pathname, url.search);
};

test("any id comes back from its address, through a browser's reading of it", () => {
  for (const id of ["a", "nightly/2026.1", "..", ".", "a/../b", "%2F", "ü€😀", "<img src=x>", "q?x=1#f", " ", "compare"]) {
    assert.deepEqual(back(runAddress(id)), { screen: "run", id, query: {} }, id);
    assert.deepEqual(back(compareAddress(id, "b/c")), { screen: "compare", id, other: "b/c", query: {} }, id);
  }
});

test("filters stand in the query, empty ones do not", () => {
  const made = address("/runs", { status: "failed", text: "a&b=c", user: "", after: undefined });
  assert.equal(made, "/runs?status=failed&text=a%26b%3Dc");
  assert.deepEqual(back(made), { screen: "runs", query: { status: "failed", text: "a&b=c" } });
});

test("addresses that mean no screen", () => {
  assert.equal(route("/").screen, "now");
  assert.equal(route("/inbox").screen, "inbox");
  assert.equal(route("/nothing").screen, "missing");
  assert.equal(route("/runs/%zz").id, "%zz");
});

test("links lead to the web and to this page, nowhere else", () => {
  for (const target of ["https://example.org/a", "http://example.org", "/runs/x"]) assert.ok(isSafe(target));
  for (const target of ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//example.org/x", "vbscript:x", "file:///etc", "x", "\tjava\nscript:x"]) assert.ok(!isSafe(target), target);
});

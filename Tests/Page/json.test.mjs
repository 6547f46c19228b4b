import assert from "node:assert/strict";
import { test } from "node:test";
import { isJSON, parse, Text, write } from "../../Sources/SidestepPage/Page/json.js";

test("numbers that JavaScript cannot hold stay text", () => {
  const value = parse('{"big":9223372036854775819,"small":7,"list":[1.0,1e400,-0,0.1]}');
  assert.ok(value.big instanceof Text);
  assert.equal(String(value.big), "9223372036854775819");
  assert.equal(value.small, 7);
  assert.deepEqual(value.list.map(String), ["1.0", "1e400", "-0", "0.1"]);
  assert.equal(value.list[3], 0.1);
});

test("what was read is written as it came", () => {
  for (const text of ['{"a":[1.50,12345678901234567890,{"b":null}],"c":"1.5\\n\\"x\\""}', "[]", "{}", "1e2", '"\\ud83d\\ude00 2.5"']) {
    assert.equal(write(parse(text)), text.replace("\\ud83d\\ude00", "\u{1f600}"));
  }
});

test("it is indented like a person would", () => {
  assert.equal(write(parse('{"a":[1.0,2],"b":{},"c":[]}'), "  "), '{\n  "a": [\n    1.0,\n    2\n  ],\n  "b": {},\n  "c": []\n}');
});

test("a member named __proto__ is one like any other", () => {
  const value = parse('{"__proto__":{"x":1.0}}');
  assert.deepEqual(Object.keys(value), ["__proto__"]);
  assert.equal({}.x, undefined);
});

test("what is no JSON is refused", () => {
  for (const text of ['{"a":1.0', "[1.0,]", '{"a" 1.0}', "1.0 2.0", "[1.0}", '{1.0:2}', '"1.0', "01.0", "NaN1.0"]) {
    assert.equal(isJSON(text), false, text);
  }
});

test("undefined members are left out, as JSON.stringify does", () => {
  assert.equal(write({ a: undefined, b: 1 }), '{"b":1}');
});

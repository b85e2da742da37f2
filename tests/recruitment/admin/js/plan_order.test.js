// Where a block of a plan goes when it is dragged or moved by keys.

import assert from "node:assert/strict";
import { test } from "node:test";

import { filled, freshKey, listAt, placeAt, step } from "../../../../recruitment/static/recruitment/admin/plan_order.js";

const boxes = [{ top: 0, bottom: 100 }, { top: 100, bottom: 200 }, { top: 220, bottom: 300 }];

test("a block is put before the one whose upper half it is let go over", () => {
  const at = (y) => placeAt(boxes, y);
  assert.deepEqual([-5, 49, 50, 149, 150, 259, 260, 900].map(at), [0, 0, 1, 1, 2, 2, 3, 3]);
  assert.equal(placeAt([], 10), 0);
});

test("the list under the pointer is meant, between two the nearer one", () => {
  assert.deepEqual([-40, 50, 150, 205, 215, 400].map((y) => listAt(boxes, y)), [0, 0, 1, 1, 2, 2]);
});

test("a key moves by one place, into the next stage where this one ends, and no further than the last", () => {
  const lengths = [2, 0, 1];
  assert.deepEqual(step(lengths, 0, 0, 1), [0, 1]);
  assert.deepEqual(step(lengths, 0, 1, -1), [0, 0]);
  assert.deepEqual(step(lengths, 0, 1, 1), [1, 0]);
  assert.deepEqual(step(lengths, 2, 0, -1), [1, 0]);
  assert.deepEqual(step([2, 3], 1, 0, -1), [0, 2]);
  assert.equal(step(lengths, 0, 0, -1), null);
  assert.equal(step(lengths, 2, 0, 1), null);
});

test("a new block takes the first key that is free", () => {
  assert.equal(freshKey("q", ["q1", "qn1", "sn2", "qn3"]), "qn2");
  assert.equal(freshKey("s", []), "sn1");
});

test("a sentence keeps what nobody fills in", () => {
  assert.equal(filled("“{what}”：第 {place} 个，共 {count} 个{x}", { what: "自我介绍", place: 1, count: 3 }), "“自我介绍”：第 1 个，共 3 个{x}");
});

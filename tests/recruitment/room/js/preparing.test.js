// The time to prepare: it runs on over reloads, and ends once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createPreparation } from "../../../../recruitment/room/static/room/preparing.js";
import { given } from "./helpers.js";

function preparing(context, storage) {
  given(context, { sessionStorage: storage });
  context.mock.timers.enable({ apis: ["setInterval", "Date"], now: 1e12 });
  const said = [];
  const preparation = createPreparation();
  return { said, preparation, start: (key, seconds) => preparation.start(key, seconds, (left) => said.push(left)) };
}

const memory = () => {
  const kept = {};
  return { kept, getItem: (key) => kept[key] ?? null, setItem: (key, value) => Object.assign(kept, { [key]: value }) };
};

test("the seconds that are left are said at once, twice a second, and zero once", (context) => {
  const { said, start } = preparing(context, memory());
  start("a", 2);
  for (let half = 0; half < 20; half += 1) context.mock.timers.tick(500);
  assert.deepEqual(said, [2, 2, 1, 1, 0]);
});

test("after a reload it goes on where it was; another question begins anew", (context) => {
  const storage = memory();
  const first = preparing(context, storage);
  first.start("a", 30);
  context.mock.timers.tick(12000);
  first.preparation.stop();
  const said = [];
  createPreparation().start("a", 30, (left) => said.push(left));
  createPreparation().start("b", 30, (left) => said.push(left));
  assert.deepEqual(said, [18, 30]);
  assert.deepEqual(Object.keys(storage.kept), ["a", "b"]);
});

test("a time that is over when the page is back ends at once", (context) => {
  const { said, start } = preparing(context, memory());
  start("a", 5);
  context.mock.timers.tick(60000);
  said.length = 0;
  start("a", 5);
  context.mock.timers.tick(5000);
  assert.deepEqual(said, [0]);
});

test("stopped is stopped, and another start ends the one before", (context) => {
  const { said, start, preparation } = preparing(context, memory());
  start("a", 100);
  start("b", 50);
  context.mock.timers.tick(500);
  preparation.stop();
  context.mock.timers.tick(5000);
  assert.deepEqual(said, [100, 50, 50]);
});

test("where nothing may be stored the time begins with the page", (context) => {
  const forbidden = () => {
    throw new Error("forbidden");
  };
  const { said, start } = preparing(context, { getItem: forbidden, setItem: forbidden });
  start("a", 3);
  assert.deepEqual(said, [3]);
});

// Coming in: one request at a time, and only the newest one speaks.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { visibilityState: "visible" };
const { Refusal } = await import("../../../../recruitment/room/static/room/api.js");
const { createEntry } = await import("../../../../recruitment/room/static/room/entry.js");

const settle = () => new Promise((done) => void setImmediate(done));

/** An entry whose server answers when the test says so: `answers` holds what is asked, `told` what the page hears. */
function asking() {
  const answers = [];
  const told = [];
  const kept = [];
  const entry = createEntry({
    api: { post: (path, body) => new Promise((resolve, reject) => void answers.push({ body, resolve, reject })) },
    life: { tell: (event) => told.push(event), epoch: () => null },
    memory: { entered: (epoch) => kept.push(epoch) },
    device: () => ({}),
    load: async () => undefined,
    onHeard: () => undefined,
  });
  return { entry, answers, told, kept };
}

test("the epoch of an entry is told once the page has been loaded", async () => {
  const { entry, answers, told, kept } = asking();
  entry.enter();
  await settle();
  answers[0].resolve({ epoch: 3 });
  await settle();
  assert.deepEqual([told, kept], [[{ type: "entered", epoch: 3 }], [3]]);
});

test("an entry that was asked for before the page stopped is not taken for the one after it", async () => {
  for (const isRefused of [false, true]) {
    const { entry, answers, told, kept } = asking();
    entry.enter();
    await settle();
    entry.stop();
    entry.enter();
    await settle();
    assert.equal(answers.length, 1, "the second waits, so that its epoch is the newest");
    if (isRefused) answers[0].reject(new Refusal(409, { code: "resume_over" }));
    else answers[0].resolve({ epoch: 2 });
    await settle();
    assert.deepEqual([told, kept], [[], []]);
    answers[1].resolve({ epoch: 3 });
    await settle();
    assert.deepEqual([told, kept], [[{ type: "entered", epoch: 3 }], [3]]);
  }
});

test("what was wished for with an entry that came to nothing goes with the next one", async () => {
  const { entry, answers } = asking();
  entry.wantIn(false, ["recording"]);
  entry.enter();
  await settle();
  entry.stop();
  entry.enter();
  answers[0].resolve({ epoch: 2 });
  await settle();
  assert.deepEqual(answers.map(({ body }) => body.consents), [["recording"], ["recording"]]);
});

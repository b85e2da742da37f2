// Faces before the camera: what is counted, never two frames at once, what ends it, and what is sent of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { given, settle } from "./helpers.js";
import { openPage } from "./page.js";

openPage();
const { costs, createFaces, createTally } = await import("../../../../recruitment/room/static/room/faces.js");
const QUIET = { late: 0, waiting: 0, battery: null, took: 0 };

/** A page whose clock, worker and recorder are in the test's hand. */
async function watching(context, { lacks = [], battery = null } = {}) {
  const at = { now: 0, recording: false, kept: 0, chunks: 0, seconds: 0, asked: [], sent: [], ended: false, question: 7 };
  const worker = {
    postMessage: (message) => at.asked.push(message.frame ? "frame" : "open"),
    terminate: () => (at.ended = true),
  };
  const window = { Worker: 1, createImageBitmap: 1, OffscreenCanvas: 1, WebAssembly: 1 };
  lacks.forEach((name) => delete window[name]);
  given(context, {
    window,
    navigator: battery ? { getBattery: async () => battery } : {},
    performance: { now: () => at.now },
    Worker: function Worker() {
      return worker;
    },
    createImageBitmap: async () => ({}),
    setInterval: (look) => (at.look = look),
    clearInterval: () => (at.look = () => undefined),
  });
  const faces = createFaces({
    config: { worker: "/w.js", degrees: 30 },
    api: {
      put: async (path, body) => at.sent.push([path, body]),
      post: async (path) => at.sent.push([path]),
    },
    epoch: () => 3,
    open: () => ({ question: { id: at.question } }),
    isRecording: () => at.recording,
    queue: { recorded: () => ({ segments: at.kept }), waiting: (question) => (question ? { chunks: at.chunks } : { seconds: at.seconds }) },
    video: () => ({ srcObject: {} }),
  });
  await settle();
  const go = async (milliseconds, step = 250) => {
    for (let done = 0; done < milliseconds; done += step) {
      at.now += step;
      at.look();
      await settle(3);
    }
  };
  const hear = (data) => worker.onmessage({ data });
  return { at, faces, go, hear };
}

test("of each frame one thing is counted of whether a face is there, and how many", () => {
  const tally = createTally(30);
  assert.equal(tally.said(), null);
  [[1, 29], [1, 31], [0, 0], [2, 0], [2, 45]].forEach(([faces, turned]) => tally.add({ faces, turned }));
  assert.deepEqual(tally.said(), { seconds: 10, frames: 5, absent: 1, away: 2, several: 2 });
  tally.stop("slow");
  tally.stop("failed");
  assert.deepEqual(tally.said(), { reason: "slow" }, "no number beside a reason");
});

test("whatever costs the recording anything ends it", () => {
  assert.equal(costs(QUIET), "");
  assert.equal(costs({ ...QUIET, took: 1001 }), "slow");
  assert.equal(costs({ ...QUIET, late: 1001 }), "lagging");
  assert.equal(costs({ ...QUIET, waiting: 11 }), "lagging");
  assert.equal(costs({ ...QUIET, battery: { level: 0.19, charging: false } }), "saving");
  assert.equal(costs({ ...QUIET, battery: { level: 0.19, charging: true } }), "");
});

test("a frame every two seconds while it records, never two at once, sent when the recording is there", async (context) => {
  const { at, go, hear } = await watching(context);
  await go(500);
  hear({ ready: true });
  await go(500);
  assert.deepEqual(at.asked, ["open"], "nothing is looked at before it records");
  at.recording = true;
  await go(750);
  assert.deepEqual(at.asked, ["open", "frame"], "the second waits for the first");
  hear({ faces: 1, turned: 3 });
  await go(1000);
  assert.equal(at.asked.length, 2);
  await go(500);
  assert.equal(at.asked.length, 3);
  hear({ faces: 0, turned: 0 });
  at.recording = false;
  at.chunks = 1;
  at.kept = 1;
  await go(1000);
  assert.deepEqual(at.sent, [], "the recording comes first");
  at.chunks = 0;
  await go(1000);
  assert.deepEqual(at.sent, [["answers/7/faces", { epoch: 3, seconds: 4, frames: 2, absent: 1, away: 0, several: 0 }]]);
});

test("a frame that takes too long ends it for the answer; the next answer tries anew", async (context) => {
  const { at, go, hear } = await watching(context);
  hear({ ready: true });
  at.recording = true;
  await go(1500);
  hear({ faces: 1, turned: 0 });
  await go(4000);
  assert.deepEqual(at.asked, ["open", "frame"]);
  at.recording = false;
  at.kept = 1;
  await go(250);
  assert.deepEqual(at.sent, [["answers/7/faces", { epoch: 3, reason: "slow" }]]);
  Object.assign(at, { recording: true, question: 8, kept: 0 });
  await go(250);
  assert.deepEqual(at.asked, ["open", "frame", "frame"]);
});

for (const [what, change, reason] of [
  ["a queue that grows", { seconds: 11 }, "lagging"],
  ["a worker that cannot", "failed", "failed"],
]) {
  test(`${what} ends it`, async (context) => {
    const { at, go, hear } = await watching(context);
    hear(change === "failed" ? { failed: true } : { ready: true });
    Object.assign(at, { recording: true }, change === "failed" ? {} : change);
    await go(500);
    Object.assign(at, { recording: false, kept: 1 });
    await go(250);
    assert.deepEqual([at.asked, at.sent], [["open"], [["answers/7/faces", { epoch: 3, reason }]]]);
  });
}

test("a page that stood still, a low battery, and a browser that cannot are told apart", async (context) => {
  for (const [options, step, reason] of [
    [{}, 1500, "lagging"],
    [{ battery: { level: 0.1, charging: false } }, 250, "saving"],
    [{ lacks: ["OffscreenCanvas"] }, 250, "unsupported"],
  ]) {
    const { at, go, hear } = await watching(context, options);
    if (at.asked.length) hear({ ready: true });
    at.recording = true;
    await go(step, step);
    Object.assign(at, { recording: false, kept: 1 });
    await go(250);
    assert.deepEqual(at.sent, [["answers/7/faces", { epoch: 3, reason }]]);
  }
});

test("another take is counted anew; what was counted of the one that was thrown away is forgotten", async (context) => {
  const { at, go, hear } = await watching(context);
  hear({ ready: true });
  for (const faces of [0, 1]) {
    at.recording = true;
    await go(250);
    hear({ faces, turned: 0 });
    at.recording = false;
    at.chunks = 1 - faces;
    await go(2500);
  }
  assert.deepEqual(at.sent, [["answers/7/faces", { epoch: 3, seconds: 2, frames: 1, absent: 0, away: 0, several: 0 }]]);
});

test("taken back: the worker ends at once, the server deletes, nothing is sent of what was counted", async (context) => {
  const { at, faces, go, hear } = await watching(context);
  hear({ ready: true });
  at.recording = true;
  await go(250);
  hear({ faces: 1, turned: 0 });
  await faces.withdraw();
  at.recording = false;
  await go(1000);
  assert.deepEqual([at.ended, at.sent], [true, [["faces/withdraw"]]]);
});

test("taken back on another page: the worker ends, and nothing is asked or sent any more", async (context) => {
  const { at, faces, go, hear } = await watching(context);
  hear({ ready: true });
  at.recording = true;
  await go(250);
  hear({ faces: 1, turned: 0 });
  faces.takenBack();
  at.recording = false;
  await go(3000);
  assert.deepEqual([at.ended, at.sent, at.asked], [true, [], ["open", "frame"]]);
});

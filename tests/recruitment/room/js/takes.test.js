// What may be done with a spoken answer in each phase, and when it stops or goes on by itself.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  createRestarts, createSilence, createSleepWatch, endOf, maySubmit, reminderOf, takesOf,
} from "../../../../recruitment/room/static/room/takes.js";

const PHASES = ["closed", "opening", "ready", "recording", "stopping", "recorded", "lost", "failed", "sending"];
const standing = (more) => ({ medium: "video", has: false, hasOwn: false, isFull: false, mayRetake: true, ...more });
const shown = (more) => Object.entries(takesOf(standing(more))).filter(([, isShown]) => isShown).map(([name]) => name);
const inEach = (more) => PHASES.map((phase) => shown({ phase, ...more }).join(" "));

test("with nothing recorded", () => {
  assert.deepEqual(inEach({}), ["", "", "record", "stop", "", "more", "again", "again", ""]);
});

test("with something recorded here", () => {
  const own = { has: true, hasOwn: true };
  assert.deepEqual(inEach(own), [
    "", "", "record", "stop", "", "more retake replay", "retake again", "again", "",
  ]);
  assert.deepEqual(shown({ phase: "recorded", ...own, isFull: true }), ["retake", "replay"]);
  assert.deepEqual(shown({ phase: "recorded", ...own, mayRetake: false }), ["more", "replay"]);
  assert.deepEqual(shown({ phase: "recorded", has: true }), ["more", "retake"], "what lies elsewhere is not played");
});

test("a file comes from the camera app and from nowhere else", () => {
  const file = { medium: "file" };
  assert.deepEqual(inEach(file), ["", "", "file", "", "", "file", "", "file", ""]);
  assert.deepEqual(inEach({ ...file, has: true, hasOwn: true }), [
    "", "", "file", "", "", "replay file", "", "file", "",
  ]);
  assert.deepEqual(shown({ phase: "recorded", ...file, has: true, hasOwn: true, mayRetake: false }), ["replay"]);
});

test("handing in needs something, and no recorder that runs", () => {
  assert.deepEqual(PHASES.filter((phase) => maySubmit(phase, true)), ["recorded", "lost", "failed", "sending"]);
  assert.deepEqual(PHASES.filter((phase) => maySubmit(phase, false)), []);
});

test("a mark is said when the time passes it, once, and not before", () => {
  const said = [40, 31, 30, 29.7, 12, 10.1, 9.8, 3, 0];
  assert.deepEqual(said.map((left, at) => reminderOf(at ? said[at - 1] : 60, left)), [0, 0, 30, 0, 0, 0, 10, 0, 0]);
  assert.equal(reminderOf(20, 15), 0, "an answer that had less time from the start");
  assert.equal(reminderOf(45, 5), 10, "a phone that slept over both hears the nearer one");
});

test("a recording ends by its time, by bytes or by seconds that wait", () => {
  const none = { bytes: 0, seconds: 0 };
  assert.equal(endOf(59.9, 60, none), "");
  assert.equal(endOf(60, 60, none), "time_over");
  assert.equal(endOf(1, 60, { bytes: 64 * 1024 * 1024, seconds: 600 }), "");
  assert.equal(endOf(1, 60, { bytes: 64 * 1024 * 1024 + 1, seconds: 0 }), "queue_full");
  assert.equal(endOf(1, 60, { bytes: 0, seconds: 600.1 }), "queue_full");
});

test("six seconds of silence are said once; a sound begins anew", () => {
  const silence = createSilence();
  const hear = (level, times) => Array.from({ length: times }, () => silence.isLong(level)).filter(Boolean).length;
  assert.equal(hear(0, 59), 0);
  assert.equal(hear(0.5, 1), 0);
  assert.equal(hear(0.01, 59), 0);
  assert.equal(hear(0.01, 1), 1);
  assert.equal(hear(0.01, 200), 0);
  silence.over();
  assert.equal(hear(0, 60), 1);
});

test("a device that is lost a fourth time within fifteen seconds waits for a hand", () => {
  const restarts = createRestarts();
  assert.deepEqual([0, 1000, 2000].map((at) => restarts.may(at)), [true, true, true]);
  assert.equal(restarts.may(3000), false);
  assert.equal(restarts.may(20000), true, "later it may again");
  [20001, 20002].forEach((at) => restarts.may(at));
  assert.equal(restarts.may(20003), false);
  restarts.forgive();
  assert.equal(restarts.may(20004), true);
});

test("a sleep is a clock that did not tick, and is told once", () => {
  const sleep = createSleepWatch();
  const at = (milliseconds) => 1e9 + milliseconds;
  sleep.start(at(0));
  [250, 500, 3400].forEach((tick) => sleep.tick(at(tick)));
  assert.equal(sleep.hasSlept(at(3500)), false, "three seconds are no sleep");
  assert.equal(sleep.hasSlept(at(6600)), true, "no tick until somebody is back");
  assert.equal(sleep.hasSlept(at(6700)), false);
  sleep.tick(at(16000)); // the first tick after a sleep, before anybody is seen
  assert.equal(sleep.hasSlept(at(17000)), true);
  assert.equal(sleep.hasSlept(at(17100)), false);
});

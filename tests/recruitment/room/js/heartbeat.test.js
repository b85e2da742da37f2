// Signs of life: one at a time, of this epoch, and what is told of the line.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Refusal, Unreachable } from "../../../../recruitment/room/static/room/api.js";
import { startHeartbeat } from "../../../../recruitment/room/static/room/heartbeat.js";
import { given, promised, settle } from "./helpers.js";

function beating(context, { answers = [], epoch = () => 1 } = {}) {
  given(context, { document: { visibilityState: "visible" } });
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1e12 });
  const said = [];
  const post = async (path, body, options) => {
    said.push(`${path} ${JSON.stringify(body)}`);
    assert.deepEqual(options, { timeout: 5000, retries: 0 });
    const answer = answers.shift();
    if (answer) await answer();
  };
  const heartbeat = startHeartbeat({
    api: { post },
    epoch,
    onRefusal: (error, used) => said.push(`${error.code} of ${used}`),
    onUnsteady: () => said.push("unsteady"),
    onHeard: () => said.push("heard"),
    onLost: (at) => said.push(`lost ${at - 1e12}`),
  });
  context.after(() => heartbeat.stop());
  const pass = async (milliseconds) => {
    context.mock.timers.tick(milliseconds);
    await settle();
  };
  return { heartbeat, said, pass };
}

const BEAT = 'heartbeat {"epoch":1,"visible":true}';
const offline = () => {
  throw new Unreachable();
};

test("a beat every nine to eleven seconds, and it says whether the page is seen", async (context) => {
  const { said, pass } = beating(context);
  await pass(8999);
  assert.deepEqual(said, []);
  await pass(2001);
  assert.deepEqual(said, [BEAT, "heard"]);
  document.visibilityState = "hidden";
  await pass(11000);
  assert.deepEqual(said.slice(2), [BEAT.replace("true", "false"), "heard"]);
});

test("without a line: again after three seconds, and unsteady after fifteen", async (context) => {
  const { said, pass } = beating(context, { answers: Array(9).fill(offline) });
  await pass(11000);
  assert.deepEqual(said, [BEAT, "lost 11000"]);
  await pass(3000);
  assert.deepEqual(said.slice(2), [BEAT, "lost 14000"]);
  await pass(3000);
  assert.deepEqual(said.slice(4), [BEAT, "lost 17000", "unsteady"]);
});

test("a beat that took longer than it may knows nothing of the time before its limit", async (context) => {
  const frozen = promised();
  const { said, pass, heartbeat } = beating(context, { answers: [() => frozen.promise] });
  heartbeat.now();
  await pass(60000);
  frozen.reject(new Unreachable());
  await settle();
  assert.equal(said[1], "lost 55000");
});

test("a refusal is said with the epoch that was refused; one of the past is not", async (context) => {
  let epoch = 1;
  const refuse = () => {
    throw new Refusal(409, { code: "stale_epoch" });
  };
  const late = promised();
  const { said, heartbeat } = beating(context, { answers: [refuse, () => late.promise], epoch: () => epoch });
  await heartbeat.now();
  assert.deepEqual(said, [BEAT, "stale_epoch of 1"]);
  const beat = heartbeat.now();
  epoch = 2; // the page has entered again meanwhile
  late.reject(new Refusal(409, { code: "stale_epoch" }));
  await beat;
  assert.deepEqual(said.slice(2), [BEAT]);
});

test("never two at once, none after the end, none without an epoch", async (context) => {
  let epoch = 1;
  const first = promised();
  const { said, pass, heartbeat } = beating(context, { answers: [() => first.promise], epoch: () => epoch });
  heartbeat.now();
  await heartbeat.now();
  assert.deepEqual(said, [BEAT]);
  first.resolve();
  await settle();
  epoch = null;
  await heartbeat.now();
  epoch = 1;
  heartbeat.stop();
  await heartbeat.now();
  await pass(60000);
  assert.deepEqual(said, [BEAT, "heard"]);
});

// Writes that carry the page's epoch: sent again when the page entered again meanwhile, and never for a page that is over.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Refusal, Unreachable } from "../../../../recruitment/room/static/room/api.js";
import { createLife, createWrites, leaveRoom, Over } from "../../../../recruitment/room/static/room/life.js";

/** A page that runs with epoch 1, and a server that answers by script; `asked` is what reached it. */
function running(answers, isHidden = () => false) {
  const deeds = [];
  const asked = [];
  const life = createLife((deed) => deeds.push(deed.do));
  life.tell({ type: "wants_in", needsCheck: false });
  life.tell({ type: "entered", epoch: 1 });
  const call = async (path, body) => {
    const sent = typeof body === "function" ? body() : body;
    asked.push(sent.epoch);
    return answers.shift()(sent);
  };
  const onInterrupted = (error, used) => life.tell({ type: "refused", no: { status: 409, code: error.code, used, isHidden: isHidden() } });
  const writes = createWrites({ api: { post: call, put: call }, life, onInterrupted });
  return { life, writes, asked, deeds };
}

const refuse = (status, code) => () => {
  throw new Refusal(status, { code });
};
const settle = () => new Promise((done) => void setImmediate(done));

test("a write carries the epoch and what it is given", async () => {
  const { writes } = running([(sent) => sent]);
  assert.deepEqual(await writes.post("answers/5/finish", () => ({ segments: [] })), { epoch: 1, segments: [] });
});

test("stale because of our own entry: sent again with the new epoch, whoever was first", async () => {
  for (const isDone of [false, true]) {
    const { life, writes, asked } = running([
      () => {
        life.tell({ type: "refused", no: { status: 409, code: "interrupted", used: 1 } });
        if (isDone) life.tell({ type: "entered", epoch: 2 });
        return refuse(409, "stale_epoch")();
      },
      () => "saved",
    ]);
    const written = writes.put("answers/5/text", () => ({ text: "x" }));
    await settle();
    if (!isDone) {
      assert.deepEqual(asked, [1], "it waits until the page is in again");
      life.tell({ type: "entered", epoch: 2 });
    }
    assert.equal(await written, "saved");
    assert.deepEqual(asked, [1, 2]);
    assert.equal(life.place(), "running");
  }
});

test("stale because of another page: refused, once", async () => {
  const { writes, asked } = running([refuse(409, "stale_epoch")]);
  await assert.rejects(writes.post("stages/1/finish", () => ({})), { code: "stale_epoch" });
  assert.deepEqual(asked, [1]);
});

test("interrupted: the page enters again, and the write follows", async () => {
  const { life, writes, asked, deeds } = running([refuse(409, "interrupted"), () => "saved"]);
  const written = writes.post("stages/1/finish", () => ({}));
  await settle();
  assert.equal(deeds.filter((deed) => deed === "enter").length, 2);
  life.tell({ type: "entered", epoch: 2 });
  assert.equal(await written, "saved");
  assert.deepEqual(asked, [1, 2]);
});

test("interrupted while nobody is there: the write waits until somebody is, and does not ask meanwhile", async () => {
  let isHidden = true;
  const { life, writes, asked } = running([refuse(409, "interrupted"), () => "saved"], () => isHidden);
  const written = writes.post("stages/1/finish", () => ({}));
  await settle();
  assert.deepEqual([asked, life.isEntering()], [[1], false]);
  isHidden = false;
  life.tell({ type: "refused", no: { status: 409, code: "interrupted", used: 1 } }); // the beat of the page that is seen
  await settle();
  assert.deepEqual([asked, life.isEntering()], [[1], true]);
  life.tell({ type: "entered", epoch: 2 });
  assert.equal(await written, "saved");
});

test("a write that began while the page entered waits for its epoch", async () => {
  const { life, writes, asked } = running([() => "saved"]);
  life.tell({ type: "refused", no: { status: 409, code: "interrupted", used: 1 } });
  const written = writes.post("x", () => ({}));
  await settle();
  assert.deepEqual(asked, []);
  life.tell({ type: "entered", epoch: 2 });
  assert.equal(await written, "saved");
  assert.deepEqual(asked, [2]);
});

test("a page that is over writes nothing: neither at once nor on a later try", async () => {
  const { life, writes, asked } = running([refuse(409, "interrupted")]);
  const waiting = writes.post("x", () => ({}));
  await settle();
  life.tell({ type: "entry_refused", no: { status: 409, code: "resume_over" } });
  await assert.rejects(waiting, Over);
  await assert.rejects(writes.post("x", () => ({})), Over);
  assert.deepEqual(asked, [1], "an epoch that is null is never sent");

  // Taken over while a try was pending: the next one has no epoch to carry.
  const other = running([]);
  let again = null;
  const post = (path, body) => {
    again = body;
    return new Promise(() => {});
  };
  createWrites({ api: { post }, life: other.life, onInterrupted: () => undefined }).post("x", () => ({}));
  await settle();
  other.life.tell({ type: "refused", no: { status: 409, code: "stale_epoch", used: 1 } });
  assert.throws(again, Over);
});

test("other failures are the writer's own", async () => {
  const { writes } = running([refuse(422, "chunks_missing"), () => { throw new Unreachable("offline"); }]);
  await assert.rejects(writes.post("x", () => ({})), { code: "chunks_missing" });
  await assert.rejects(writes.post("x", () => ({})), Unreachable);
});

/** Somebody leaves: what the server says to it, and how long what was said takes to be sent. */
function leaving(choice, answer, send = async () => undefined) {
  const asked = [];
  const post = async (path, body, options) => {
    asked.push([path, body(), options.retries]);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const wish = { choice, cause: "", note: "" };
  const told = [];
  const life = { tell: ({ type }) => told.push(type) };
  return { asked, told, wish, result: leaveRoom({ life, writes: { post }, wish, send }) };
}

test("leaving tells the server after what was said is sent", async () => {
  const order = [];
  const left = { state: "interrupted", resume_until: "x" };
  const { result, asked, wish } = leaving("leave", left, async () => order.push("sent"));
  assert.deepEqual(await result, left);
  assert.deepEqual([order, asked], [["sent"], [["exit", wish, 1]]]);
});

test("what cannot be sent holds nobody longer than three seconds", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { asked } = leaving("leave", {}, () => new Promise(() => {}));
  await settle();
  assert.deepEqual(asked, []);
  context.mock.timers.tick(3000);
  await settle();
  assert.equal(asked.length, 1);
  const failing = leaving("leave", {}, async () => Promise.reject(new Over()));
  assert.deepEqual(await failing.result, {});
});

test("who leaves for now may leave without a line; what ends for good must be heard", async () => {
  const offline = new Unreachable("offline");
  assert.deepEqual(await leaving("leave", offline).result, {});
  await assert.rejects(leaving("give_up", offline).result, offline);
  await assert.rejects(leaving("withdraw", new Over()).result, Over);
  await assert.rejects(leaving("leave", new Refusal(422, { code: "cause_unknown" })).result, { code: "cause_unknown" });
  assert.deepEqual(await leaving("leave", new Refusal(409, { code: "stale_epoch" })).result, {});
});

test("the page knows while the server is being told, and again when it stays after all", async () => {
  const offline = new Unreachable("offline");
  for (const [choice, answer, expected] of [
    ["leave", {}, ["leaving"]],
    ["leave", offline, ["leaving"]],
    ["give_up", new Refusal(409, { code: "ended", state: "completed" }), ["leaving"]],
    ["give_up", offline, ["leaving", "stays"]],
    ["leave", new Refusal(422, { code: "cause_unknown" }), ["leaving", "stays"]],
  ]) {
    const { result, told } = leaving(choice, answer);
    await result.catch(() => undefined);
    assert.deepEqual(told, expected, `${choice}, ${answer}`);
  }
});

test("an interview that has ended meanwhile says how", async () => {
  for (const choice of ["leave", "give_up"]) {
    const ended = new Refusal(409, { code: "ended", state: "completed" });
    assert.deepEqual(await leaving(choice, ended).result, { state: "completed" });
  }
});

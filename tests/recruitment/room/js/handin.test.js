// Handing in a spoken answer: everything is sent, every chunk is named, what the server misses is sent again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Refusal } from "../../../../recruitment/room/static/room/api.js";
import { handIn } from "../../../../recruitment/room/static/room/handin.js";

const NAMED = [{ number: 0, chunks: 1, sha256: ["a"] }];

/** One answer at its end: `answers` is what the server says to each try, `done` what was done in order. */
function ending({ answers = [], listed = NAMED, resends = [], isOpen = () => true }) {
  const done = [];
  const queue = {
    drained: async () => done.push("drained"),
    listed: () => listed,
    resend: async (_question, missing) => {
      done.push(`resend ${missing.length}`);
      return resends.shift();
    },
    forget: async () => done.push("forget"),
  };
  const post = async (path, body) => {
    done.push(`${path} ${JSON.stringify(body())}`);
    const error = answers.shift();
    if (error) throw error;
  };
  const refresh = async () => done.push("refresh");
  return { done, result: handIn({ writes: { post }, queue, question: 5, refresh, isOpen }) };
}

const missing = () => new Refusal(422, { code: "chunks_missing", missing: [{ segment: 0, seq: 0 }] });
const FINISH = `answers/5/finish ${JSON.stringify({ segments: NAMED })}`;

test("sent, looked at anew, named, forgotten: in this order", async () => {
  const { result, done } = ending({});
  assert.equal(await result, "done");
  assert.deepEqual(done, ["drained", "refresh", FINISH, "forget"]);
});

test("what the server misses is sent again, and it is named again", async () => {
  const { result, done } = ending({ answers: [missing(), missing(), null], resends: [true, true] });
  assert.equal(await result, "done");
  assert.deepEqual(done, ["drained", "refresh", FINISH, "resend 1", FINISH, "resend 1", FINISH, "forget"]);
});

test("where sending again is no use the refusal is the answer, and nothing is forgotten", async () => {
  const { result, done } = ending({ answers: [missing()], resends: [false] });
  await assert.rejects(result, { code: "chunks_missing" });
  assert.ok(!done.includes("forget"));
});

test("another refusal is not tried again", async () => {
  const { result, done } = ending({ answers: [new Refusal(409, { code: "answer_finished" })] });
  await assert.rejects(result, { code: "answer_finished" });
  assert.deepEqual(done, ["drained", "refresh", FINISH]);
});

test("nothing to name is not handed in", async () => {
  for (const listed of [[], [{ number: 0, chunks: 0, sha256: [], discarded: true }]]) {
    const { result, done } = ending({ listed });
    assert.equal(await result, "nothing");
    assert.deepEqual(done, ["drained", "refresh"]);
  }
});

test("a candidate who is elsewhere meanwhile hands in nothing", async () => {
  const { result, done } = ending({ isOpen: () => false });
  assert.equal(await result, "left");
  assert.deepEqual(done, ["drained", "refresh"]);
});

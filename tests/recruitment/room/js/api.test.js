// Requests: what is an answer, what is a refusal, what is no answer at all, and how often it is tried again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createApi, Refusal, Unreachable, wake } from "../../../../recruitment/room/static/room/api.js";
import { given, settle } from "./helpers.js";

/** An API whose line answers by script; `asked` is what went out, `heard` what was said of the line. */
function apiOn(context, answers) {
  const asked = [];
  const heard = [];
  given(context, {
    fetch: async (url, options) => {
      asked.push({ url, ...options });
      return answers.shift()(options);
    },
  });
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const api = createApi("/room/api/", { onTrouble: () => heard.push("trouble"), onWell: () => heard.push("well") });
  return { api, asked, heard };
}

const say = (status, text) => async () => new Response(status === 204 ? null : text, { status });
const cut = async () => {
  throw new TypeError("failed to fetch");
};
/** Lets a pending pause pass, whatever its length up to twenty seconds. */
async function later(context, milliseconds = 20000) {
  await settle();
  context.mock.timers.tick(milliseconds);
  await settle();
}

test("an answer is what the server wrote, and nothing for nothing", async (context) => {
  const { api, asked, heard } = apiOn(context, [say(200, '{"epoch": 2}'), say(204), say(200, "<html>"), say(200, "null")]);
  assert.deepEqual(await api.post("enter", { device: {} }), { epoch: 2 });
  assert.deepEqual([await api.get("a"), await api.get("b"), await api.get("c")], [{}, {}, {}]);
  assert.deepEqual(heard, ["well", "well", "well", "well"]);
  const [first, second] = asked;
  assert.deepEqual(
    [first.url, first.method, first.body, first.headers, first.credentials],
    ["/room/api/enter", "POST", '{"device":{}}', { "Content-Type": "application/json" }, "same-origin"],
  );
  assert.deepEqual([second.method, second.body, second.headers], ["GET", undefined, {}]);
});

test("a refusal is at once, with its code and its body, and the line is well", async (context) => {
  const { api, asked, heard } = apiOn(context, [
    say(409, '{"code": "revision_conflict", "revision": 7}'), say(422, "not json"), say(501, "{}"),
  ]);
  await assert.rejects(api.put("x", {}), (error) => {
    assert.ok(error instanceof Refusal);
    assert.deepEqual([error.status, error.code, error.body.revision], [409, "revision_conflict", 7]);
    return true;
  });
  await assert.rejects(api.put("x", {}), { status: 422, code: "" });
  await assert.rejects(api.put("x", {}), { status: 501 });
  assert.deepEqual([asked.length, heard], [3, ["well", "well", "well"]]);
});

test("without an answer it is tried again, patiently, and a body is made anew for each try", async (context) => {
  const { api, asked, heard } = apiOn(context, [cut, say(502, ""), say(503, '{"code": "down"}'), say(429, "{}"), say(200, '{"a": 1}')]);
  let epoch = 0;
  const answer = api.post("x", () => ({ epoch: (epoch += 1) }));
  for (const [pause, tries] of [[799, 1], [401, 2], [1500, 2], [900, 3], [4800, 4], [9600, 5]]) {
    await later(context, pause);
    assert.equal(asked.length, tries, `after ${pause}`);
  }
  assert.deepEqual(await answer, { a: 1 });
  assert.deepEqual(asked.map((each) => each.body), [1, 2, 3, 4, 5].map((number) => `{"epoch":${number}}`));
  assert.deepEqual(heard, ["trouble", "trouble", "trouble", "trouble", "well"]);
});

test("the tries may be counted", async (context) => {
  const { api, asked } = apiOn(context, [cut, cut, cut]);
  await assert.rejects(api.post("heartbeat", {}, { retries: 0 }), Unreachable);
  const twice = assert.rejects(api.get("state", { retries: 1 }), Unreachable);
  await later(context);
  await twice;
  assert.equal(asked.length, 3);
});

test("a pause ends when the line is back", async (context) => {
  const { api, asked } = apiOn(context, [cut, say(200, "{}")]);
  const answer = api.get("state");
  await settle();
  assert.equal(asked.length, 1);
  wake();
  await answer;
  assert.equal(asked.length, 2);
});

test("what does not answer in time is given up, and bytes have more time", async (context) => {
  const hang = ({ signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("aborted")));
    });
  const { api } = apiOn(context, [hang, hang]);
  const beat = assert.rejects(api.post("heartbeat", {}, { retries: 0, timeout: 5000 }), Unreachable);
  await later(context, 5000);
  await beat;
  let isOver = false;
  const upload = api.bytes("PUT", "chunk", new ArrayBuffer(80000), { "X-Epoch": "1" }, { retries: 0 });
  upload.catch(() => {
    isOver = true;
  });
  await later(context, 24999);
  assert.equal(isOver, false);
  await later(context, 1);
  assert.equal(isOver, true);
});

test("bytes go as they are, with their own headers", async (context) => {
  const { api, asked } = apiOn(context, [say(201, "{}")]);
  const buffer = new ArrayBuffer(3);
  await api.bytes("PUT", "chunk", buffer, { "Content-Type": "audio/webm", "X-Epoch": "4" });
  assert.equal(asked[0].body, buffer);
  assert.deepEqual(asked[0].headers, { "Content-Type": "audio/webm", "X-Epoch": "4" });
});

test("what goes wrong in making a body is nobody's line", async (context) => {
  const { api, asked, heard } = apiOn(context, []);
  const fail = () => {
    throw new RangeError("over");
  };
  await assert.rejects(api.post("x", fail), RangeError);
  assert.deepEqual([asked, heard], [[], []]);
});

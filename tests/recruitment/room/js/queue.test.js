// What waits to be sent: one chunk at a time, in order, kept until the server has it; and what becomes of a no.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Refusal, Unreachable } from "../../../../recruitment/room/static/room/api.js";
import { createQueue, OLD } from "../../../../recruitment/room/static/room/queue.js";
import { promised, settle } from "./helpers.js";

const FACTS = { interview: 7, attempt: 1, question: 5, epoch: 3, medium: "audio", mime: "audio/webm" };

/** A phone's storage in memory; `kept` is what lies on it. */
function memoryStore(found = []) {
  const kept = new Map();
  const segments = new Map(found.map((each) => [each.id, each]));
  found.forEach((each) => each.chunks.forEach((_chunk, seq) => kept.set(`${each.id}/${seq}`, new Uint8Array([seq]).buffer)));
  return {
    kept,
    ids: () => Array.from(segments.keys()),
    works: true,
    segments: async () => found,
    async keep(segment, seq, bytes) {
      segments.set(segment.id, segment);
      kept.set(`${segment.id}/${seq}`, bytes);
      return this.works;
    },
    bytes: async (id, seq) => kept.get(`${id}/${seq}`),
    note: async (segment) => segments.set(segment.id, segment),
    sent: async () => undefined,
    async forget(segment) {
      segments.delete(segment.id);
      segment.chunks.forEach((_chunk, seq) => kept.delete(`${segment.id}/${seq}`));
    },
  };
}

/** A queue whose server answers by `answer(path)`; `said` is what it was asked and what the page heard. */
function queueOn({ answer = () => undefined, store = memoryStore() } = {}) {
  const said = [];
  let open = 0;
  const api = {
    async bytes(method, path, bytes, headers) {
      open += 1;
      assert.equal(open, 1, "one at a time");
      said.push(path.replace("answers/", "").replace("segments/", "").replace("chunks/", ""));
      try {
        return await answer(path, { method, headers, bytes });
      } finally {
        open -= 1;
      }
    },
  };
  const queue = createQueue({
    api,
    store,
    post: async (path, body) => said.push(`${path} ${JSON.stringify(body)}`),
    onChange: () => undefined,
    onRefusal: (error) => said.push(`refused ${error.status}`),
    onApart: (error) => said.push(`apart ${error.code}`),
    onMemory: () => said.push("memory"),
  });
  const record = async (pieces, more) => {
    const segment = queue.open({ ...FACTS, ...more });
    for (const piece of pieces) await queue.push(segment, new Blob([piece]), 4);
    await settle();
    return segment;
  };
  return { queue, said, store, record };
}

const refuse = (status, code, more) => {
  throw new Refusal(status, { code, ...more });
};

test("chunks go in order, each with its hash, its type and the epoch of its segment", async () => {
  const sent = [];
  const { record, said } = queueOn({ answer: (path, request) => void sent.push(request) });
  await record(["one", "two"]);
  await record(["three"], { question: 6, epoch: 4 });
  assert.deepEqual(said, ["5/0/0", "5/0/1", "6/0/0"]);
  const [{ method, headers, bytes }] = sent;
  assert.equal(method, "PUT");
  assert.equal(Buffer.from(bytes).toString(), "one");
  assert.deepEqual(headers, {
    "Content-Type": "audio/webm",
    "X-Chunk-SHA256": "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
    "X-Epoch": "3",
  });
  assert.equal(sent[2].headers["X-Epoch"], "4");
});

test("the next one waits for the answer to the one before", async () => {
  const first = promised();
  const { record, said, queue } = queueOn({ answer: (path) => (path.endsWith("/0") ? first.promise : undefined) });
  await record(["one", "two"]);
  assert.deepEqual(said, ["5/0/0"]);
  assert.equal(queue.waiting().chunks, 2);
  first.resolve();
  await settle();
  assert.deepEqual(said, ["5/0/0", "5/0/1"]);
  assert.equal(queue.waiting().chunks, 0);
});

test("without a line nothing is lost, and it is tried again after three seconds or when the line is back", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let isOffline = true;
  const answer = () => {
    if (isOffline) throw new Unreachable("offline");
  };
  const { record, said, queue, store } = queueOn({ answer });
  await record(["one"]);
  context.mock.timers.tick(2999);
  await settle();
  assert.deepEqual(said, ["5/0/0"]);
  context.mock.timers.tick(1);
  await settle();
  assert.deepEqual(said, ["5/0/0", "5/0/0"]);
  assert.equal(store.kept.size, 1);
  isOffline = false;
  queue.kick();
  await settle();
  assert.equal(queue.waiting().chunks, 0);
});

test("pieces without bytes take no number, and large ones are cut at a mebibyte", async () => {
  const { record, said, queue } = queueOn();
  const segment = await record(["", new Uint8Array(1024 * 1024 + 1), ""]);
  assert.deepEqual(said, ["5/0/0", "5/0/1"]);
  assert.deepEqual(segment.chunks.map((each) => each.size), [1024 * 1024, 1]);
  assert.equal(Math.round(queue.recorded(5).seconds), 4);
});

test("a damaged chunk is sent three times, and then ends its segment before it", async () => {
  for (const code of ["hash_mismatch", "cut_off"]) {
    const { record, said, queue } = queueOn({ answer: (path) => path.endsWith("/1") && refuse(422, code) });
    await record(["one", "two", "three"]);
    assert.deepEqual(said, ["5/0/0", "5/0/1", "5/0/1", "5/0/1", `apart ${code}`]);
    assert.deepEqual(queue.listed(5).map((each) => each.chunks), [1]);
    assert.equal(queue.waiting().chunks, 0);
  }
});

test("a piece that was being hashed when its segment was cut does not take the number of the gap", async () => {
  const second = promised();
  const { record, said, queue } = queueOn({ answer: (path) => (path.endsWith("/1") ? second.promise : undefined) });
  const segment = await record(["one", "two"]);
  const late = queue.push(segment, new Blob(["three"]), 4);
  second.reject(new Refusal(413, { code: "quota_exceeded" }));
  await late;
  await settle();
  assert.deepEqual(said, ["5/0/0", "5/0/1", "apart quota_exceeded"]);
  assert.deepEqual(segment.chunks.length, 1);
});

test("a number that another page has is changed while nothing of the segment is sent", async () => {
  const taken = (path) => path.includes("segments/0/") && refuse(409, "wrong_epoch", { next_segment: 4 });
  const { record, said, queue } = queueOn({ answer: taken });
  await record(["one", "two"]);
  assert.deepEqual(said, ["5/0/0", "5/4/0", "5/4/1"]);
  assert.deepEqual(queue.listed(5).map((each) => each.number), [4]);

  const later = queueOn({ answer: (path) => path.endsWith("/1") && refuse(409, "wrong_epoch", { next_segment: 4 }) });
  await later.record(["one", "two"]);
  assert.deepEqual(later.said, ["5/0/0", "5/0/1", "apart wrong_epoch"]);

  const without = queueOn({ answer: () => refuse(409, "wrong_epoch") });
  await without.record(["one"]);
  assert.deepEqual(without.said, ["5/0/0", "apart wrong_epoch"]);
});

test("of a recording that does not fit the beginning stays, of a film nothing", async () => {
  const full = (path) => path.endsWith("/1") && refuse(413, "quota_exceeded");
  const voice = queueOn({ answer: full });
  await voice.record(["one", "two"]);
  assert.deepEqual(voice.queue.listed(5).map((each) => each.chunks), [1]);
  const film = queueOn({ answer: full });
  await film.record(["one", "two"], { medium: "file" });
  await settle();
  assert.deepEqual(film.queue.listed(5), []);
  assert.deepEqual(film.said.slice(2).sort(), ['answers/5/segments/discard {"segments":[0]}', "apart quota_exceeded"]);
});

test("signed out or not offered, nothing more is sent until it is asked for anew", async () => {
  for (const status of [401, 410, 501]) {
    let isOut = true;
    const { record, said, queue } = queueOn({ answer: () => isOut && refuse(status, "no") });
    await record(["one"]);
    await record(["two"]);
    assert.deepEqual(said, ["5/0/0", `refused ${status}`]);
    isOut = false;
    queue.kick();
    await settle();
    assert.deepEqual(said.slice(2), ["5/0/0", "5/1/0"]);
  }
});

test("what the phone has lost ends its segment, and the rest of the queue goes on", async () => {
  const store = memoryStore();
  const keep = store.keep;
  store.keep = async (segment, seq, bytes) => (bytes.byteLength === 4 ? true : keep.call(store, segment, seq, bytes));
  const { record, said, queue } = queueOn({ store });
  await record(["one", "lost", "three"]);
  await record(["other"], { question: 6 });
  assert.deepEqual(said, ["5/0/0", "6/0/0"]);
  assert.deepEqual(queue.listed(5).map((each) => each.chunks), [1]);
});

test("a storage that fails is said, and the chunk goes up all the same", async () => {
  const store = memoryStore();
  store.works = false;
  const { record, said } = queueOn({ store });
  await record(["one"]);
  assert.deepEqual(said.sort(), ["5/0/0", "memory"]);
});

test("what a discarded take is, the server hears after the chunk that is under way", async () => {
  const first = promised();
  const { record, said, queue } = queueOn({ answer: () => first.promise });
  await record(["one", "two"]);
  await queue.discard(5);
  await settle();
  assert.deepEqual(said, ["5/0/0"]);
  first.resolve();
  await settle();
  await settle();
  assert.deepEqual(said, ["5/0/0", 'answers/5/segments/discard {"segments":[0]}']);
});

test("what an earlier session left is sorted: ours, an earlier attempt's, another room's, what is old and sent", async () => {
  const left = (id, more, sent = false) => ({
    ...FACTS, id, number: 0, openedAt: Date.now(), discarded: false, apart: false,
    chunks: [{ sha256: id, size: 1, seconds: 4, sent }], ...more,
  });
  const weekAgo = { openedAt: Date.now() - OLD - 1000 };
  const store = memoryStore([
    left("mine", { question: 5 }),
    left("before", { attempt: 0, question: 6 }),
    left("foreign", { interview: 8 }),
    left("old", weekAgo, true),
    left("owed", { ...weekAgo, question: 9 }),
  ]);
  const { said, queue } = queueOn({ store });
  await queue.load(7, 1);
  await settle();
  assert.deepEqual(said, ["5/0/0", "9/0/0", "6/0/0"]);
  assert.deepEqual(store.ids(), ["mine", "owed"], "what is sent of an earlier attempt is forgotten");
  assert.deepEqual(queue.listed(6), []);
});

test("a refusal of an earlier attempt is nobody's business", async () => {
  const before = { ...FACTS, id: "x", attempt: 0, number: 0, openedAt: Date.now(), discarded: false, apart: false };
  const store = memoryStore([{ ...before, chunks: [{ sha256: "x", size: 1, seconds: 4, sent: false }] }]);
  const { said, queue } = queueOn({ store, answer: () => refuse(413, "quota_exceeded") });
  await queue.load(7, 1);
  await settle();
  assert.deepEqual([said, store.ids()], [["5/0/0"], []]);
});

test("after the end everything is sent and nothing stays, the last piece of a run neither", async () => {
  const { record, said, queue, store } = queueOn();
  const segment = await record(["one"]);
  await queue.end();
  assert.deepEqual(store.ids(), []);
  await queue.push(segment, new Blob(["last"]), 1);
  await settle();
  assert.deepEqual([said, store.ids()], [["5/0/0", "5/0/1"], []]);
});

test("drained is when nothing of the question waits, whatever else does", async () => {
  const first = promised();
  const { record, queue } = queueOn({ answer: (path) => (path.startsWith("answers/5") ? first.promise : undefined) });
  await record(["one"]);
  let isDrained = false;
  queue.drained(5).then(() => {
    isDrained = true;
  });
  await queue.drained(6);
  await settle();
  assert.equal(isDrained, false);
  first.resolve();
  await settle();
  assert.equal(isDrained, true);
});

test("what the server misses is sent again until it is no use", async () => {
  const { record, said, queue } = queueOn();
  await record(["one"]);
  const missing = [{ segment: 0, seq: 0 }];
  assert.deepEqual([await queue.resend(5, missing), await queue.resend(5, missing)], [true, true]);
  assert.equal(await queue.resend(5, missing), false);
  assert.deepEqual(said, ["5/0/0", "5/0/0", "5/0/0"]);
});

test("played back is what lies here: run after run, each up to the first piece that is gone", async () => {
  const { record, queue, store } = queueOn();
  await record(["one", "two"]);
  const second = await record(["three", "gone", "four"], { mime: "audio/mp4" });
  await record(["nothing"]).then((segment) => store.kept.delete(`${segment.id}/0`));
  store.kept.delete(`${second.id}/1`);
  const blobs = await queue.pieces(5);
  assert.deepEqual(blobs.map((blob) => blob.type), ["audio/webm", "audio/mp4"]);
  assert.deepEqual(await Promise.all(blobs.map((blob) => blob.text())), ["onetwo", "three"]);
  store.bytes = async () => {
    throw new Error("storage");
  };
  assert.deepEqual(await queue.pieces(5), []);
  assert.deepEqual(await queue.pieces(6), []);
});

test("what is forgotten is neither owed nor listed", async () => {
  const { record, queue, store } = queueOn();
  await record(["one"]);
  await queue.forget(5);
  assert.deepEqual([queue.listed(5), store.ids(), store.kept.size], [[], [], 0]);
});

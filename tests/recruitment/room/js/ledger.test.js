// What was recorded: in which order it is owed, what an answer consists of, and what another device holds of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createLedger, waitingOf } from "../../../../recruitment/room/static/room/ledger.js";

const FACTS = { interview: 7, attempt: 1, question: 5, epoch: 1, medium: "audio", mime: "audio/webm" };
const chunk = (name, more) => ({ sha256: name, size: 10, seconds: 4, sent: false, ...more });

function record(ledger, names, more) {
  const segment = ledger.open({ ...FACTS, ...more });
  segment.chunks.push(...names.map((name) => chunk(name)));
  return segment;
}

const owed = (ledger) => {
  const found = [];
  for (let item = ledger.next(); item; item = ledger.next()) {
    found.push(item.segment.chunks[item.seq].sha256);
    item.segment.chunks[item.seq].sent = true;
  }
  return found;
};

test("owed is the oldest segment's first unsent chunk, and what an earlier attempt left comes last", () => {
  const ledger = createLedger();
  ledger.recall({ ...FACTS, id: "x", attempt: 1, number: 0, chunks: [chunk("old")], discarded: false, apart: false }, 2);
  record(ledger, ["a", "b"]);
  record(ledger, ["c"], { question: 6 });
  record(ledger, ["d"]);
  assert.deepEqual(owed(ledger), ["a", "b", "c", "d", "old"]);
  assert.equal(ledger.next(), null);
});

test("what is discarded or stays apart is owed by nobody", () => {
  const ledger = createLedger();
  record(ledger, ["a"]).apart = true;
  const second = record(ledger, ["b"]);
  record(ledger, ["c"], { question: 6 });
  ledger.discard(5);
  assert.deepEqual(owed(ledger), ["c"]);
  assert.deepEqual(waitingOf(second), []);
  assert.deepEqual(ledger.recorded(5), { segments: 0, own: 0, seconds: 0 });
});

test("numbers are by question, after all that are taken here or elsewhere, discarded ones too", () => {
  const ledger = createLedger();
  assert.deepEqual([record(ledger, []).number, record(ledger, []).number], [0, 1]);
  assert.equal(record(ledger, [], { question: 6 }).number, 0);
  ledger.know(5, [{ number: 4, epoch: 9, chunks: 1, sha256: ["x"] }]);
  assert.equal(record(ledger, []).number, 5);
  ledger.discard(5);
  ledger.know(5, []);
  assert.equal(record(ledger, []).number, 6);
  assert.deepEqual(ledger.numbers(5).sort(), [0, 1, 4, 5, 6]);
});

test("a number that another page took is given up for a higher one", () => {
  const ledger = createLedger();
  const [first, second] = [record(ledger, ["a"]), record(ledger, ["b"])];
  ledger.renumber(first, 1);
  assert.equal(first.number, 2, "one is taken by the second");
  ledger.renumber(second, 7);
  assert.equal(second.number, 7);
  const old = { ...FACTS, id: "x", attempt: 0, number: 0, chunks: [], discarded: false, apart: false };
  ledger.recall(old, 1);
  assert.ok(ledger.isEarlier(old));
  ledger.renumber(old, 3);
  assert.equal(old.number, 3, "another attempt's numbers are its own");
});

test("waiting counts what is unsent, of one question or of all", () => {
  const ledger = createLedger();
  const segment = record(ledger, ["a", "b"]);
  record(ledger, ["c"], { question: 6 });
  assert.deepEqual(ledger.waiting(), { chunks: 3, seconds: 12, bytes: 30 });
  segment.chunks[0].sent = true;
  assert.deepEqual(ledger.waiting(5), { chunks: 1, seconds: 4, bytes: 10 });
  assert.equal(ledger.bytes(5), 20, "sent or not");
  assert.deepEqual(ledger.waiting(99), { chunks: 0, seconds: 0, bytes: 0 });
});

test("an answer lists its segments in order, those of another device among them", () => {
  const ledger = createLedger();
  ledger.know(5, [{ number: 0, epoch: 1, chunks: 2, sha256: ["x", "y"] }]);
  record(ledger, ["a"], { epoch: 2 });
  record(ledger, [], { epoch: 2 }); // the recorder gave nothing
  record(ledger, ["apart"], { epoch: 2 }).apart = true;
  assert.deepEqual(ledger.listed(5), [
    { number: 0, chunks: 2, sha256: ["x", "y"] },
    { number: 1, chunks: 1, sha256: ["a"] },
  ]);
  assert.deepEqual(ledger.recorded(5), { segments: 2, own: 1, seconds: 12 });
  assert.deepEqual(ledger.playable(5).map((each) => each.number), [1], "only what is here is played here");
});

test("what was discarded is named as discarded, until the server names it no more", () => {
  const ledger = createLedger();
  ledger.know(5, [{ number: 0, epoch: 1, chunks: 1, sha256: ["x"] }]);
  record(ledger, ["a"], { epoch: 2 });
  ledger.discard(5);
  const gone = (number) => ({ number, chunks: 0, sha256: [], discarded: true });
  assert.deepEqual(ledger.listed(5), [gone(0), gone(1)]);
  ledger.know(5, [{ number: 0, epoch: 1, chunks: 1, sha256: ["x"] }]);
  assert.deepEqual(ledger.listed(5), [gone(0), gone(1)], "the server has not heard it yet");
});

test("where both agree the list is as long as the server's; where they differ it is ours", () => {
  const ledger = createLedger();
  record(ledger, ["a"]);
  const listed = (epoch, sha256) => {
    ledger.know(5, [{ number: 0, epoch, chunks: sha256.length, sha256 }]);
    return ledger.listed(5).find((each) => each.number === 0).sha256;
  };
  assert.deepEqual(listed(1, ["a", "more"]), ["a", "more"]);
  assert.deepEqual(listed(1, ["other", "more"]), ["a"]);
  assert.deepEqual(listed(1, []), ["a"]);
});

test("a missing chunk is owed again, twice; what nobody has is not", () => {
  const ledger = createLedger();
  const segment = record(ledger, ["a", "b"]);
  segment.chunks.forEach((each) => Object.assign(each, { sent: true }));
  const missing = [{ segment: 0, seq: 1 }];
  for (let tries = 0; tries < 2; tries += 1) {
    assert.equal(ledger.owe(5, missing), true);
    assert.deepEqual(owed(ledger), ["b"]);
  }
  assert.equal(ledger.owe(5, missing), false);
  assert.equal(ledger.owe(5, [{ segment: 3, seq: 0 }]), false);
  assert.equal(ledger.owe(5, [{ segment: 0, seq: 9 }]), false);
  assert.equal(ledger.owe(5, []), false);
  assert.deepEqual(owed(ledger), []);
});

test("what is done is what has nothing more to send: of this attempt only after the end", () => {
  const ledger = createLedger();
  const sent = record(ledger, ["a"]);
  sent.chunks[0].sent = true;
  record(ledger, ["b"]);
  const old = { ...FACTS, id: "x", attempt: 0, number: 0, chunks: [chunk("o", { sent: true })], discarded: false, apart: false };
  ledger.recall(old, 1);
  assert.deepEqual(ledger.done(false), [old]);
  assert.deepEqual(ledger.done(true), [sent, old]);
  [sent, old].forEach(ledger.drop);
  assert.deepEqual(ledger.done(true), []);
  ledger.readmit(sent);
  ledger.readmit(sent);
  assert.equal(ledger.of(5).length, 2);
});

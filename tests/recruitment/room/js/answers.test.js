// A draft: on the phone at every key, on the server soon after, and never an older text over a newer one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { forgetDrafts, lengthOf, openDraft } from "../../../../recruitment/room/static/room/answers.js";
import { Refusal, Unreachable } from "../../../../recruitment/room/static/room/api.js";
import { given, promised, settle } from "./helpers.js";

function phone(context, { stored = {}, isForbidden = false } = {}) {
  // As the browser's: what is stored are properties of it.
  const storage = Object.assign(Object.create({
    getItem: (key) => (key in storage ? storage[key] : null),
    setItem(key, value) {
      if (isForbidden) throw new Error("forbidden");
      storage[key] = value;
    },
    removeItem: (key) => delete storage[key],
  }), stored);
  given(context, { localStorage: storage, document: { visibilityState: "visible" } });
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  return storage;
}

/** A draft on a box; `sent` are the revisions and texts that went out, `answers` what the server says to each. */
function draftOn(context, { known = null, answers = [], most = 100 } = {}) {
  const box = Object.assign(new EventTarget(), { value: "" });
  const sent = [];
  const said = [];
  const writes = {
    async put(path, body, options) {
      assert.equal(path, "answers/5/text");
      const { revision, text } = body();
      sent.push(`${revision} ${text}${options.keepalive ? " kept alive" : ""}`);
      const answer = answers.shift();
      if (answer) await answer(body);
    },
  };
  const draft = openDraft({
    writes, key: "room:7:1:5", question: { id: 5, answer: known }, box, most,
    onStatus: (kind) => said.push(kind),
    onRefusal: (error) => said.push(error.code || error.constructor.name),
  });
  context.after(() => draft.close());
  const type = (text) => {
    box.value = text;
    box.dispatchEvent(new Event("input"));
  };
  const pass = async (milliseconds) => {
    await settle();
    context.mock.timers.tick(milliseconds);
    await settle();
  };
  return { draft, box, sent, said, type, pass };
}

const refuse = (code, more) => () => {
  throw new Refusal(409, { code, ...more });
};

test("a second after the last key the text is sent; each new text has a new revision", async (context) => {
  const storage = phone(context);
  const { sent, said, type, pass, draft } = draftOn(context);
  type("a");
  await pass(900);
  type("ab");
  await pass(900);
  assert.deepEqual(sent, []);
  assert.deepEqual(JSON.parse(storage["room:7:1:5"]), { text: "ab", revision: 1 });
  await pass(100);
  assert.deepEqual([sent, said, draft.dirty()], [["1 ab"], ["saved"], false]);
  assert.equal("room:7:1:5" in storage, false, "what the server has need not lie here");
  type("abc");
  await pass(1000);
  assert.deepEqual(sent, ["1 ab", "2 abc"]);
});

test("somebody who types without a pause is saved every ten seconds", async (context) => {
  phone(context);
  const { sent, type, pass } = draftOn(context);
  for (let second = 0; second < 20; second += 1) {
    type(`a${second}`);
    await pass(500);
  }
  assert.deepEqual(sent, ["1 a19"]);
});

test("it goes on from what the server knows", async (context) => {
  phone(context);
  const { sent, type, pass, box } = draftOn(context, { known: { revision: 4, text: "known" } });
  assert.equal(box.value, "known");
  await pass(10000);
  assert.deepEqual(sent, []);
  type("known, and more");
  await pass(1000);
  assert.deepEqual(sent, ["5 known, and more"]);
});

test("an unsent copy on this phone is taken when it is newer, and only then", async (context) => {
  const stored = { "room:7:1:5": JSON.stringify({ text: "unsent", revision: 5 }) };
  const storage = phone(context, { stored });
  const newer = draftOn(context, { known: { revision: 4, text: "known" } });
  await settle();
  assert.deepEqual([newer.box.value, newer.sent], ["unsent", ["5 unsent"]]);
  for (const copy of [{ text: "old", revision: 4 }, { text: 7, revision: 9 }, "no json", null]) {
    storage["room:7:1:5"] = typeof copy === "string" ? copy : JSON.stringify(copy);
    const older = draftOn(context, { known: { revision: 4, text: "known" } });
    assert.equal(older.box.value, "known");
    assert.equal("room:7:1:5" in storage, false);
  }
});

test("another text under the same number: ours is newer and takes the next one", async (context) => {
  phone(context);
  const { sent, type, pass, draft } = draftOn(context, { answers: [refuse("revision_conflict", { revision: 8, text: "theirs" })] });
  type("ours");
  await pass(1000);
  assert.deepEqual([sent, draft.dirty()], [["1 ours", "9 ours"], false]);
});

test("the same text under the same number was only answered too late", async (context) => {
  phone(context);
  const { sent, type, pass, draft } = draftOn(context, { answers: [refuse("revision_conflict", { revision: 1, text: "ours" })] });
  type("ours");
  await pass(1000);
  assert.deepEqual([sent, draft.dirty()], [["1 ours"], false]);
});

test("a text that did not get through keeps its revision, its copy, and is said", async (context) => {
  const storage = phone(context);
  const offline = () => {
    throw new Unreachable();
  };
  const { sent, said, type, pass, draft } = draftOn(context, { answers: [offline] });
  type("a");
  await pass(1000);
  assert.deepEqual([said, draft.dirty()], [["Unreachable"], true]);
  assert.ok("room:7:1:5" in storage);
  await draft.flush();
  assert.deepEqual([sent, draft.dirty()], [["1 a", "1 a"], false]);
});

test("what is typed while a text is on its way follows it", async (context) => {
  phone(context);
  const first = promised();
  const { sent, said, type, pass, draft } = draftOn(context, { answers: [() => first.promise] });
  type("a");
  await pass(1000);
  type("ab");
  await pass(1000);
  assert.deepEqual([sent, said], [["1 a"], ["saving"]]);
  const flushed = draft.flush();
  first.resolve();
  await flushed;
  assert.deepEqual([sent, said], [["1 a", "2 ab"], ["saving", "saved"]]);
});

test("what is too long is kept here whole and not sent; shorter again, it is", async (context) => {
  const storage = phone(context);
  const { sent, said, type, pass, draft } = draftOn(context, { most: 3 });
  type("abcd");
  await pass(30000);
  await draft.flush();
  assert.deepEqual([sent, said, draft.dirty()], [[], [], true]);
  assert.equal(JSON.parse(storage["room:7:1:5"]).text, "abcd");
  type("abc");
  await pass(1000);
  assert.deepEqual(sent, ["1 abc"]);
});

test("what becomes too long while a text is on its way does not follow it", async (context) => {
  phone(context);
  const first = promised();
  const { sent, said, type, pass, draft } = draftOn(context, { most: 3, answers: [() => first.promise] });
  type("abc");
  await pass(1000);
  type("abcd");
  first.resolve();
  await pass(20000);
  assert.deepEqual([sent, said.includes("saved"), draft.dirty()], [["1 abc"], false, true]);
});

test("characters are counted whole, as the server counts them", () => {
  assert.deepEqual(["", "abc", "汉字", "𠮷𠮷", "👍"].map(lengthOf), [0, 3, 2, 2, 1]);
});

test("a page that is hidden sends in a way that outlives it, unless the text is too large for that", async (context) => {
  phone(context);
  const { sent, type, draft } = draftOn(context, { most: 50000 });
  document.visibilityState = "hidden";
  type("a");
  await draft.flush();
  type("b".repeat(20000));
  await draft.flush();
  assert.deepEqual(sent.map((each) => each.slice(0, 4) + each.slice(-5)), ["1 a alive", "2 bbbbbbb"]);
});

test("a draft that is closed sends nothing more and says nothing", async (context) => {
  phone(context);
  const fails = promised();
  const { sent, said, type, pass, draft } = draftOn(context, { answers: [() => fails.promise] });
  type("a");
  await pass(1000);
  draft.close();
  fails.reject(new Unreachable());
  await pass(20000);
  type("ab");
  await pass(20000);
  assert.deepEqual([sent, said.filter((each) => each !== "saving")], [["1 a"], []]);
});

test("a phone that may store nothing costs nothing but its copy", async (context) => {
  phone(context, { isForbidden: true });
  const { sent, type, pass } = draftOn(context);
  type("a");
  await pass(1000);
  assert.deepEqual(sent, ["1 a"]);
});

test("drafts are forgotten by interview", (context) => {
  const storage = phone(context, { stored: { "room:7:1:5": "x", "room:7:medium": "x", "room:70:1:5": "x", other: "x" } });
  forgetDrafts("room:7:");
  assert.deepEqual(Object.keys(storage), ["room:70:1:5", "other"]);
});

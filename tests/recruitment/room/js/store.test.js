// Chunks on the phone until the server has them: through reloads, lost connections and storage that fails.

import assert from "node:assert/strict";
import { test } from "node:test";

import { forgetOldRooms, openStore } from "../../../../recruitment/room/static/room/store.js";
import { given, settle } from "./helpers.js";

/** As much of IndexedDB as the store uses; `trouble` says what fails: nothing, a connection, all of it, or no answer. */
function phoneStorage(context) {
  const disk = new Map();
  const phone = { disk, trouble: "", opened: 0, writes: [] };
  const soon = (work) => setImmediate(work);

  function transaction(name, durability, isBroken) {
    const of = (part) => disk.get(name)[part];
    const made = {
      error: null,
      objectStore: (part) => ({
        put(value, key) {
          made.todo.push(() => of(part).set(key === undefined ? value.id : key, structuredClone(value)));
          phone.writes.push(durability);
          return { result: null };
        },
        delete: (key) => (made.todo.push(() => of(part).delete(key)), { result: undefined }),
        get: (key) => ({ get result() { return structuredClone(of(part).get(key)); } }),
        getAll: () => ({ get result() { return Array.from(of(part).values(), (each) => structuredClone(each)); } }),
      }),
      todo: [],
    };
    soon(() => {
      if (isBroken() || phone.trouble === "all") made.onabort();
      else if (phone.trouble !== "hang") {
        made.todo.forEach((work) => work());
        made.oncomplete();
      }
    });
    return made;
  }

  given(context, {
    indexedDB: {
      open(name) {
        const request = {};
        phone.opened += 1;
        const born = phone.opened;
        soon(() => {
          if (phone.trouble === "hang") return;
          const isNew = !disk.has(name);
          if (isNew) disk.set(name, { segments: new Map(), chunks: new Map() });
          request.result = {
            createObjectStore: () => undefined,
            close: () => undefined,
            transaction: (_stores, _mode, { durability }) =>
              transaction(name, durability, () => phone.trouble === "connection" && born === 1),
          };
          if (isNew) request.onupgradeneeded();
          request.onsuccess();
        });
        return request;
      },
      databases: async () => Array.from(disk.keys(), (name) => ({ name })),
      deleteDatabase: (name) => disk.delete(name),
    },
  });
  return phone;
}

const segmentOf = (id, more) => ({ id, openedAt: 1, chunks: [{ sha256: "a" }], ...more });
const bytes = (text) => new TextEncoder().encode(text).buffer;
const read = async (store, id, seq) => {
  const found = await store.bytes(id, seq);
  return found && new TextDecoder().decode(found);
};

test("what is kept is there after a reload, written so that it survives a crash", async (context) => {
  const phone = phoneStorage(context);
  const segment = segmentOf("a");
  assert.equal(await openStore("room-7").keep(segment, 0, bytes("one")), true);
  assert.deepEqual(phone.writes, ["strict", "strict"]);
  const again = openStore("room-7");
  assert.deepEqual(await again.segments(), [segment]);
  assert.equal(await read(again, "a", 0), "one");
  assert.equal(await read(again, "a", 1), undefined, "never kept");
  assert.deepEqual(await openStore("room-8").segments(), []);
});

test("segments come oldest first", async (context) => {
  phoneStorage(context);
  const store = openStore("room-7");
  for (const [id, openedAt] of [["b", 2], ["c", 3], ["a", 1]]) await store.note(segmentOf(id, { openedAt }));
  assert.deepEqual((await store.segments()).map((each) => each.id), ["a", "b", "c"]);
});

test("a connection that is lost is opened anew, once", async (context) => {
  const phone = phoneStorage(context);
  const store = openStore("room-7");
  await store.segments();
  phone.trouble = "connection";
  assert.equal(await store.keep(segmentOf("a"), 0, bytes("one")), true);
  assert.equal(phone.opened, 2);
});

test("storage that fails costs nothing while the page lives: the bytes are in memory", async (context) => {
  const phone = phoneStorage(context);
  const store = openStore("room-7");
  phone.trouble = "all";
  assert.equal(await store.keep(segmentOf("a"), 0, bytes("one")), false);
  assert.equal(await read(store, "a", 0), "one");
  await assert.rejects(store.bytes("a", 1), "what it cannot read now is not lost for ever");
  await store.note(segmentOf("a"));
  await store.forget(segmentOf("a"));
  phone.trouble = "";
  assert.equal(await read(store, "a", 0), undefined);
});

test("storage that cannot even be read is not used any more", async (context) => {
  const phone = phoneStorage(context);
  phone.trouble = "all";
  const store = openStore("room-7");
  assert.deepEqual(await store.segments(), []);
  phone.trouble = "";
  const before = phone.opened;
  assert.equal(await store.keep(segmentOf("a"), 0, bytes("one")), false);
  assert.equal(phone.opened, before);
  assert.equal(await read(store, "a", 0), "one");
});

test("storage that never answers is given up after four seconds", async (context) => {
  const phone = phoneStorage(context);
  phone.trouble = "hang";
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const kept = openStore("room-7").keep(segmentOf("a"), 0, bytes("one"));
  for (let tries = 0; tries < 2; tries += 1) {
    await settle();
    context.mock.timers.tick(4000);
  }
  assert.equal(await kept, false);
});

test("a browser without storage keeps in memory alone", async (context) => {
  given(context, { indexedDB: undefined });
  const store = openStore("room-7");
  assert.deepEqual(await store.segments(), []);
  assert.equal(await store.keep(segmentOf("a"), 0, bytes("one")), false);
  assert.equal(await read(store, "a", 0), "one");
  await forgetOldRooms("room-7", 5);
});

test("what is sent leaves memory at once and the disk with its segment", async (context) => {
  const phone = phoneStorage(context);
  const store = openStore("room-7");
  const segment = segmentOf("a");
  await store.keep(segment, 0, bytes("one"));
  segment.chunks[0].sent = true;
  await store.sent(segment, 0);
  assert.equal((await store.segments())[0].chunks[0].sent, true);
  assert.equal(await read(store, "a", 0), "one", "it can be played back from the disk");
  await store.forget(segment);
  assert.deepEqual(await store.segments(), []);
  assert.equal(phone.disk.get("room-7").chunks.size, 0);
});

test("memory holds sixteen mebibytes; what is more is on the disk alone, or in memory where that fails", async (context) => {
  const phone = phoneStorage(context);
  const store = openStore("room-7");
  const segment = segmentOf("a", { chunks: Array(4).fill({}) });
  const large = new ArrayBuffer(9 * 1024 * 1024);
  for (const seq of [0, 1, 2]) await store.keep(segment, seq, large);
  phone.disk.get("room-7").chunks.clear();
  const held = async () => Promise.all([0, 1, 2, 3].map(async (seq) => Boolean(await store.bytes("a", seq))));
  assert.deepEqual(await held(), [true, true, false, false]);
  phone.trouble = "all";
  await store.keep(segment, 3, large);
  phone.trouble = "";
  assert.deepEqual(await held(), [true, true, false, true]);
  for (const seq of [0, 1, 3]) await store.sent(segment, seq);
  await store.keep(segment, 2, large);
  phone.disk.get("room-7").chunks.clear();
  assert.deepEqual(await held(), [false, false, true, false], "what was given back makes room");
});

test("rooms that nobody came back to are forgotten, this one and younger ones are not", async (context) => {
  const phone = phoneStorage(context);
  for (const [name, openedAt] of [["room-1", 5], ["room-2", 50], ["room-3", 5], ["notes", 5]]) {
    await openStore(name).note(segmentOf("a", { openedAt }));
  }
  await openStore("room-2").note(segmentOf("b", { openedAt: 5 }));
  await openStore("room-4").segments(); // nothing in it
  await forgetOldRooms("room-3", 10);
  assert.deepEqual(Array.from(phone.disk.keys()).sort(), ["notes", "room-2", "room-3", "room-4"]);
});

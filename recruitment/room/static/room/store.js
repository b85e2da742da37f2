// @ts-check
// Keeps recorded chunks on this phone until the server has them, through crashes and restarts of the browser.
// ArrayBuffers, read one at a time by their key: reading Blobs from IndexedDB fails on some iPhones.

const SLOW = 4000;
const MOST_IN_MEMORY = 16 * 1024 * 1024;
const STORES = ["segments", "chunks"];

/** @param {string} name @returns {Promise<IDBDatabase>} */
function openDatabase(name) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("slow")), SLOW);
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("segments", { keyPath: "id" });
      request.result.createObjectStore("chunks");
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      clearTimeout(timer);
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}

// What is still to be sent is held in memory as well, as long as it is little: reading it back may fail on a phone.
/** @type {(name: string) => Room.Store} */
export function openStore(name) {
  /** @type {IDBDatabase | null} */
  let database = null;
  let works = typeof indexedDB !== "undefined";
  /** @type {Map<string, ArrayBuffer>} */
  const held = new Map();
  let heldBytes = 0;
  /** @param {string} id @param {number} seq */
  const keyOf = (id, seq) => `${id}/${seq}`;

  /** @type {Room.Transact} */
  async function attempt(mode, durability, work) {
    database = database || (await openDatabase(name));
    const connection = database;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("slow")), SLOW);
      const transaction = connection.transaction(STORES, mode, { durability });
      const request = work(transaction.objectStore("segments"), transaction.objectStore("chunks"));
      transaction.oncomplete = () => {
        clearTimeout(timer);
        resolve(request.result);
      };
      transaction.onabort = () => reject(transaction.error || new Error("aborted"));
      transaction.onerror = transaction.onabort;
    });
  }

  // The connection to the database is lost now and then on phones: a new one works.
  /** @type {Room.Transact} */
  async function transact(mode, durability, work) {
    if (!works) throw new Error("no store");
    try {
      return await attempt(mode, durability, work);
    } catch (error) {
      try {
        if (database) database.close();
      } catch (ignored) {
        // It is gone already.
      }
      database = null;
      return attempt(mode, durability, work);
    }
  }

  /** @param {string} key @param {ArrayBuffer} bytes */
  function hold(key, bytes) {
    held.set(key, bytes);
    heldBytes += bytes.byteLength;
  }

  /** @param {string} key */
  function letGo(key) {
    const bytes = held.get(key);
    if (bytes) heldBytes -= bytes.byteLength;
    held.delete(key);
  }

  /** @param {Promise<unknown>} promise @returns {Promise<unknown>} */
  const quietly = (promise) => promise.catch(() => undefined);

  /** @param {Room.Segment} segment */
  const note = (segment) => quietly(transact("readwrite", "relaxed", (segments) => segments.put(segment)));

  return {
    note,

    async segments() {
      try {
        const found = await transact("readonly", "relaxed", (segments) => segments.getAll());
        return found.sort((one, other) => one.openedAt - other.openedAt);
      } catch (error) {
        works = false;
        return [];
      }
    },

    async keep(segment, seq, bytes) {
      const key = keyOf(segment.id, seq);
      if (heldBytes < MOST_IN_MEMORY) hold(key, bytes);
      try {
        await transact("readwrite", "strict", (segments, chunks) => {
          chunks.put(bytes, key);
          return segments.put(segment);
        });
        return true;
      } catch (error) {
        if (!held.has(key)) hold(key, bytes);
        return false;
      }
    },

    async bytes(id, seq) {
      const key = keyOf(id, seq);
      return held.get(key) || transact("readonly", "relaxed", (_segments, chunks) => chunks.get(key));
    },

    sent(segment, seq) {
      letGo(keyOf(segment.id, seq));
      return note(segment);
    },

    /** @param {Room.Segment} segment */
    forget(segment) {
      segment.chunks.forEach((_chunk, seq) => letGo(keyOf(segment.id, seq)));
      return quietly(
        transact("readwrite", "relaxed", (segments, chunks) => {
          segment.chunks.forEach((_chunk, seq) => chunks.delete(keyOf(segment.id, seq)));
          return segments.delete(segment.id);
        }),
      );
    },
  };
}

// Rooms that nobody came back to: the browser forgets what it kept of them before that moment.
/** @param {string} own @param {number} before */
export async function forgetOldRooms(own, before) {
  if (typeof indexedDB === "undefined" || !indexedDB.databases) return;
  for (const { name } of await indexedDB.databases()) {
    if (!name || !/^room-/.test(name) || name === own) continue;
    const kept = await openStore(name).segments();
    if (kept.length && kept.every((segment) => segment.openedAt < before)) indexedDB.deleteDatabase(name);
  }
}

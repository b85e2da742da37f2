// @ts-check
// Keeps one answer safe: on the phone at every key, on the server one second after the last key and every ten.

import { Refusal } from "./api.js";

const AFTER_LAST_KEY = 1000;
const EVERY = 10000;
const SLOW = 800;
const BEACON_LIMIT = 20000;

/** @param {string} key */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) || "null");
  } catch (error) {
    return null;
  }
}

/** @param {string} key @param {object | null} value */
function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch (error) {
    // A full or forbidden store only costs the copy on this phone: the server's copy is the one that counts.
  }
}

/** Forgets every unsent copy whose key starts with `prefix`. @param {string} prefix */
export function forgetDrafts(prefix) {
  try {
    Object.keys(localStorage).forEach((key) => key.startsWith(prefix) && localStorage.removeItem(key));
  } catch (error) {
    // Nothing is stored where storing is forbidden.
  }
}

/** As the server counts: whole characters, of which some are two units of a text here. @param {string} text */
export const lengthOf = (text) => Array.from(text).length;

/** @type {Room.OpenDraft} */
export function openDraft({ writes, key, question, box, most, onStatus, onRefusal }) {
  const known = { revision: (question.answer && question.answer.revision) || 0, text: (question.answer && question.answer.text) || "" };
  let revision = known.revision;
  let saved = known.text;
  /** @type {string | null} */
  let sent = null;
  /** @type {Promise<void> | null} */
  let running = null;
  let closed = false;
  /** @type {Room.Timer} */
  let keyTimer;

  const local = read(key);
  if (local && typeof local.text === "string" && local.revision > known.revision) box.value = local.text;
  else {
    box.value = known.text;
    write(key, null);
  }

  const dirty = () => box.value !== saved;
  const fits = () => lengthOf(box.value) <= most;

  function keep() {
    write(key, dirty() ? { text: box.value, revision: revision + 1 } : null);
  }

  /** @param {string} text */
  async function send(text) {
    const keepalive = document.visibilityState === "hidden" && text.length < BEACON_LIMIT;
    try {
      await writes.put(`answers/${question.id}/text`, () => ({ revision, text }), { keepalive });
      return true;
    } catch (error) {
      if (!(error instanceof Refusal) || typeof error.body.revision !== "number") throw error;
      // The server has another text under this number: ours is newer, so it takes the next one.
      revision = error.body.revision;
      sent = null;
      return error.body.text === text;
    }
  }

  async function drain() {
    const slow = setTimeout(() => onStatus("saving", new Date()), SLOW);
    try {
      for (let turns = 0; dirty() && fits() && turns < 50; turns += 1) {
        const text = box.value;
        if (text !== sent) {
          revision += 1;
          sent = text;
        }
        if (await send(text)) saved = text;
      }
      if (!closed) keep();
      if (!dirty()) onStatus("saved", new Date());
    } finally {
      clearTimeout(slow);
    }
  }

  // Resolves when the server has what is in the box, or when it is too long to be sent.
  function flush() {
    clearTimeout(keyTimer);
    if (!dirty() || !fits()) return Promise.resolve();
    if (!running) {
      running = drain();
      const done = () => {
        running = null;
      };
      running.then(done, done);
    }
    return running;
  }

  const flushQuietly = () => flush().catch((error) => closed || onRefusal(error));
  const onInput = () => {
    keep();
    clearTimeout(keyTimer);
    keyTimer = setTimeout(flushQuietly, AFTER_LAST_KEY);
  };
  box.addEventListener("input", onInput);
  const interval = setInterval(flushQuietly, EVERY);
  if (dirty()) flushQuietly();

  return {
    flush,
    flushQuietly,
    dirty,
    finished() {
      write(key, null);
    },
    close() {
      closed = true;
      clearTimeout(keyTimer);
      clearInterval(interval);
      box.removeEventListener("input", onInput);
    },
  };
}

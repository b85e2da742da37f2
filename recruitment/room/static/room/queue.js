// @ts-check
// What was recorded and is not on the server yet: kept on the phone, sent in order, one chunk at a time.

import { Refusal } from "./api.js";
import { sha256 } from "./digest.js";
import { createLedger, FEW_TRIES, waitingOf } from "./ledger.js";

const LARGEST_CHUNK = 1024 * 1024;
const AGAIN = 3000;
const TOLD_WITHIN = 3000;
export const OLD = 7 * 24 * 3600 * 1000;

/** @type {Room.CreateQueue} */
export function createQueue({ api, store, post, onChange, onRefusal, onApart, onMemory }) {
  const ledger = createLedger();
  /** @type {Promise<unknown>} chunks are hashed and written in the order in which they were recorded */
  let chain = Promise.resolve();
  let sending = false;
  let stopped = false;
  let isOver = false; // the interview has ended: what is sent is forgotten, and no refusal is anybody's business
  /** @type {Promise<unknown>} */
  let underWay = Promise.resolve();
  /** @type {Promise<unknown>} */
  let telling = Promise.resolve();
  /** @type {(() => boolean)[]} */
  let listeners = [];

  function changed() {
    onChange();
    listeners = listeners.filter((done) => !done());
  }

  // The server says no to a chunk: another number if that may help, else it stays out of the answer.
  /** @param {Room.Segment} segment @param {number} seq @param {Refusal} error */
  async function refused(segment, seq, error) {
    if (error.status === 401 || error.status === 410 || error.status === 501) {
      stopped = true;
      onRefusal(error);
      return;
    }
    segment.refusals = (segment.refusals || 0) + 1;
    const isDamaged = ["hash_mismatch", "cut_off"].includes(error.code);
    if (isDamaged && segment.refusals < FEW_TRIES) return;
    const isUntouched = !segment.chunks.some((chunk) => chunk.sent);
    const proposed = error.code === "wrong_epoch" ? error.body.next_segment : undefined;
    if (typeof proposed === "number" && isUntouched && segment.refusals < FEW_TRIES) {
      ledger.renumber(segment, proposed);
      return;
    }
    if (isOver || ledger.isEarlier(segment)) {
      await drop(segment);
      return;
    }
    if (segment.medium === "file") await setApart(segment);
    else await cut(segment, seq);
    onApart(error);
  }

  /** @param {Room.Segment} segment */
  async function drop(segment) {
    ledger.drop(segment);
    await store.forget(segment);
  }

  // A beginning of a film is no film: the whole of it stays out of the answer, here and on the server.
  /** @param {Room.Segment} segment */
  async function setApart(segment) {
    segment.apart = true;
    segment.isCut = true;
    await store.note(segment);
    tellDiscarded(segment.question, [segment.number]);
  }

  // The server hears at once what is no part of the answer, after the chunk that is under way. Where it does not hear it,
  // the list at the end says so.
  /** @param {number} question @param {number[]} numbers */
  function tellDiscarded(question, numbers) {
    if (!numbers.length) return;
    telling = underWay
      .then(() => post(`answers/${question}/segments/discard`, { segments: numbers }))
      .catch(() => undefined);
  }

  // Nothing is kept of what has been sent, where this device has nothing more to say about it.
  async function tidy() {
    for (const segment of ledger.done(isOver)) await drop(segment);
  }

  // The segment ends before this chunk: what lies before it plays and stays part of the answer, nothing follows it.
  /** @param {Room.Segment} segment @param {number} seq */
  async function cut(segment, seq) {
    if (seq === 0) segment.apart = true;
    else segment.chunks.length = seq;
    segment.isCut = true;
    await store.note(segment);
  }

  /** @param {{ segment: Room.Segment, seq: number }} item */
  async function sendOne({ segment, seq }) {
    const chunk = segment.chunks[seq];
    const bytes = await store.bytes(segment.id, seq);
    if (!bytes) {
      await cut(segment, seq); // the phone lost it
      return;
    }
    if (segment.discarded) return;
    const address = `answers/${segment.question}/segments/${segment.number}/chunks/${seq}`;
    const sent = api.bytes("PUT", address, bytes, {
      "Content-Type": segment.mime,
      "X-Chunk-SHA256": chunk.sha256,
      "X-Epoch": String(segment.epoch),
    });
    underWay = sent.catch(() => undefined);
    try {
      await sent;
      chunk.sent = true;
      segment.refusals = 0;
      await store.sent(segment, seq);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!segment.discarded) await refused(segment, seq, error);
    }
  }

  async function kick() {
    if (sending || stopped) return;
    sending = true;
    try {
      for (let item = ledger.next(); item && !stopped; item = ledger.next()) {
        await sendOne(item);
        await tidy();
        changed();
      }
    } catch (error) {
      setTimeout(kick, AGAIN);
    } finally {
      sending = false;
    }
  }

  /** @param {Room.Segment} segment @param {Blob} blob @param {number} seconds */
  async function append(segment, blob, seconds) {
    for (let from = 0; from < blob.size && !segment.isCut; from += LARGEST_CHUNK) {
      const part = blob.slice(from, from + LARGEST_CHUNK);
      const bytes = await new Response(part).arrayBuffer();
      const hash = await sha256(bytes);
      if (segment.isCut) return; // meanwhile: nothing follows a gap
      segment.chunks.push({ sha256: hash, size: part.size, seconds: (seconds * part.size) / blob.size, sent: false });
      // The end may have come in the middle of a run: what was sent is forgotten by then, its last piece still goes.
      if (isOver) ledger.readmit(segment);
      if (!(await store.keep(segment, segment.chunks.length - 1, bytes))) onMemory();
      changed();
      kick();
    }
  }

  /** Resolves when nothing of the question waits any more. @param {number} question @returns {Promise<void>} */
  async function drained(question) {
    await chain;
    kick();
    await new Promise((resolve) => {
      const done = () => {
        const isDone = !ledger.of(question).some((segment) => waitingOf(segment).length);
        if (isDone) resolve(undefined);
        return isDone;
      };
      if (!done()) listeners.push(done);
    });
  }

  return {
    know: ledger.know,
    open: ledger.open,
    waiting: ledger.waiting,
    bytes: ledger.bytes,
    recorded: ledger.recorded,
    listed: ledger.listed,
    drained,

    async load(interview, attempt) {
      for (const segment of await store.segments()) {
        // What is old and sent is the server's: nobody came back to finish it here.
        const isDone = Date.now() - segment.openedAt > OLD && !waitingOf(segment).length;
        if (isDone || segment.interview !== interview) await store.forget(segment);
        else ledger.recall(segment, attempt);
      }
      await tidy();
      kick();
    },

    async end() {
      isOver = true;
      await chain;
      await tidy();
      kick();
    },

    push(segment, blob, seconds) {
      if (!blob.size) return chain;
      chain = chain.then(() => append(segment, blob, seconds)).catch(() => undefined);
      return chain;
    },

    settled: () => chain,

    async pieces(question) {
      const blobs = [];
      for (const segment of ledger.playable(question)) {
        const parts = [];
        for (let seq = 0; seq < segment.chunks.length; seq += 1) {
          const bytes = await store.bytes(segment.id, seq).catch(() => undefined);
          if (!bytes) break; // a beginning plays
          parts.push(bytes);
        }
        if (parts.length) blobs.push(new Blob(parts, { type: segment.mime }));
      }
      return blobs;
    },

    told: () => Promise.race([telling, new Promise((done) => void setTimeout(done, TOLD_WITHIN))]),

    kick() {
      stopped = false;
      kick();
    },

    async resend(question, missing) {
      const found = ledger.owe(question, missing);
      if (found) await drained(question);
      return found;
    },

    async discard(question) {
      await chain;
      const numbers = ledger.numbers(question);
      ledger.discard(question);
      for (const segment of ledger.of(question)) await store.note(segment);
      tellDiscarded(question, numbers);
      changed();
    },

    /** @param {number} question */
    async forget(question) {
      for (const segment of ledger.of(question)) await drop(segment);
    },
  };
}

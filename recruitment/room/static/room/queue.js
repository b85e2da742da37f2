// What was recorded and is not on the server yet: kept on the phone, sent in order, one chunk at a time.
// A segment is one run of the recorder; its first chunk is what makes the rest playable, so order is everything.

import { Refusal } from "./api.js";
import { sha256 } from "./digest.js";

const LARGEST_CHUNK = 1024 * 1024;
export const MOST_BYTES = 64 * 1024 * 1024;
export const MOST_SECONDS = 600;
const FEW_TRIES = 3;
const AGAIN = 3000;
const SLICE_SECONDS = 4; // about how long a chunk is that another device recorded
const TOLD_WITHIN = 3000;
export const OLD = 7 * 24 * 3600 * 1000;

const waitingOf = (segment) => (segment.discarded || segment.apart ? [] : segment.chunks.filter((chunk) => !chunk.sent));
const sum = (items, key) => items.reduce((total, item) => total + item[key], 0);

// `epoch()` is the page's; `onChange` runs whenever a chunk came or went; `onRefusal` gets what ends all sending (signed
// out, not offered), `onApart` why a segment stays out of the answer.
export function createQueue({ api, store, epoch, onChange, onRefusal, onApart }) {
  const segments = [];
  const earlier = []; // of an attempt that is over: still sent, each under its own epoch, and part of no answer here
  const onServer = new Map(); // question → segments as the server's state names them
  const elsewhere = new Map(); // question → those of them that this device does not have
  let chain = Promise.resolve(); // chunks are hashed and written in the order in which they were recorded
  let sending = false;
  let stopped = false;
  let isOver = false; // the interview has ended: what is sent is forgotten, and no refusal is anybody's business
  let underWay = Promise.resolve();
  let telling = Promise.resolve();
  let listeners = [];

  function changed() {
    onChange();
    listeners = listeners.filter((done) => !done());
  }

  const of = (question) => segments.filter((segment) => segment.question === question);

  function next() {
    for (const segment of segments.concat(earlier)) {
      if (!segment.discarded && !segment.apart) {
        const seq = segment.chunks.findIndex((chunk) => !chunk.sent);
        if (seq >= 0) return { segment, seq };
      }
    }
    return null;
  }

  function freeNumber(question) {
    const numbers = of(question).concat(elsewhere.get(question) || []).map((segment) => segment.number);
    return numbers.length ? Math.max(...numbers) + 1 : 0;
  }

  // The server says no to a chunk: another number if that may help, else it stays out of the answer.
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
    if (error.code === "wrong_epoch" && typeof error.body.next_segment === "number" && isUntouched && segment.refusals < FEW_TRIES) {
      segment.number = Math.max(error.body.next_segment, earlier.includes(segment) ? 0 : freeNumber(segment.question));
      return;
    }
    if (isOver || earlier.includes(segment)) {
      await drop(segment);
      return;
    }
    if (segment.medium === "file") await setApart(segment);
    else await cut(segment, seq);
    onApart(error);
  }

  async function drop(segment) {
    [segments, earlier].forEach((list) => list.includes(segment) && list.splice(list.indexOf(segment), 1));
    await store.forget(segment);
  }

  // A beginning of a film is no film: the whole of it stays out of the answer, here and on the server.
  async function setApart(segment) {
    segment.apart = true;
    segment.isCut = true;
    await store.note(segment);
    tellDiscarded(segment.question, [segment.number]);
  }

  // The server hears at once what is no part of the answer, after the chunk that is under way. Where it does not hear it,
  // the list at the end says so.
  function tellDiscarded(question, numbers) {
    if (!numbers.length) return;
    telling = underWay
      .then(() => api.post(`answers/${question}/segments/discard`, () => ({ epoch: epoch(), segments: numbers })))
      .catch(() => undefined);
  }

  // Nothing is kept of what has been sent, where this device has nothing more to say about it.
  async function tidy() {
    for (const segment of (isOver ? segments.slice() : []).concat(earlier)) {
      if (!waitingOf(segment).length) await drop(segment);
    }
  }

  // The segment ends before this chunk: what lies before it plays and stays part of the answer, nothing follows it.
  async function cut(segment, seq) {
    if (seq === 0) segment.apart = true;
    else segment.chunks.length = seq;
    segment.isCut = true;
    await store.note(segment);
  }

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
      for (let item = next(); item && !stopped; item = next()) {
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

  async function append(segment, blob, seconds) {
    for (let from = 0; from < blob.size && !segment.isCut; from += LARGEST_CHUNK) {
      const part = blob.slice(from, from + LARGEST_CHUNK);
      const bytes = await new Response(part).arrayBuffer();
      const chunk = { sha256: await sha256(bytes), size: part.size, seconds: (seconds * part.size) / blob.size, sent: false };
      segment.chunks.push(chunk);
      const seq = segment.chunks.length - 1;
      // The end may have come in the middle of a run: what was sent is forgotten by then, its last piece still goes.
      if (isOver && !segments.includes(segment)) segments.push(segment);
      if (!(await store.keep(segment, seq, bytes))) document.body.dataset.store = "memory";
      changed();
      kick();
    }
  }

  return {
    async load(interview, attempt) {
      const found = await store.segments();
      for (const segment of found) {
        // What is old and sent is the server's: nobody came back to finish it here.
        const isDone = Date.now() - segment.openedAt > OLD && !waitingOf(segment).length;
        if (isDone || segment.interview !== interview) await store.forget(segment);
        else (segment.attempt === attempt ? segments : earlier).push(segment);
      }
      await tidy();
      kick();
    },

    // The interview has ended: what still waits is sent, and nothing of it stays on this device.
    async end() {
      isOver = true;
      await chain;
      await tidy();
      kick();
    },

    // What the server's state names of an unfinished answer: another device may have recorded the beginning.
    know(question, stored) {
      const isOwn = (one) => of(question).some((segment) => segment.number === one.number && segment.epoch === one.epoch);
      const before = elsewhere.get(question) || [];
      const isGone = (one) => before.some((each) => each.number === one.number && each.discarded);
      onServer.set(question, stored);
      const others = stored.filter((one) => !isOwn(one)).map((one) => Object.assign({ discarded: isGone(one) }, one));
      // The server names no discarded ones: their numbers are taken all the same.
      const gone = before.filter((one) => one.discarded && !stored.some((each) => each.number === one.number));
      elsewhere.set(question, others.concat(gone));
    },

    open(facts) {
      const segment = Object.assign(
        { id: `${Date.now()}-${Math.random().toString(36).slice(2, 8)}`, openedAt: Date.now(), chunks: [], discarded: false, apart: false },
        facts,
        { number: freeNumber(facts.question) },
      );
      segments.push(segment);
      return segment;
    },

    // Takes a piece of a recording; pieces without bytes are no pieces.
    push(segment, blob, seconds) {
      if (!blob.size) return chain;
      chain = chain.then(() => append(segment, blob, seconds)).catch(() => undefined);
      return chain;
    },

    settled: () => chain,
    // The server has heard what was discarded, or takes too long to wait for it.
    told: () => Promise.race([telling, new Promise((done) => setTimeout(done, TOLD_WITHIN))]),
    kick() {
      stopped = false;
      kick();
    },

    waiting(question) {
      const chosen = question === undefined ? segments : of(question);
      const chunks = [].concat(...chosen.map(waitingOf));
      return { chunks: chunks.length, seconds: sum(chunks, "seconds"), bytes: sum(chunks, "size") };
    },

    // What a question holds on this device, sent or not.
    bytes: (question) => sum([].concat(...of(question).filter((each) => !each.discarded && !each.apart).map((each) => each.chunks)), "size"),

    recorded(question) {
      const own = of(question).filter((segment) => !segment.discarded && !segment.apart && segment.chunks.length);
      const other = (elsewhere.get(question) || []).filter((segment) => !segment.discarded && segment.chunks);
      return {
        segments: own.length + other.length,
        seconds: sum([].concat(...own.map((segment) => segment.chunks)), "seconds") + sum(other, "chunks") * SLICE_SECONDS,
      };
    },

    // Resolves when nothing of the question waits any more.
    async drained(question) {
      await chain;
      kick();
      return new Promise((resolve) => {
        const done = () => {
          const isDone = !of(question).some((segment) => waitingOf(segment).length);
          if (isDone) resolve();
          return isDone;
        };
        if (!done()) listeners.push(done);
      });
    },

    // What the answer consists of, for the server to verify. A phone that was killed may remember less than it sent.
    listed(question) {
      const longer = ({ number, epoch: opened }, hashes) =>
        (onServer.get(question) || []).find(
          (one) => one.number === number && one.epoch === opened && hashes.every((hash, seq) => one.sha256[seq] === hash),
        );
      const own = of(question)
        .filter((segment) => segment.chunks.length && !segment.apart)
        .map((segment) => {
          const hashes = segment.chunks.map((chunk) => chunk.sha256);
          return Object.assign({}, segment, { sha256: (longer(segment, hashes) || { sha256: hashes }).sha256 });
        });
      return own
        .concat((elsewhere.get(question) || []).filter((segment) => segment.chunks))
        .sort((one, other) => one.number - other.number)
        .map(({ number, sha256: hashes, discarded }) =>
          discarded ? { number, chunks: 0, sha256: [], discarded } : { number, chunks: hashes.length, sha256: hashes },
        );
    },

    // The server misses chunks: send them again; false when that is no use any more.
    async resend(question, missing) {
      let found = false;
      for (const { segment: number, seq } of missing) {
        const segment = of(question).find((each) => each.number === number && !each.discarded);
        const chunk = segment && segment.chunks[seq];
        if (chunk && (chunk.again = (chunk.again || 0) + 1) < FEW_TRIES) {
          chunk.sent = false;
          found = true;
        }
      }
      if (found) await this.drained(question);
      return found;
    },

    async discard(question) {
      await chain;
      const numbers = of(question).concat(elsewhere.get(question) || []).map((segment) => segment.number);
      for (const segment of of(question)) {
        segment.discarded = true;
        await store.note(segment);
      }
      (elsewhere.get(question) || []).forEach((segment) => Object.assign(segment, { discarded: true }));
      tellDiscarded(question, numbers);
      changed();
    },

    async forget(question) {
      for (const segment of of(question)) await drop(segment);
    },
  };
}

// @ts-check
// What was recorded, segment by segment: which chunk is owed next, what an answer consists of, what another device holds.
// A segment is one run of the recorder; its first chunk is what makes the rest playable, so order is everything.

export const FEW_TRIES = 3;
const SLICE_SECONDS = 4; // about how long a chunk is that another device recorded

/** @param {Room.Segment} segment @returns {Room.Chunk[]} */
export const waitingOf = (segment) =>
  segment.discarded || segment.apart ? [] : segment.chunks.filter((chunk) => !chunk.sent);

/** @template {string} K @param {Record<K, number>[]} items @param {K} key */
const sum = (items, key) => items.reduce((total, item) => total + item[key], 0);

/** @param {Room.Segment[]} segments @returns {Room.Chunk[]} */
const chunksOf = (segments) => /** @type {Room.Chunk[]} */ ([]).concat(...segments.map((segment) => segment.chunks));

/** @type {() => Room.Ledger} */
export function createLedger() {
  /** @type {Room.Segment[]} */
  const segments = [];
  /** @type {Room.Segment[]} of an attempt that is over: still sent, each under its own epoch, and part of no answer here */
  const earlier = [];
  /** @type {Map<number, Room.StoredSegment[]>} question → segments as the server's state names them */
  const onServer = new Map();
  /** @type {Map<number, Room.Elsewhere[]>} question → those of them that this device does not have */
  const elsewhere = new Map();

  /** @param {number} question */
  const of = (question) => segments.filter((segment) => segment.question === question);
  /** @param {number} question */
  const others = (question) => elsewhere.get(question) || [];
  /** @param {number} question */
  const counted = (question) => of(question).filter((each) => !each.discarded && !each.apart);

  /** @param {number} question */
  function numbers(question) {
    return of(question).map((each) => each.number).concat(others(question).map((each) => each.number));
  }

  /** @param {number} question */
  function freeNumber(question) {
    const taken = numbers(question);
    return taken.length ? Math.max(...taken) + 1 : 0;
  }

  // The server has more of the same segment than this device remembers: a phone that was killed may have sent it.
  /** @param {Room.Segment} segment @param {string[]} hashes */
  function longest(segment, hashes) {
    const stored = (onServer.get(segment.question) || []).find(
      (one) =>
        one.number === segment.number &&
        one.epoch === segment.epoch &&
        hashes.every((hash, seq) => one.sha256[seq] === hash),
    );
    return stored ? stored.sha256 : hashes;
  }

  return {
    of,
    numbers,

    isEarlier: (segment) => earlier.includes(segment),

    recall(segment, attempt) {
      (segment.attempt === attempt ? segments : earlier).push(segment);
    },

    open(facts) {
      const segment = Object.assign(
        {
          id: `${Date.now()}-${Math.random().toString(36).slice(2, 8)}`,
          openedAt: Date.now(),
          chunks: [],
          discarded: false,
          apart: false,
        },
        facts,
        { number: freeNumber(facts.question) },
      );
      segments.push(segment);
      return segment;
    },

    readmit(segment) {
      if (!segments.includes(segment)) segments.push(segment);
    },

    drop(segment) {
      [segments, earlier].forEach((list) => list.includes(segment) && list.splice(list.indexOf(segment), 1));
    },

    next() {
      for (const segment of segments.concat(earlier)) {
        if (!segment.discarded && !segment.apart) {
          const seq = segment.chunks.findIndex((chunk) => !chunk.sent);
          if (seq >= 0) return { segment, seq };
        }
      }
      return null;
    },

    done: (isOver) => (isOver ? segments : []).concat(earlier).filter((segment) => !waitingOf(segment).length),

    renumber(segment, proposed) {
      segment.number = Math.max(proposed, earlier.includes(segment) ? 0 : freeNumber(segment.question));
    },

    know(question, stored) {
      /** @param {Room.StoredSegment} one */
      const isOwn = (one) => of(question).some((each) => each.number === one.number && each.epoch === one.epoch);
      const before = others(question);
      /** @param {Room.StoredSegment} one */
      const isGone = (one) => before.some((each) => each.number === one.number && each.discarded);
      onServer.set(question, stored);
      const foreign = stored.filter((one) => !isOwn(one)).map((one) => Object.assign({ discarded: isGone(one) }, one));
      // The server names no discarded ones: their numbers are taken all the same.
      const gone = before.filter((one) => one.discarded && !stored.some((each) => each.number === one.number));
      elsewhere.set(question, foreign.concat(/** @type {any} */ (gone)));
    },

    waiting(question) {
      const chosen = question === undefined ? segments : of(question);
      const chunks = /** @type {Room.Chunk[]} */ ([]).concat(...chosen.map(waitingOf));
      return { chunks: chunks.length, seconds: sum(chunks, "seconds"), bytes: sum(chunks, "size") };
    },

    bytes: (question) => sum(chunksOf(counted(question)), "size"),

    playable: (question) => counted(question).filter((each) => each.chunks.length).sort((one, other) => one.number - other.number),

    recorded(question) {
      const own = counted(question).filter((segment) => segment.chunks.length);
      const other = others(question).filter((segment) => !segment.discarded && segment.chunks);
      return {
        segments: own.length + other.length,
        own: own.length,
        seconds: sum(chunksOf(own), "seconds") + sum(other, "chunks") * SLICE_SECONDS,
      };
    },

    listed(question) {
      const own = of(question)
        .filter((segment) => segment.chunks.length && !segment.apart)
        .map((segment) => ({
          number: segment.number,
          discarded: segment.discarded,
          sha256: longest(segment, segment.chunks.map((chunk) => chunk.sha256)),
        }));
      return own
        .concat(/** @type {any} */ (others(question).filter((segment) => segment.chunks)))
        .sort((one, other) => one.number - other.number)
        .map(({ number, sha256, discarded }) =>
          discarded ? { number, chunks: 0, sha256: [], discarded } : { number, chunks: sha256.length, sha256 },
        );
    },

    owe(question, missing) {
      let found = false;
      for (const { segment: number, seq } of missing) {
        const segment = of(question).find((each) => each.number === number && !each.discarded);
        const chunk = segment && segment.chunks[seq];
        if (chunk && (chunk.again = (chunk.again || 0) + 1) < FEW_TRIES) {
          chunk.sent = false;
          found = true;
        }
      }
      return found;
    },

    discard(question) {
      of(question).forEach((segment) => Object.assign(segment, { discarded: true }));
      others(question).forEach((segment) => Object.assign(segment, { discarded: true }));
    },
  };
}

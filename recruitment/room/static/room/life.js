// @ts-check
// The page's life on the server, and writes that carry its epoch: sent again when it entered anew meanwhile.

import { Refusal } from "./api.js";
import { START, step } from "./machine.js";

const PATIENCE = 3000; // for what is under way when somebody leaves

// This page does not live on the server any more: what it still wanted to write is written by nobody.
export class Over extends Error {}

/** @type {Room.CreateLife} */
export function createLife(perform) {
  /** @type {Room.State} */
  let state = START;
  /** @type {(() => boolean)[]} */
  let waiting = [];

  return {
    epoch: () => state.epoch,
    place: () => state.place,
    isEntering: () => state.entering,

    tell(event) {
      const next = step(state, event);
      state = next.state;
      next.deeds.forEach((deed) => perform(deed, event));
      waiting = waiting.filter((isSettled) => !isSettled());
    },

    mayWrite(spent) {
      return new Promise((resolve, reject) => {
        const isSettled = () => {
          const { epoch, entering } = state;
          if (epoch === null && !entering) reject(new Over());
          else if (epoch !== null && !entering && epoch !== spent) resolve(epoch);
          else return false;
          return true;
        };
        if (!isSettled()) waiting.push(isSettled);
      });
    },
  };
}

/** @type {Room.CreateWrites} */
export function createWrites({ api, life, onInterrupted }) {
  /** @param {"post" | "put"} method @param {string} path @param {() => object} body @param {Room.Patience} [options] */
  async function write(method, path, body, options) {
    let used = await life.mayWrite();
    for (;;) {
      try {
        return await api[method](
          path,
          () => {
            const epoch = life.epoch();
            if (epoch === null) throw new Over();
            used = epoch;
            return Object.assign({ epoch }, body());
          },
          options,
        );
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const isAnothers = error.code === "stale_epoch" && !life.isEntering() && life.epoch() === used;
        if (isAnothers || !["stale_epoch", "interrupted"].includes(error.code)) throw error;
        if (error.code === "interrupted") onInterrupted(error, used);
        await life.mayWrite(used);
      }
    }
  }

  return {
    post: (path, body, options) => write("post", path, body, options),
    put: (path, body, options) => write("put", path, body, options),
  };
}

/** @type {Room.LeaveRoom} */
export async function leaveRoom({ life, writes, wish, send }) {
  const sent = send().catch(() => null);
  await Promise.race([sent, new Promise((done) => void setTimeout(done, PATIENCE))]);
  life.tell({ type: "leaving" });
  try {
    return await writes.post("exit", () => wish, { retries: 1, timeout: 6000 });
  } catch (error) {
    if (error instanceof Refusal && error.code === "ended") return { state: error.body.state };
    // Leaving is noticed without a line, too; that somebody gives up has to arrive.
    if (wish.choice === "leave" && !(error instanceof Refusal && error.status === 422)) return {};
    life.tell({ type: "stays" });
    throw error;
  }
}

// @ts-check
// Coming in: one request at a time, and signs of life from then on.

import { Refusal } from "./api.js";
import { startHeartbeat } from "./heartbeat.js";

// A refusal as the machine judges it.
/** @type {Room.NoOf} */
export function noOf(error, used) {
  if (!(error instanceof Refusal)) return { status: 0, code: "", used };
  return { status: error.status, code: error.code, used, isHidden: document.visibilityState === "hidden" };
}

/** @type {Room.CreateEntry} */
export function createEntry({ api, life, memory, device, load, onRefusal, onUnsteady, onHeard, onLost }) {
  /** @type {Room.Heartbeat | null} */
  let heartbeat = null;
  /** @type {string[] | null} the consents that are to be sent with the next entry */
  let wishes = null;
  /** @type {Promise<unknown>} whoever asked for it waits */
  let underWay = Promise.resolve();
  let newest = 0;

  // What an entry says that was asked for before a newer one, or before the page stopped, is nobody's business any more.
  /** @param {number} number */
  async function ask(number) {
    if (number !== newest) return;
    const body = Object.assign({ device: device() }, wishes ? { consents: wishes } : {});
    try {
      const { epoch } = await api.post("enter", body);
      if (number !== newest) return;
      wishes = null;
      memory.entered(epoch);
      await load();
      if (number === newest) life.tell({ type: "entered", epoch });
    } catch (error) {
      if (number === newest) life.tell({ type: "entry_refused", no: noOf(error), error });
    }
  }

  return {
    // Starts, resumes or takes over; after an earlier request, so that the newest epoch is this one's.
    enter() {
      const number = (newest += 1);
      underWay = underWay.then(() => ask(number));
    },

    async wantIn(needsCheck, consents) {
      if (consents) wishes = consents;
      life.tell({ type: "wants_in", needsCheck });
      await underWay;
    },

    live() {
      if (heartbeat) heartbeat.stop();
      heartbeat = startHeartbeat({ api, epoch: life.epoch, onRefusal, onUnsteady, onHeard, onLost });
      onHeard();
    },

    beat: () => heartbeat && heartbeat.now(),

    stop() {
      newest += 1;
      if (heartbeat) heartbeat.stop();
      heartbeat = null;
    },
  };
}

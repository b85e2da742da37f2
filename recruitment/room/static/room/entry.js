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

  async function ask() {
    const body = Object.assign({ device: device() }, wishes ? { consents: wishes } : {});
    try {
      const { epoch } = await api.post("enter", body);
      wishes = null;
      memory.entered(epoch);
      await load();
      life.tell({ type: "entered", epoch });
    } catch (error) {
      life.tell({ type: "entry_refused", no: noOf(error), error });
    }
  }

  return {
    // Starts, resumes or takes over.
    enter() {
      underWay = ask();
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
      if (heartbeat) heartbeat.stop();
      heartbeat = null;
    },
  };
}

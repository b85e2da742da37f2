// @ts-check
// Proves that the page is alive: one small request every ten seconds, sent by page code and by nothing else.

import { Refusal } from "./api.js";

const EVERY = 10000;
const JITTER = 1000;
const AGAIN = 3000;
const TIMEOUT = 5000;
const UNSTEADY_AFTER = 15000;

/** @type {Room.StartHeartbeat} */
export function startHeartbeat({ api, epoch, onRefusal, onUnsteady, onHeard, onLost }) {
  /** @type {Room.Timer} */
  let timer;
  let busy = false;
  let stopped = false;
  let heardAt = Date.now();

  async function beat() {
    const used = epoch();
    if (busy || stopped || used === null) return;
    busy = true;
    clearTimeout(timer);
    let next = EVERY + (Math.random() * 2 - 1) * JITTER;
    const began = Date.now();
    try {
      const body = { epoch: used, visible: document.visibilityState !== "hidden" };
      await api.post("heartbeat", body, { timeout: TIMEOUT, retries: 0 });
      heardAt = Date.now();
      onHeard();
    } catch (error) {
      if (error instanceof Refusal) {
        heardAt = Date.now();
        // A beat that was under way while the page entered again speaks for the past.
        if (!stopped && used === epoch()) onRefusal(error, used);
      } else {
        next = AGAIN;
        // A page that was frozen meanwhile knows nothing of the line in that time.
        onLost(Math.max(began, Date.now() - TIMEOUT));
        if (Date.now() - heardAt >= UNSTEADY_AFTER) onUnsteady();
      }
    } finally {
      busy = false;
    }
    if (!stopped) timer = setTimeout(beat, next);
  }

  timer = setTimeout(beat, EVERY + (Math.random() * 2 - 1) * JITTER);
  return {
    now: beat,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

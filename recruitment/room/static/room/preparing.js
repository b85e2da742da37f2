// @ts-check
// The time to prepare: it runs from the first sight of the question, over reloads too; then the recording begins.

/** @param {string} key @param {number} now */
function firstSeen(key, now) {
  try {
    const since = Number(sessionStorage.getItem(key)) || now;
    sessionStorage.setItem(key, String(since));
    return since;
  } catch (error) {
    return now; // then the time begins anew after a reload
  }
}

export function createPreparation() {
  /** @type {Room.Timer} */
  let timer;
  const stop = () => clearInterval(timer);

  return {
    stop,
    /**
     * Counts down, and says how many whole seconds are left: at once, and twice a second until none is.
     * @param {string} key @param {number} seconds @param {(left: number) => void} onLeft
     */
    start(key, seconds, onLeft) {
      stop();
      const since = firstSeen(key, Date.now());
      const step = () => {
        const left = Math.max(0, Math.ceil(seconds - (Date.now() - since) / 1000));
        if (!left) stop();
        onLeft(left);
      };
      timer = setInterval(step, 500);
      step();
    },
  };
}

// @ts-check
// Tells the server when the page is hidden, shown or closed. Beacons only make it notice sooner: the lease decides.
// How long the page was without a line is told when the line is back: for the reader of the recording, for nothing else.

/** @type {Room.WatchPresence} */
export function watchPresence({ url, epoch, onWake, onHide }) {
  // A browser that closes a page says pagehide first and hidden after it: the second must not undo the first.
  let leaving = false;
  /** @type {number | null} */
  let lostAt = null;

  /** @param {"hidden" | "visible" | "pagehide" | "online"} event @param {object} [more] */
  function tell(event, more) {
    const number = epoch();
    if (event === "hidden" && leaving) return;
    leaving = event === "pagehide";
    if (number === null || !navigator.sendBeacon) return;
    navigator.sendBeacon(url, JSON.stringify(Object.assign({ epoch: number, event }, more)));
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      onHide();
      tell("hidden");
    } else {
      tell("visible");
      onWake();
    }
  });
  window.addEventListener("pagehide", () => {
    onHide();
    tell("pagehide");
  });
  // Some phones resume without a visibility event.
  ["pageshow", "focus", "online"].forEach((name) => {
    window.addEventListener(name, () => {
      leaving = false;
      onWake();
    });
  });

  /** @param {number} at */
  function lost(at) {
    if (lostAt === null && epoch() !== null) lostAt = at;
  }
  window.addEventListener("offline", () => lost(Date.now()));

  return {
    // A request that began at this moment got no answer.
    lost,
    forget() {
      lostAt = null;
    },
    // The server answered a page that is alive.
    heard() {
      // An answer that was on its way when the line went says nothing of the line now.
      if (lostAt === null || epoch() === null || !navigator.onLine) return;
      const seconds = Math.round((Date.now() - lostAt) / 1000);
      lostAt = null;
      if (seconds > 0) tell("online", { seconds });
    },
  };
}

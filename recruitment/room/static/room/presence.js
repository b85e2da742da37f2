// Tells the server when the page is hidden, shown or closed. Beacons only make it notice sooner: the lease decides.

// `epoch` gives the number to send, or null when there is nothing to say; `onWake` runs whenever the page comes back.
export function watchPresence({ url, epoch, onWake, onHide }) {
  // A browser that closes a page says pagehide first and hidden after it: the second must not undo the first.
  let leaving = false;

  function tell(event) {
    const number = epoch();
    if (event === "hidden" && leaving) return;
    leaving = event === "pagehide";
    if (number === null || !navigator.sendBeacon) return;
    navigator.sendBeacon(url, JSON.stringify({ epoch: number, event }));
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
}

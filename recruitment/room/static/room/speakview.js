// @ts-check
// How a spoken answer looks: picture, level, clock, buttons, and what is not uploaded yet.

import { maySubmit, reminderOf, takesOf } from "./takes.js";
import { all, fill, minutesOf, one, say } from "./view.js";

const BUTTONS = "[data-takes] button, [data-take=file] input, [data-deed=submit]";

/** @type {Room.CreateSpeakView} */
export function createSpeakView() {
  const box = one("[data-mode=speak]");
  /** @type {HTMLVideoElement} */
  const preview = one("[data-preview]", box);
  const level = one("[data-level]", box);
  let timeLeft = 0; // as it was said last
  let hasNoFocus = false; // the button that had it is gone

  // Whoever works with keys goes on at the first button that is there.
  /** @param {Element | null} focused */
  function keepFocus(focused) {
    const isNowhere = !focused || focused === document.body;
    const isGone = focused instanceof HTMLElement && focused.matches(BUTTONS) && !focused.offsetParent;
    hasNoFocus = isGone || (hasNoFocus && isNowhere);
    const next = hasNoFocus && all(BUTTONS).find((button) => button.offsetParent);
    if (!next) return;
    hasNoFocus = false;
    next.focus({ preventScroll: true });
  }

  return {
    draw(standing, kind) {
      const { phase, has } = standing;
      box.dataset.phase = phase;
      box.dataset.kind = kind;
      box.dataset.replaying = "false";
      const shown = takesOf(standing);
      const focused = document.activeElement;
      all("[data-take]").forEach((element) => {
        element.hidden = !shown[/** @type {Room.Take} */ (element.dataset.take)];
      });
      one("[data-deed=submit]").hidden = !maySubmit(phase, has);
      one("[data-swap=write]").hidden = phase === "sending";
      keepFocus(focused);
    },

    say: (text) => fill({ "take-status": text }),

    remind(left) {
      const mark = reminderOf(timeLeft, left);
      timeLeft = left;
      if (mark) fill({ "take-status": say("seconds_left", { count: mark }) });
    },

    begin(left) {
      timeLeft = left;
    },

    time: (text) => fill({ "take-time": text }),

    clock: (spent, limit) => fill({ "take-time": `${minutesOf(Math.min(spent, limit))} / ${minutesOf(limit)}` }),

    upload(waiting, isSent) {
      box.dataset.waiting = String(waiting.chunks);
      if (waiting.chunks) fill({ upload: say("not_sent", { count: Math.max(1, Math.round(waiting.seconds)) }) });
      else fill({ upload: isSent ? say("all_sent") : null });
    },

    level(value) {
      level.style.transform = `scaleX(${value.toFixed(2)})`;
    },

    picture(stream, kind) {
      const hasPicture = stream !== null && stream.getVideoTracks().length > 0;
      preview.srcObject = hasPicture ? stream : null;
      if (hasPicture) preview.play().catch(() => undefined);
      box.dataset.kind = kind;
    },

    replaying(isOpen) {
      box.dataset.replaying = String(isOpen);
    },

    noPicture() {
      preview.srcObject = null;
    },

    why(error) {
      box.dataset.why = String(error);
    },
  };
}

// @ts-check
// The sections around the interview: how it ended, coming back, what the dialog says before leaving.

import { all, config, dayAndTimeOf, drawStages, fill, one, say, show } from "./view.js";


/** @param {string} name of the data attribute @param {(said: string | undefined) => boolean} isMeant */
function choose(name, isMeant) {
  all(`[data-${name}]`).forEach((element) => {
    element.hidden = !isMeant(element.dataset[name]);
  });
}

/** @param {Room.Interview} room @param {boolean} justLeft */
function fillReturn(room, justLeft) {
  choose("left", (said) => (said === "now") === justLeft);
  drawStages(one("[data-stages]"), room.stages);
  fill({ until: room.resume_until ? say("return_until", { when: dayAndTimeOf(room.resume_until) }) : null });
}

/** Shows a section with what it says. @param {Room.Place} place @param {Room.Interview} room @param {boolean} justLeft */
export function showPlace(place, room, justLeft) {
  if (place === "ended") choose("ended", (said) => said === room.state);
  if (place === "return") fillReturn(room, justLeft);
  show(place);
}

/** What the dialog says before leaving. @param {Room.Interview} room @param {number} unsent seconds that are not uploaded */
export function fillExit(room, unsent) {
  const until = room.resume_until || Date.now() + config.resume_hours * 3600000;
  const saved = room.stages.filter((stage) => stage.saved_at).length;
  fill({
    "exit-saved": say("exit_saved", { saved, count: room.stages.length }),
    "exit-unsent": unsent ? say("exit_unsent", { count: unsent }) : null,
    "exit-until": say("return_until", { when: dayAndTimeOf(until) }),
  });
}

/** The few facts that help a specialist to help. @param {string} medium */
export function describeDevice(medium) {
  const app = /wxwork|MicroMessenger|Edg|Firefox|Chrome|Safari/.exec(navigator.userAgent);
  const system = /iPhone|iPad|Android|HarmonyOS|Windows|Mac OS|Linux/.exec(navigator.userAgent);
  return {
    platform: system ? system[0] : "",
    browser: app ? app[0] : "",
    network: (navigator.connection && navigator.connection.effectiveType) || "",
    width: window.innerWidth,
    medium,
  };
}

/**
 * The form before the start: calls `onAgreed` with the consents once every question has an answer.
 * @param {(consents: string[]) => unknown} onAgreed @param {(button: HTMLElement, work: () => unknown) => unknown} busy
 */
export function listenToConsents(onAgreed, busy) {
  /** @type {HTMLFormElement} */
  const form = one("[data-form=consent]");
  /** @param {string} name */
  const chosen = (name) => /** @type {HTMLInputElement | null} */ (form.querySelector(`input[name=${name}]:checked`));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const names = ["recording", "ai_evaluation"].filter((name) => form.querySelector(`input[name=${name}]`));
    names.forEach((name) => {
      one(`[data-choose=${name}]`, form).hidden = chosen(name) !== null;
    });
    const missing = names.find((name) => !chosen(name));
    if (missing) {
      one(`input[name=${missing}]`, form).focus();
      return;
    }
    const agreed = names.filter((name) => {
      const choice = chosen(name);
      return choice !== null && choice.value === "yes";
    });
    busy(one("[type=submit]", form), () => onAgreed(agreed));
  });
}

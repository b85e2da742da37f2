// @ts-check
// The sections around the interview: how it ended, coming back, what the dialog says before leaving.

import { Refusal } from "./api.js";
import { busy, choose, config, dayAndTimeOf, drawStages, fill, one, say, show } from "./view.js";

/** @param {Room.Interview} room @param {boolean} justLeft */
function fillReturn(room, justLeft) {
  choose("left", justLeft ? "now" : "before");
  drawStages(room.stages);
  fill({ until: room.resume_until ? say("return_until", { when: dayAndTimeOf(room.resume_until) }) : null });
}

/** @type {Room.ShowPlace} */
export function showPlace(place, room, justLeft) {
  if (place === "return") fillReturn(room, justLeft);
  // Where nothing can be entered the server says how it stands: on this page, or on the one that is asked for now.
  if (document.body.dataset.situation) show("ended");
  else if (place === "ended") location.reload(); // the page that comes sends what the device still holds
  else show(place);
}

const SHUT = ["held_elsewhere", "no_returns_left", "resume_over", "window_not_open", "window_over"];

/** Whether the way in is shut, whatever the page showed. @param {unknown} error */
export const isShut = (error) => error instanceof Refusal && SHUT.includes(error.code);

// What the dialog says before leaving.
/** @type {Room.FillExit} */
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
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "",
    medium,
  };
}

// The form before the start: calls back with the consents once every question has an answer.
/** @param {(consents: string[]) => unknown} onAgreed */
export function listenToConsents(onAgreed) {
  /** @type {HTMLFormElement} */
  const form = one("[data-form=consent]");
  /** @param {string} name */
  const chosen = (name) => /** @type {HTMLInputElement | null} */ (form.querySelector(`input[name=${name}]:checked`));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const names = ["recording", "ai_evaluation", "faces"].filter((name) => form.querySelector(`input[name=${name}]`));
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

// What the candidate sees of the line to the server: steady, or trying again.
export function createLine() {
  let isTroubled = false;
  let status = "";

  /** @param {string} [text] the same as before without it */
  function draw(text) {
    if (text !== undefined) status = text;
    fill({ status: isTroubled ? say("unsteady") : status });
  }

  /** @param {boolean} value */
  function trouble(value) {
    if (isTroubled === value) return;
    isTroubled = value;
    document.body.classList.toggle("is-unsteady", value);
    draw();
  }

  return { show: draw, trouble };
}

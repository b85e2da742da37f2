// @ts-check
// Shows one section of the page at a time and fills its slots. Every word comes from the server's page.

import { Refusal } from "./api.js";

/**
 * The element of the page that every version of it has.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} selector @param {ParentNode} [root] @returns {T}
 */
export const one = (selector, root) => /** @type {T} */ ((root || document).querySelector(selector));

/** @param {string} selector @param {ParentNode} [root] @returns {HTMLElement[]} */
export const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

/** @type {Room.Config} */
export const config = JSON.parse(one("#room-config").textContent || "");

// A sentence of the page with its {names} replaced; of a count of one, as it is said of one.
/** @type {Room.Say} */
export function say(name, values) {
  const single = `${name}_one`;
  const sentence = values && values.count === 1 && single in config.strings ? single : name;
  return config.strings[sentence].replace(/\{(\w+)\}/g, (whole, key) => (values && key in values ? String(values[key]) : whole));
}

/** By the clock of that zone; without one by the reader's own. @param {string} [timeZone] @returns {Room.Words} */
const clock = (timeZone) => (moment) =>
  new Intl.DateTimeFormat(config.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(
    new Date(moment),
  );
/** @param {string} [timeZone] @returns {Room.Words} */
const calendar = (timeZone) => (moment) =>
  new Intl.DateTimeFormat(config.language, { month: "long", day: "numeric", weekday: "short", timeZone }).format(
    new Date(moment),
  );
/** @param {string} [timeZone] @returns {Room.Words} */
const both = (timeZone) => (moment) => `${calendar(timeZone)(moment)} ${clock(timeZone)(moment)}`;

// A time alone goes by the clock that the reader has before them.
/** @type {Room.Words} */
export const timeOf = (moment) => clock()(moment);
// Where the reader's clock shows another time, both are said, each with whose it is.
/** @type {Room.Words} */
export const dayAndTimeOf = (moment) => {
  const company = both(config.time_zone)(moment);
  const here = both()(moment);
  return company === here ? company : say("elsewhere", { company, here });
};

/** @param {number} seconds */
export const minutesOf = (seconds) =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// What the page says of a failure, in its own words: the sentences of the API are for programs.
/** @param {unknown} error */
export function complaint(error) {
  const name = error instanceof Refusal ? `refused_${error.code}` : "";
  if (!(error instanceof Refusal) || !(name in config.strings)) return say("failed");
  return say(name, error.body.opens_at ? { when: dayAndTimeOf(error.body.opens_at) } : {});
}

// Writes text into every element marked with data-slot=name; null hides the element.
/** @type {Room.Fill} */
export function fill(values, root) {
  Object.keys(values).forEach((name) => {
    all(`[data-slot="${name}"]`, root).forEach((element) => {
      const text = values[name];
      element.hidden = text === null;
      if (text !== null && element.textContent !== text) element.textContent = text;
    });
  });
}

// Of the elements with data-<name>, those are shown that say this.
/** @type {Room.Choose} */
export function choose(name, meant, root) {
  all(`[data-${name}]`, root).forEach((element) => {
    element.hidden = element.dataset[name] !== meant;
  });
}

let shown = "";

/** @param {string} name */
export const isShown = (name) => shown === name;

// Shows the section of that name, hides the others, and moves the focus to its heading.
/** @param {string} name */
export function show(name) {
  shown = name;
  all("[data-view]").forEach((section) => {
    section.hidden = section.dataset.view !== name;
  });
  document.body.dataset.showing = name;
  one("[data-bar]").hidden = !["question", "saved"].includes(name);
  window.scrollTo(0, 0);
  const [heading] = all(`[data-view="${name}"] [data-heading]`);
  if (heading) heading.focus({ preventScroll: true });
}

// The steps under the bar: which stages are saved, which one is open.
/** @type {Room.DrawSteps} */
export function drawSteps(stages, open) {
  const list = one("[data-steps]");
  list.textContent = "";
  stages.forEach((stage) => {
    const item = document.createElement("li");
    item.className = stage.saved_at ? "is-saved" : stage.number === open.number ? "is-open" : "";
    list.appendChild(item);
  });
}

// The list of stages with what is saved.
/** @param {Room.Stage[]} stages */
export function drawStages(stages) {
  const list = one("[data-stages]");
  list.textContent = "";
  stages.forEach((stage) => {
    const item = document.createElement("li");
    item.className = stage.saved_at ? "is-saved" : "";
    const title = document.createElement("span");
    title.textContent = stage.title;
    const note = document.createElement("small");
    note.textContent = stage.saved_at ? say("saved_at", { time: timeOf(stage.saved_at) }) : say("not_finished");
    item.appendChild(title);
    item.appendChild(note);
    list.appendChild(item);
  });
}

// A button that shows that it works and cannot be pressed twice; resolves when `work` has ended.
/** @type {Room.Busy} */
export async function busy(button, work) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    button.removeAttribute("aria-busy");
  }
}

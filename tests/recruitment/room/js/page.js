// A page for modules that show something: elements that remember what they were given, and the sentences by their names.

import { readFileSync } from "node:fs";

const WORDS = new URL("../../../../recruitment/room/words.py", import.meta.url);

/** The names of all sentences that the server gives the page. */
export const NAMES = Array.from(
  readFileSync(WORDS, "utf8").split("def causes")[0].matchAll(/^ {8}"(\w+)": (?:_\(|lambda )/gm),
  (found) => found[1],
);

function element() {
  return Object.assign(new EventTarget(), {
    hidden: false, textContent: "", value: "", className: "", readOnly: false, dataset: {}, style: {}, children: [],
    focus: () => undefined,
    appendChild(child) {
      this.children.push(child);
    },
  });
}

/**
 * Puts a page in the place of the browser's; once for a test file, since modules read its sentences when they are loaded.
 * `say(name)` gives the sentence's name and what is filled into it.
 */
export function openPage() {
  const elements = new Map();
  const at = (selector) => {
    if (!elements.has(selector)) elements.set(selector, element());
    return elements.get(selector);
  };
  const strings = Object.fromEntries(NAMES.map((name) => [name, `${name} {number} {count} {most} {time}`]));
  at("#room-config").textContent = JSON.stringify({
    api: "/room/api/", interview: 7, language: "zh-CN", max_text: 20, resume_hours: 72, time_zone: "Asia/Shanghai", strings,
  });
  globalThis.document = Object.assign(new EventTarget(), {
    visibilityState: "visible",
    body: element(),
    querySelector: at,
    querySelectorAll: (selector) => [at(selector)],
    createElement: element,
  });
  globalThis.window = Object.assign(new EventTarget(), { scrollTo: () => undefined });
  globalThis.localStorage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  return {
    at,
    /** What a slot says, by the name of its sentence; null where it is hidden. */
    slot(name) {
      const found = at(`[data-slot="${name}"]`);
      return found.hidden ? null : found.textContent.replace(/ ?\{\w+\}/g, "").trim();
    },
    showing: () => document.body.dataset.showing,
  };
}

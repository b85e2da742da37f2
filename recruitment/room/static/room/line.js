// @ts-check
// What the candidate sees of the line to the server: steady, or trying again.

import { fill, say } from "./view.js";

export function createLine() {
  let isTroubled = false;
  let status = "";

  /** @param {string} [text] what the page says where there is no trouble; without it the same as before */
  function show(text) {
    if (text !== undefined) status = text;
    fill({ status: isTroubled ? say("unsteady") : status });
  }

  /** @param {boolean} value */
  function trouble(value) {
    if (isTroubled === value) return;
    isTroubled = value;
    document.body.classList.toggle("is-unsteady", value);
    show();
  }

  return { show, trouble };
}

// @ts-check
// A file from the phone's own camera app: taken whole or not at all.

import { one } from "./view.js";

const SECONDS_PER_BYTE = 1 / 125000; // a phone's camera makes about a megabit a second; only for the display

/** @param {(file: File) => unknown} onFile */
export function listenForFiles(onFile) {
  /** @type {HTMLInputElement} */
  const picker = one("[data-take=file] input");
  picker.addEventListener("change", () => {
    const [file] = Array.from(picker.files || []);
    if (file) onFile(file);
    picker.value = "";
  });
}

// How many bytes a file may have: what is recorded here makes room for it.
/** @type {Room.MostBytes} */
export const mostBytes = (policy, held) => Math.min(policy.max_bytes, policy.left_bytes + held);

// Puts a file in the place of what was recorded for its question.
/** @type {Room.TakeFile} */
export async function takeFile(queue, file, facts) {
  if (queue.recorded(facts.question).segments) {
    await queue.discard(facts.question);
    await queue.told();
  }
  const segment = queue.open(Object.assign({ medium: "file", mime: file.type || "video/mp4" }, facts));
  await queue.push(segment, file, file.size * SECONDS_PER_BYTE);
}

// A click on a word, or on a piece's time, plays the recording beside it from there; where the words are being
// corrected, its line is marked in the box.
"use strict";
document.addEventListener("click", (event) => {
  const clicked = event.target instanceof Element ? event.target.closest(".hs-heard [data-at]") : null;
  const figure = clicked && clicked.closest("figure");
  const player = figure && figure.querySelector("video, audio");
  if (!(clicked instanceof HTMLElement)) return;
  mark(clicked);
  if (!(player instanceof HTMLMediaElement)) return;
  player.currentTime = Number(clicked.dataset.at);
  void player.play();
});

/** @param {HTMLElement} clicked */
function mark(clicked) {
  const box = clicked.closest("form")?.querySelector("textarea[name=text]");
  const line = clicked.closest("[data-line]");
  if (!(box instanceof HTMLTextAreaElement) || !(line instanceof HTMLElement)) return;
  const lines = box.value.split("\n");
  const number = Number(line.dataset.line);
  const start = lines.slice(0, number).reduce((sum, each) => sum + each.length + 1, 0);
  // A word is marked itself where its line still holds it, near its place.
  const word = clicked.matches("span") ? (clicked.textContent ?? "").trim() : "";
  const words = [...line.querySelectorAll("span[data-at]")];
  const before = words.slice(0, Math.max(0, words.indexOf(clicked)));
  const place = before.reduce((sum, each) => sum + (each.textContent ?? "").length, 0);
  const within = word ? (lines[number] ?? "").indexOf(word, Math.max(0, place - 1)) : -1;
  const from = within < 0 ? start : start + within;
  box.focus();
  box.setSelectionRange(from, within < 0 ? start + (lines[number] ?? "").length : from + word.length);
}

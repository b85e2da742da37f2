// A click on a word, or on a piece's time, plays the recording beside it from there; where the words are being
// corrected, it is marked in the box.
"use strict";
(() => {
  /** @param {HTMLElement} clicked */
  function mark(clicked) {
    const form = clicked.closest("form");
    const box = form && form.querySelector("textarea[name=text]");
    const line = clicked.closest("[data-line]");
    if (!(box instanceof HTMLTextAreaElement) || !(line instanceof HTMLElement)) return;
    const number = Number(line.dataset.line);
    const lines = box.value.split("\n");
    const text = lines[number] || "";
    const start = lines.slice(0, number).reduce((sum, each) => sum + each.length + 1, 0);
    // A word is marked itself where its line still holds it, near its place; else the line.
    const words = [...line.querySelectorAll("span[data-at]")];
    const before = words.slice(0, Math.max(0, words.indexOf(clicked)));
    const place = before.reduce((sum, each) => sum + (each.textContent || "").length, 0);
    const word = words.includes(clicked) ? (clicked.textContent || "").trim() : "";
    const within = word ? text.indexOf(word, Math.max(0, place - 1)) : -1;
    box.focus();
    if (within < 0) box.setSelectionRange(start, start + text.length);
    else box.setSelectionRange(start + within, start + within + word.length);
  }

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
})();

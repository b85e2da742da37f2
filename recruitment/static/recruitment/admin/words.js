// A click on a word, or on a piece's time, plays the recording beside it from there.
"use strict";
document.addEventListener("click", (event) => {
  const clicked = event.target instanceof Element ? event.target.closest(".hs-heard [data-at]") : null;
  const figure = clicked && clicked.closest("figure");
  const player = figure && figure.querySelector("video, audio");
  if (!(clicked instanceof HTMLElement) || !(player instanceof HTMLMediaElement)) return;
  player.currentTime = Number(clicked.dataset.at);
  void player.play();
});

// @ts-check
// The own recording, played back on the device before it is handed in: run after run, out of what the device holds.

import { one } from "./view.js";

/** @type {Room.CreateReplay} */
export function createReplay({ pieces, onPart }) {
  /** @type {HTMLVideoElement} */
  const player = one("[data-own]");
  /** @type {string[]} */
  let addresses = [];
  let place = 0;

  /** @param {number} number */
  function load(number) {
    place = number;
    player.src = addresses[number];
    onPart(number + 1, addresses.length);
  }

  const play = () => player.play().catch(() => undefined);

  player.addEventListener("ended", () => {
    const isLast = place + 1 >= addresses.length;
    load(isLast ? 0 : place + 1);
    if (!isLast) play();
  });

  function close() {
    if (player.hidden) return;
    player.hidden = true;
    player.removeAttribute("src");
    player.load();
    addresses.forEach((address) => URL.revokeObjectURL(address));
    addresses = [];
  }

  return {
    close,
    isOpen: () => !player.hidden,
    async open(question) {
      const blobs = await pieces(question);
      if (!blobs.length) return false;
      close();
      addresses = blobs.map((blob) => URL.createObjectURL(blob));
      player.hidden = false;
      player.scrollIntoView({ block: "center" });
      load(0);
      play();
      return true;
    },
  };
}

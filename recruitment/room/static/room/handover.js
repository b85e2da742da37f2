// @ts-check
// A short code with which the interview goes on on another device: shown until it ends or another one is asked for.

import { complaint, fill, say, timeOf } from "./view.js";

// The server ends earlier codes when it makes a new one.
/** @type {Room.CreateHandover} */
export function createHandover({ api }) {
  /** @type {{ code: string, expires_at: string } | null} */
  let made = null;

  function draw() {
    fill({
      "handover-code": made ? made.code : say("handover_making"),
      "handover-until": made ? say("handover_until", { time: timeOf(made.expires_at) }) : null,
    });
  }

  async function renew() {
    made = null;
    draw();
    fill({ "exit-problem": null });
    try {
      made = await api.post("handover", {}, { retries: 1 });
      draw();
    } catch (error) {
      fill({
        "handover-code": null,
        "exit-problem": complaint(error),
      });
    }
  }

  return {
    renew,
    // The code that is still good is shown again.
    async show() {
      if (made && Date.parse(made.expires_at) > Date.now()) draw();
      else await renew();
    },
    forget() {
      made = null;
    },
  };
}

// @ts-check
// The question read aloud, once somebody asks for it: fetched only then. The text stands there whatever becomes of it.

import { fill, say } from "./view.js";

/** @type {Room.CreateVoice} */
export function createVoice({ api, isWanted }) {
  const player = new Audio();
  /** @type {Room.Question | null} the question that is being heard */
  let heard = null;

  function stop() {
    player.pause();
    if (heard && isWanted(heard)) fill({ hear: hearOf(heard) });
    heard = null;
  }

  player.addEventListener("ended", stop);
  // Nobody hears it over another question, nor into the own recording.
  player.addEventListener("timeupdate", () => heard && !isWanted(heard) && stop());

  return {
    /** @param {Room.Question} question */
    async hear(question) {
      const isOn = heard === question;
      stop();
      if (isOn || !question.voice) return;
      heard = question;
      player.src = `${api}voices/${question.voice.id}`;
      fill({ hear: say("hear_stop") });
      try {
        await player.play();
      } catch (error) {
        if (heard !== question) return;
        stop();
        fill({ hear: say("hear_failed") });
      }
    },
  };
}

/** @param {Room.Question} question */
const hearOf = ({ voice }) => (voice ? say(voice.kind === "own" ? "hear" : "hear_synthetic") : null);

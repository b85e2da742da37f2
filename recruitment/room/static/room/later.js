// @ts-check
// What not everybody needs is fetched by who does: the device check, the voice of a question, and what counts faces.

import { config, fill, isShown, one, say } from "./view.js";

let fetches = 0;

// A browser remembers a failure by its address: the next try has its own.
/** @param {string} name @returns {Promise<any>} */
export async function bring(name) {
  try {
    return await import(`./${name}.js${fetches ? `?${fetches}` : ""}`);
  } catch (error) {
    fetches += 1;
    throw error;
  }
}

/** @type {Room.CreateListening} */
export function createListening({ open, isRecording, api, epoch, queue }) {
  /** @type {Room.Voice | null} */
  let voice = null;
  /** @type {Promise<Room.Faces> | null} */
  let faces = null;

  const asked = () => (open() || { question: null }).question;
  /** @param {Room.Question} question */
  const isWanted = (question) => isShown("question") && asked() === question && !isRecording();

  async function fetchVoice() {
    const { createVoice } = await bring("voice");
    voice = voice || createVoice({ api: config.api, isWanted });
  }

  /** @param {{ worker: string, degrees: number }} given @returns {Promise<Room.Faces>} */
  async function watch(given) {
    const { createFaces } = await bring("faces");
    const video = () => one("[data-mode=speak] [data-preview]");
    return createFaces({ config: given, api, epoch, open, isRecording, queue, video });
  }

  return {
    // Browsers let sound begin in answer to a tap, not long after: it is there before anybody asks, as a rule.
    know({ state, stages, consents }) {
      const isAgreed = state === "in_progress" && consents.includes("faces");
      if (config.faces && isAgreed) faces = faces || watch(config.faces);
      else if (faces && state === "in_progress") faces.then((watched) => watched.takenBack(), () => undefined);
      if (voice || !stages.some((stage) => stage.questions.some((each) => each.voice))) return;
      fetchVoice().catch(() => undefined);
    },

    async hear() {
      const question = asked();
      try {
        if (!voice) await fetchVoice();
        if (question) await /** @type {Room.Voice} */ (voice).hear(question);
      } catch (error) {
        fill({ hear: say("hear_failed") });
      }
    },

    // The consent is taken back: at once here, and with all that was counted on the server.
    async withdraw() {
      if (faces) await (await faces).withdraw();
    },
  };
}

// @ts-check
// Leaving by one's own word: what was said is sent as far as it goes, then the server is told.

import { Refusal } from "./api.js";


const PATIENCE = 3000;

// What became of a wish to leave: the state that the interview is in now, as far as it is known. Fails where the candidate
// has to decide anew. `send` gets what was said to the server.
/** @type {Room.LeaveRoom} */
export async function leaveRoom({ writes, wish, send }) {
  const sent = send().catch(() => null);
  await Promise.race([sent, new Promise((done) => void setTimeout(done, PATIENCE))]);
  try {
    return await writes.post("exit", () => wish, { retries: 1, timeout: 6000 });
  } catch (error) {
    if (error instanceof Refusal && error.code === "ended") return { state: error.body.state };
    // Somebody who wants to leave may leave: without a line the server notices by itself. Nobody can notice by itself
    // that somebody gives up: this has to arrive, and until then the interview goes on.
    if (wish.choice !== "leave" || (error instanceof Refusal && error.status === 422)) throw error;
    return {};
  }
}

// @ts-check
// Handing in a spoken answer: everything is sent, then every chunk is named; what the server misses is sent again.

import { Refusal } from "./api.js";

/** @type {Room.HandIn} */
export async function handIn({ writes, queue, question, refresh, isOpen }) {
  await queue.drained(question);
  await refresh();
  for (;;) {
    if (!isOpen()) return "left";
    const segments = queue.listed(question);
    if (!segments.some((segment) => segment.chunks)) return "nothing";
    try {
      await writes.post(`answers/${question}/finish`, () => ({ segments }));
      await queue.forget(question);
      return "done";
    } catch (error) {
      const missing = error instanceof Refusal && error.code === "chunks_missing" && error.body.missing;
      if (!missing || !(await queue.resend(question, missing))) throw error;
    }
  }
}

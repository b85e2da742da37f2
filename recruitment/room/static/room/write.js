// @ts-check
// One question answered in writing: the box, its draft, its count of characters.

import { lengthOf, openDraft } from "./answers.js";
import { config, fill, one, say, timeOf } from "./view.js";

/** @type {Room.CreateWriting} */
export function createWriting({ writes, keyOf, onStatus, onRefusal }) {
  /** @type {HTMLTextAreaElement} */
  const box = one("#answer");
  /** @type {Room.Draft | null} */
  let draft = null;
  /** @type {Room.Question | null} */
  let question = null;
  let wasTooLong = false;

  // Nothing is cut: what is too long is said, stays in the box, and waits until it is shorter.
  function count() {
    const over = lengthOf(box.value) - config.max_text;
    fill({ words: say("words", { count: lengthOf(box.value.trim()) }) });
    if (over > 0) {
      fill({ problem: say("too_long", { most: config.max_text, count: over }) });
      onStatus(say("kept_here"));
    } else if (wasTooLong) fill({ problem: null });
    wasTooLong = over > 0;
    return over > 0;
  }

  box.addEventListener("input", () => {
    if (!count() && draft && draft.dirty()) fill({ problem: null });
  });

  function hide() {
    if (draft) draft.close();
    draft = null;
  }

  return {
    show(next) {
      hide();
      question = next;
      onStatus(say(question.answer ? "kept" : "autosave"));
      draft = openDraft({
        writes,
        key: keyOf(question),
        question,
        box,
        most: config.max_text,
        onStatus: (kind, when) => onStatus(kind === "saved" ? say("saved_at", { time: timeOf(when) }) : say(kind)),
        onRefusal,
      });
      count();
    },

    hide,

    async submit() {
      if (!draft || !question) return false;
      const current = draft;
      const own = question;
      if (!box.value.trim()) {
        fill({ problem: say("empty") });
        box.focus();
        return false;
      }
      if (count()) {
        box.focus();
        return false;
      }
      box.readOnly = true; // what is being handed in does not change any more
      try {
        await current.flush();
        await writes.post(`answers/${own.id}/finish`, () => ({ segments: [] }));
        current.finished();
        return true;
      } catch (error) {
        onRefusal(error);
        return false;
      } finally {
        box.readOnly = false;
      }
    },

    dirty: () => draft !== null && draft.dirty(),
    flush: () => (draft ? draft.flush() : Promise.resolve()),
    flushQuietly: () => draft && draft.flushQuietly(),
  };
}

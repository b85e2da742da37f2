// One question answered in writing: the box, its draft, its count of characters.

import { openDraft } from "./answers.js";
import { fill, one, say, timeOf } from "./view.js";

export function createWriting({ api, epoch, keyOf, onStatus, onRefusal }) {
  const box = one("#answer");
  let draft = null;
  let question = null;

  function count() {
    fill({ words: say("words", { count: box.value.trim().length }) });
  }

  box.addEventListener("input", () => {
    count();
    if (draft && draft.dirty()) fill({ problem: null });
  });

  return {
    show(next) {
      this.hide();
      question = next;
      onStatus(say(question.answer ? "kept" : "autosave"));
      draft = openDraft({
        api,
        epoch,
        key: keyOf(question),
        question,
        box,
        onStatus: (kind, when) => onStatus(kind === "saved" ? say("saved_at", { time: timeOf(when) }) : say(kind)),
        onRefusal,
      });
      count();
    },

    hide() {
      if (draft) draft.close();
      draft = null;
    },

    // Resolves true when the server has the answer and knows that it is finished.
    async submit() {
      const current = draft;
      if (!box.value.trim()) {
        fill({ problem: say("empty") });
        box.focus();
        return false;
      }
      box.readOnly = true; // what is being handed in does not change any more
      try {
        await current.flush();
        await api.post(`answers/${question.id}/finish`, () => ({ epoch: epoch(), segments: [] }));
        current.finished();
        return true;
      } catch (error) {
        onRefusal(error);
        return false;
      } finally {
        box.readOnly = false;
      }
    },

    dirty: () => Boolean(draft) && draft.dirty(),
    flush: () => (draft ? draft.flush() : Promise.resolve()),
    flushQuietly: () => draft && draft.flushQuietly(),
  };
}

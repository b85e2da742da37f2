// @ts-check
// The way through the interview, question by question.

import { Refusal } from "./api.js";
import { complaint, drawSteps, fill, one, say, show, timeOf } from "./view.js";
import { placeOf, unanswered, unsaved } from "./way.js";

/** @type {Room.CreateCourse} */
export function createCourse({
  writes, queue, speaking, writing, room, load, medium, showStatus, isEnded, onEnd, onUnclear, onRefusal,
}) {
  /** @type {{ stage: Room.Stage, question: Room.Question } | null} the question that is shown, and its stage */
  let open = null;
  let finishing = 0; // the number of the stage that is being saved

  function goOn() {
    if (isEnded()) {
      onEnd();
      return;
    }
    const { stages } = room();
    // Its answer was lost on the way.
    if (finishing && stages.some((each) => each.number === finishing && each.saved_at)) {
      showSaved(finishing);
      return;
    }
    const stage = unsaved(stages);
    if (!stage) {
      load().then(onUnclear, onRefusal);
      return;
    }
    const question = unanswered(stage);
    drawSteps(stages, stage);
    fill({ stage: say("stage_of", { number: stages.indexOf(stage) + 1, count: stages.length }), title: stage.title });
    if (question) showQuestion(stage, question);
    else finishStage(stage);
  }

  /** @param {Room.Stage} stage @param {Room.Question} question */
  function showQuestion(stage, question) {
    const place = placeOf(room().stages, stage, question);
    open = { stage, question };
    fill({
      place: say("question_of", { number: place.number, count: place.count }),
      question: question.text,
      hear: question.voice ? say(question.voice.kind === "own" ? "hear" : "hear_synthetic") : null,
      probe: question.answer && question.answer.probe ? say("probe", { question: question.answer.probe.text }) : null,
      problem: null,
      next: say(place.next),
    });
    showStatus("");
    show("question");
    if (question.answer && question.answer.probe) {
      writes.post(`answers/${question.id}/probe`, () => ({ shown: true }), { retries: 0 }).catch(() => {});
    }
    const wasWritten = question.answer && question.answer.text;
    answerBy(wasWritten && !queue.recorded(question.id).segments ? "text" : medium());
  }

  /** @param {Room.Medium} way */
  function answerBy(way) {
    if (!open) return Promise.resolve();
    const isText = way === "text";
    one("[data-mode=speak]").hidden = isText;
    one("[data-takes]").hidden = isText;
    one("[data-mode=write]").hidden = !isText;
    one("[data-swap=write]").hidden = isText;
    one("[data-swap=speak]").hidden = !isText || medium() === "text";
    one("[data-deed=submit]").hidden = false;
    document.body.dataset.answering = isText ? "writing" : "speaking";
    if (isText) {
      speaking.hide();
      writing.show(open.question);
      return Promise.resolve();
    }
    writing.hide();
    return speaking.show(open.question, way);
  }

  async function submit() {
    if (!open) return;
    const { stage, question } = open;
    fill({ problem: null });
    const isSpoken = speaking.isOpen();
    if (!(await (isSpoken ? speaking.submit() : writing.submit()))) return;
    question.answer = { finished_at: new Date().toISOString() };
    if (!isSpoken) await queue.forget(question.id);
    if (await asksFurther([question])) return;
    const next = unanswered(stage);
    if (next) showQuestion(stage, next);
    else await finishStage(stage);
  }

  // At most one further question to an answer, which is open again then. Whatever fails, the interview goes on without.
  /** @param {Room.Question[]} questions */
  async function asksFurther(questions) {
    for (const question of questions.filter((each) => each.may_probe)) {
      try {
        const asked = await writes.post(`answers/${question.id}/probe`, () => ({}), { retries: 0, timeout: 6000 });
        question.may_probe = !asked.decided;
        if (asked.probe) {
          await load();
          goOn();
          return true;
        }
      } catch (error) {
        // The stage is finished as if nothing had been asked.
      }
    }
    return false;
  }

  /** @param {Room.Stage} stage */
  async function finishStage(stage) {
    if (finishing) return;
    finishing = stage.number;
    // What was only spoken may be written down by now.
    if (await asksFurther(stage.questions)) {
      finishing = 0;
      return;
    }
    try {
      await writes.post(`stages/${stage.number}/finish`, () => ({}));
      await close();
      await load();
    } catch (error) {
      if (error instanceof Refusal && error.status === 422) await showMissing(error);
      else onRefusal(error);
      return;
    } finally {
      finishing = 0;
    }
    if (isEnded()) onEnd();
    else showSaved(stage.number);
  }

  // The server misses an answer: that question is shown.
  /** @param {Refusal} error */
  async function showMissing(error) {
    await load();
    const stage = unsaved(room().stages);
    const missing = stage && unanswered(stage);
    if (stage && missing) showQuestion(stage, missing);
    fill({ problem: complaint(error) });
  }

  /** @param {number} number */
  function showSaved(number) {
    const { stages } = room();
    const saved = stages.find((each) => each.number === number);
    const next = unsaved(stages);
    if (!next || !saved) {
      onUnclear();
      return;
    }
    drawSteps(stages, next);
    fill({
      saved: say("stage_saved", { number: stages.indexOf(saved) + 1, count: stages.length }),
      "saved-when": saved.saved_at ? say("stage_saved_at", { title: saved.title, time: timeOf(saved.saved_at) }) : null,
      coming: say("coming", { title: next.title }),
    });
    show("saved");
  }

  function close() {
    writing.hide();
    open = null;
    return speaking.hide();
  }

  return { goOn, answerBy, submit, close, open: () => open };
}

// The way through the interview: the open question of the open stage, handing it in, saving the stage.

import { Refusal } from "./api.js";
import { drawSteps, fill, one, say, show, timeOf } from "./view.js";

// `room()` is what the server said last, `load()` asks it again; `onEnd` and `onUnclear` choose another section.
export function createCourse({
  api, queue, speaking, writing, epoch, room, load, medium, showStatus, isEnded, onEnd, onUnclear, onRefusal,
}) {
  let open = null; // the question that is shown, and its stage

  // The first stage without a checkpoint, and in it the first question that is not finished.
  function goOn() {
    if (isEnded()) {
      onEnd();
      return;
    }
    const stage = room().stages.find((each) => !each.saved_at);
    if (!stage) {
      load().then(onUnclear, onRefusal);
      return;
    }
    const question = stage.questions.find((each) => !(each.answer && each.answer.finished_at));
    drawSteps(room().stages, stage);
    fill({ stage: say("stage_of", { number: stage.number, count: room().stages.length }), title: stage.title });
    if (question) showQuestion(stage, question);
    else finishStage(stage);
  }

  function showQuestion(stage, question) {
    const place = stage.questions.indexOf(question) + 1;
    const isLast = place === stage.questions.length;
    const isLastStage = stage === room().stages[room().stages.length - 1];
    open = { stage, question };
    fill({
      place: say("question_of", { number: place, count: stage.questions.length }),
      question: question.text,
      problem: null,
      next: say(!isLast ? "submit_next" : isLastStage ? "submit_interview" : "submit_stage"),
    });
    showStatus("");
    show("question");
    const wasWritten = question.answer && question.answer.text;
    answerBy(wasWritten && !queue.recorded(question.id).segments ? "text" : medium());
  }

  // Speaking or writing: either is fine for every question.
  function answerBy(way) {
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
    const { stage, question } = open;
    fill({ problem: null });
    const isSpoken = speaking.isOpen();
    if (!(await (isSpoken ? speaking.submit() : writing.submit()))) return;
    question.answer = { finished_at: new Date().toISOString() };
    if (!isSpoken) await queue.forget(question.id);
    const next = stage.questions.find((each) => !(each.answer && each.answer.finished_at));
    if (next) showQuestion(stage, next);
    else await finishStage(stage);
  }

  async function finishStage(stage) {
    try {
      await api.post(`stages/${stage.number}/finish`, () => ({ epoch: epoch() }));
    } catch (error) {
      if (error instanceof Refusal && error.status === 422) {
        // The server misses an answer that this page thought was finished: ask it which, and show that question.
        await load();
        const unsaved = room().stages.find((each) => !each.saved_at);
        const missing = unsaved && unsaved.questions.find((each) => !(each.answer && each.answer.finished_at));
        if (missing) showQuestion(unsaved, missing);
        fill({ problem: error.body.message || say("failed") });
        return;
      }
      onRefusal(error);
      return;
    }
    await close();
    await load();
    if (isEnded()) {
      onEnd();
      return;
    }
    const saved = room().stages.find((each) => each.number === stage.number);
    const next = room().stages.find((each) => !each.saved_at);
    if (!next) {
      onUnclear();
      return;
    }
    drawSteps(room().stages, next);
    fill({
      saved: say("stage_saved", { number: saved.number, count: room().stages.length }),
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

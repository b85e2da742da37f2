// @ts-check
// The order of an interview: which stage is open, which question of it, what follows it. Pure.

/** The first stage without a checkpoint. @param {Room.Stage[]} stages */
export const unsaved = (stages) => stages.find((stage) => !stage.saved_at);

/** The first question of a stage that is not finished. @param {Room.Stage} stage */
export const unanswered = (stage) => stage.questions.find((each) => !(each.answer && each.answer.finished_at));

// Where a question stands, and the name of the sentence that says what handing it in does.
/** @type {Room.PlaceOf} */
export function placeOf(stages, stage, question) {
  const number = stage.questions.findIndex((each) => each.id === question.id) + 1;
  const count = stage.questions.length;
  const isLastStage = stage.number === stages[stages.length - 1].number;
  const next = number < count ? "submit_next" : isLastStage ? "submit_interview" : "submit_stage";
  return { number, count, next };
}

// The order of an interview: which question comes, and what handing it in says that it does.

import assert from "node:assert/strict";
import { test } from "node:test";

import { placeOf, unanswered, unsaved } from "../../../../recruitment/room/static/room/way.js";

const question = (id, finished) => ({ id, answer: finished === undefined ? null : { finished_at: finished } });
const stage = (number, savedAt, ...questions) => ({ number, saved_at: savedAt, questions });

test("the open stage is the first without a checkpoint, whatever comes after it", () => {
  const stages = [stage(1, "9:00"), stage(2, null), stage(3, "9:30"), stage(4, null)];
  assert.equal(unsaved(stages).number, 2);
  assert.equal(unsaved([stage(1, "9:00")]), undefined);
  assert.equal(unsaved([]), undefined);
});

test("the open question is the first that is not finished: a draft is not", () => {
  assert.equal(unanswered(stage(1, null, question(1, "9:00"), question(2, null), question(3))).id, 2);
  assert.equal(unanswered(stage(1, null, question(1), question(2))).id, 1);
  assert.equal(unanswered(stage(1, null, question(1, "9:00"))), undefined);
  assert.equal(unanswered(stage(1, null)), undefined);
});

test("the button says what it does: next question, stage, interview", () => {
  const [first, second] = [stage(1, null, question(1), question(2)), stage(2, null, question(3))];
  const stages = [first, second];
  assert.deepEqual(placeOf(stages, first, first.questions[0]), { number: 1, count: 2, next: "submit_next" });
  assert.deepEqual(placeOf(stages, first, first.questions[1]), { number: 2, count: 2, next: "submit_stage" });
  assert.deepEqual(placeOf(stages, second, second.questions[0]), { number: 1, count: 1, next: "submit_interview" });
  // What the server says anew are other objects of the same stages.
  const anew = JSON.parse(JSON.stringify(stages));
  assert.equal(placeOf(anew, second, second.questions[0]).next, "submit_interview");
});

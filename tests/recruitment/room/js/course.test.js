// From question to question and stage to stage, with a page that only remembers what it is told to show.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { settle } from "./helpers.js";
import { openPage } from "./page.js";

const page = openPage();
const { Refusal } = await import("../../../../recruitment/room/static/room/api.js");
const { createCourse } = await import("../../../../recruitment/room/static/room/course.js");

beforeEach(() => {
  document.body.dataset.showing = "";
});

const question = (id, answer = null) => ({ id, text: `question ${id}`, kind: "open", prepare_seconds: 0, answer });
const FINISHED = { finished_at: "2026-11-02T09:00:00+08:00" };

/** A way through two stages, the first of two questions; `said` is what was done in order. */
function courseOn({ stages, answers = [], hands = () => true, medium = "text", recorded = 0, loads = [] } = {}) {
  const said = [];
  let room = { state: "in_progress", stages: stages || [
    { number: 1, title: "first", saved_at: null, questions: [question(1), question(2)] },
    { number: 2, title: "second", saved_at: null, questions: [question(3)] },
  ] };
  const course = createCourse({
    writes: {
      async post(path, body = () => ({})) {
        said.push([path, body().shown && "{shown}"].filter(Boolean).join(" "));
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    queue: { recorded: () => ({ segments: recorded }), forget: async (id) => said.push(`forget ${id}`) },
    speaking: {
      isOpen: () => medium !== "text",
      submit: async () => hands("spoken"),
      show: async ({ id }, way) => said.push(`${way} ${id}`),
      hide: async () => undefined,
    },
    writing: { submit: async () => hands("written"), show: ({ id }) => said.push(`write ${id}`), hide: () => undefined },
    room: () => room,
    async load() {
      said.push("load");
      const next = loads.shift();
      if (next instanceof Error) throw next;
      if (next) room = next;
    },
    medium: () => medium,
    showStatus: () => undefined,
    isEnded: () => room.state === "completed",
    onEnd: () => said.push("end"),
    onUnclear: () => said.push("unclear"),
    onRefusal: (error) => said.push(`refused ${error.code}`),
  });
  return { course, said, room };
}

const saved = (room, number) => ({
  ...room,
  stages: room.stages.map((stage) => (stage.number <= number ? { ...stage, saved_at: FINISHED.finished_at } : stage)),
});

test("the first open question is shown, by the way that this device answers", () => {
  for (const [medium, shown] of [["text", "write 1"], ["video", "video 1"]]) {
    const { course, said } = courseOn({ medium });
    course.goOn();
    assert.deepEqual(said, [shown]);
    assert.deepEqual([page.showing(), page.slot("question"), page.slot("next")], ["question", "question 1", "submit_next"]);
    assert.equal(course.open().question.id, 1);
  }
});

test("what was begun in writing goes on in writing, unless something is recorded", () => {
  const begun = () => [{ number: 1, title: "first", saved_at: null, questions: [question(1, { text: "begun" })] }];
  const wrote = courseOn({ stages: begun(), medium: "audio" });
  wrote.course.goOn();
  assert.deepEqual(wrote.said, ["write 1"]);
  const spoke = courseOn({ stages: begun(), medium: "audio", recorded: 1 });
  spoke.course.goOn();
  assert.deepEqual(spoke.said, ["audio 1"]);
});

test("question after question, then the stage: saved, and the next one is named", async () => {
  const made = courseOn();
  made.course.goOn();
  await made.course.submit();
  assert.equal(page.slot("next"), "submit_stage");
  const after = saved(made.room, 1);
  const { course, said, room } = courseOn({ stages: made.room.stages, loads: [after] });
  course.goOn();
  await course.submit();
  assert.deepEqual(said, ["write 2", "forget 2", "stages/1/finish", "load"]);
  assert.equal(page.showing(), "saved");
  assert.equal(course.open(), null);
  assert.ok(room);
});

test("an answer that is not handed in stays, and nothing goes on", async () => {
  const { course, said } = courseOn({ hands: () => false });
  course.goOn();
  await course.submit();
  assert.deepEqual([said, course.open().question.id], [["write 1"], 1]);
});

test("handing in where nothing is open does nothing", async () => {
  const { course, said } = courseOn();
  await course.submit();
  assert.deepEqual(said, []);
});

test("a spoken answer keeps what is recorded until the queue has forgotten it by itself", async () => {
  const { course, said } = courseOn({ medium: "audio" });
  course.goOn();
  await course.submit();
  assert.deepEqual(said, ["audio 1", "audio 2"]);
});

test("a stage whose answers are all there is finished at once, and only once at a time", async () => {
  const stages = [
    { number: 1, title: "first", saved_at: null, questions: [question(1, FINISHED)] },
    { number: 2, title: "second", saved_at: null, questions: [question(3)] },
  ];
  const { course, said } = courseOn({ stages, loads: [saved({ state: "in_progress", stages }, 1)] });
  course.goOn();
  course.goOn();
  await settle();
  assert.deepEqual(said, ["stages/1/finish", "load"]);
  course.goOn();
  assert.deepEqual(said.slice(2), ["write 3"]);
});

test("an answer that the server misses is asked for again, in the page's own words", async () => {
  const stages = () => [{ number: 1, title: "first", saved_at: null, questions: [question(1, FINISHED), question(2)] }];
  const missing = new Refusal(422, { code: "stage_unanswered", message: "raw" });
  const anew = { state: "in_progress", stages: [{ ...stages()[0], questions: [question(1), question(2, FINISHED)] }] };
  const { course, said } = courseOn({ stages: stages(), answers: [missing], loads: [anew] });
  course.goOn();
  await course.submit();
  assert.deepEqual(said, ["write 2", "forget 2", "stages/1/finish", "load", "write 1"]);
  assert.equal(page.slot("problem"), "refused_stage_unanswered");
});

test("other refusals of a stage, and a state that cannot be asked, are the room's", async () => {
  for (const failing of [{ answers: [new Refusal(409, { code: "ended" })] }, { loads: [new Refusal(401, { code: "ended" })] }]) {
    const stages = [{ number: 1, title: "first", saved_at: null, questions: [question(1, FINISHED)] }];
    const { course, said } = courseOn({ stages, ...failing });
    course.goOn();
    await settle();
    assert.equal(said.pop(), "refused ended");
  }
});

test("the end is the end: of the last stage, and of an interview that ended elsewhere", async () => {
  const stages = [{ number: 1, title: "only", saved_at: null, questions: [question(1)] }];
  const { course, said } = courseOn({ stages, loads: [{ state: "completed", stages: saved({ stages }, 1).stages }] });
  course.goOn();
  assert.equal(page.slot("next"), "submit_interview");
  await course.submit();
  assert.equal(said.pop(), "end");
  course.goOn();
  assert.equal(said.pop(), "end");
});

test("nothing open and no end: the server is asked which it is", async () => {
  const stages = [{ number: 1, title: "only", saved_at: FINISHED.finished_at, questions: [] }];
  const { course, said } = courseOn({ stages });
  course.goOn();
  await settle();
  assert.deepEqual(said, ["load", "unclear"]);
});

test("a further question opens its answer again, once, and is said to be shown; without one, and where asking fails, it goes on", async () => {
  const further = { text: "with whom?" };
  for (const [reply, expected] of [
    [{ probe: further, decided: true }, ["write 1", "answers/1/probe", "load", "answers/1/probe {shown}", "write 1"]],
    [{ probe: null, decided: true }, ["write 1", "forget 1", "answers/1/probe", "write 2"]],
    [new Refusal(409, { code: "stage_saved" }), ["write 1", "forget 1", "answers/1/probe", "write 2"]],
  ]) {
    const first = { ...question(1), may_probe: true };
    const stages = [{ number: 1, title: "first", saved_at: null, questions: [first, question(2)] }];
    const again = [{ ...stages[0], questions: [question(1, { finished_at: null, probe: further }), question(2)] }];
    const { course, said } = courseOn({ stages, answers: [reply], loads: [{ state: "in_progress", stages: again }] });
    course.goOn();
    await course.submit();
    assert.deepEqual(said.filter((each) => each !== "forget 1"), expected.filter((each) => each !== "forget 1"));
    assert.equal(page.slot("probe"), reply.probe ? "probe" : null);
  }
});

test("what was only spoken is asked about before its stage is saved, if its words are there by then", async () => {
  const stages = [{ number: 1, title: "first", saved_at: null, questions: [{ ...question(1), may_probe: true }] }];
  const replies = [{ probe: null, decided: false }, { probe: null, decided: false }, undefined];
  const { course, said } = courseOn({ stages, answers: replies, loads: [saved({ state: "in_progress", stages }, 1)] });
  course.goOn();
  await course.submit();
  assert.deepEqual(said, ["write 1", "forget 1", "answers/1/probe", "answers/1/probe", "stages/1/finish", "load", "unclear"]);
});

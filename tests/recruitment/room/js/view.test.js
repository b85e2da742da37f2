// What the page says of a number, and by whose clock.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openPage } from "./page.js";

process.env.TZ = "America/New_York";
const page = openPage();
const config = page.at("#room-config");
const strings = {
  words: "{count} characters", words_one: "{count} character", question_of: "Question {number} of {count}",
  elsewhere: "{company} ({here} where you are)",
};
config.textContent = JSON.stringify({ language: "en", time_zone: "Asia/Shanghai", strings });
const { dayAndTimeOf, say, timeOf } = await import("../../../../recruitment/room/static/room/view.js");

test("of one it is said as of one", () => {
  assert.deepEqual([0, 1, 2].map((count) => say("words", { count })), ["0 characters", "1 character", "2 characters"]);
  assert.equal(say("question_of", { number: 1, count: 1 }), "Question 1 of 1");
});

test("a time alone is by the reader's clock, a day with its time by both", () => {
  const at = "2026-11-30T20:12:00+08:00";
  assert.equal(timeOf(at), "07:12");
  assert.match(dayAndTimeOf(at), /20:12 \(.*07:12 where you are\)$/);
});

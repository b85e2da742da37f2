// Where the page is, what may happen there, and what is done then: every state and every event.

import assert from "node:assert/strict";
import { test } from "node:test";

import { START, step } from "../../../../recruitment/room/static/room/machine.js";

const OUTSIDE = ["loading", "consent", "check", "takeover", "return"];
const FINAL = ["done", "ended", "gone"];
const no = (status, code, more) => ({ status, code, ...more });

const EVENTS = {
  "loaded, scheduled": { type: "loaded", state: "scheduled", isOurs: false },
  "loaded, ours": { type: "loaded", state: "in_progress", isOurs: true },
  "loaded, in progress elsewhere": { type: "loaded", state: "in_progress", isOurs: false },
  "loaded, interrupted": { type: "loaded", state: "interrupted", isOurs: false },
  "loaded, completed": { type: "loaded", state: "completed", isOurs: true },
  "loaded, missed": { type: "loaded", state: "missed", isOurs: false },
  "wants in": { type: "wants_in", needsCheck: false },
  "wants in, device unknown": { type: "wants_in", needsCheck: true },
  entered: { type: "entered", epoch: 5 },
  "entry refused, signed out": { type: "entry_refused", no: no(410, "link_expired") },
  "entry refused, too late": { type: "entry_refused", no: no(409, "resume_over") },
  "entry refused, content": { type: "entry_refused", no: no(422, "consent_unknown") },
  "refused, signed out": { type: "refused", no: no(401, "no_session") },
  "refused, interrupted": { type: "refused", no: no(409, "interrupted", { used: 4 }) },
  "refused, interrupted and hidden": { type: "refused", no: no(409, "interrupted", { used: 4, isHidden: true }) },
  "refused, interrupted before": { type: "refused", no: no(409, "interrupted", { used: 3 }) },
  "refused, stale": { type: "refused", no: no(409, "stale_epoch") },
  "refused, stale with ours": { type: "refused", no: no(409, "stale_epoch", { used: 4 }) },
  "refused, stale before": { type: "refused", no: no(409, "stale_epoch", { used: 3 }) },
  "refused, stage saved": { type: "refused", no: no(409, "stage_saved") },
  "refused, answer finished": { type: "refused", no: no(409, "answer_finished") },
  "refused, stage not open": { type: "refused", no: no(409, "stage_not_open") },
  "refused, ended": { type: "refused", no: no(409, "ended") },
  "refused, content": { type: "refused", no: no(422, "invalid") },
  unreachable: { type: "unreachable" },
  leaving: { type: "leaving" },
  stays: { type: "stays" },
  left: { type: "left", state: "interrupted" },
  "left for good": { type: "left", state: "cancelled" },
  over: { type: "over", state: "completed" },
};

// What comes of each: where the page is then (`=`: where it was), its epoch, `…` while it asks for one, and the deeds.
const FINISH = (place) => `${place} - : stop forget finish show:${place}`;
const SIGNED_OUT = "gone - : stop show:gone";
const LOOK = "= - : stop forget load_and_complain";
const TABLE = {
  // event: [outside, outside and entering, running, running and entering again]
  "loaded, scheduled": [
    "consent - : be_content show:consent", "consent - : be_content show:consent",
    "consent - : be_content show:consent", "consent - : be_content show:consent",
  ],
  "loaded, ours": ["= - … : be_content enter", "= - … : be_content", "= 4 … : be_content enter", "= 4 … : be_content"],
  "loaded, in progress elsewhere": Array(4).fill("takeover - : be_content show:takeover"),
  "loaded, interrupted": Array(4).fill("return - : be_content show:return"),
  "loaded, completed": Array(4).fill(FINISH("done")),
  "loaded, missed": Array(4).fill(FINISH("ended")),
  "wants in": ["= - … : enter", "= - … :", "= 4 … : enter", "= 4 … :"],
  "wants in, device unknown": ["check - : show:check", "check - … : show:check", "check 4 : show:check", "check 4 … : show:check"],
  entered: ["= - :", "running 5 : live go_on", "= 4 :", "running 5 : live resume"],
  "entry refused, signed out": ["= - :", SIGNED_OUT, "= 4 :", SIGNED_OUT],
  "entry refused, too late": ["= - :", LOOK, "= 4 :", LOOK],
  "entry refused, content": ["= - :", "= - : complain", "= 4 :", "takeover - : stop show:takeover complain"],
  "refused, signed out": Array(4).fill(SIGNED_OUT),
  "refused, interrupted": ["= - :", "= - … :", "= 4 … : enter", "= 4 … :"],
  "refused, interrupted and hidden": ["= - :", "= - … :", "= 4 :", "= 4 … :"],
  "refused, interrupted before": ["= - :", "= - … :", "= 4 :", "= 4 … :"],
  "refused, stale": ["= - :", "= - … :", "takeover - : stop show:takeover", "= 4 … :"],
  "refused, stale with ours": ["= - :", "= - … :", "takeover - : stop show:takeover", "= 4 … :"],
  "refused, stale before": ["= - :", "= - … :", "= 4 :", "= 4 … :"],
  "refused, stage saved": ["= - : complain", "= - … : complain", "= 4 : load_and_go_on", "= 4 … : load_and_go_on"],
  "refused, answer finished": ["= - : complain", "= - … : complain", "= 4 : load_and_go_on", "= 4 … : load_and_go_on"],
  "refused, stage not open": ["= - : complain", "= - … : complain", "= 4 : load_and_go_on", "= 4 … : load_and_go_on"],
  "refused, ended": ["= - : complain", "= - … : complain", LOOK, LOOK],
  "refused, content": ["= - : complain", "= - … : complain", "= 4 : complain", "= 4 … : complain"],
  unreachable: ["= - : unsteady", "= - … : unsteady", "= 4 : unsteady", "= 4 … : unsteady"],
  leaving: ["= - :", "= - … :", "= 4 :", "= 4 … :"],
  stays: ["= - :", "= - … :", "= 4 :", "= 4 … :"],
  left: Array(4).fill("return - : stop forget show:return!"),
  "left for good": Array(4).fill(FINISH("ended")),
  over: Array(4).fill(FINISH("done")),
};

const words = (deed) => (deed.do === "show" ? `show:${deed.place}${deed.justLeft ? "!" : ""}` : deed.do);
const read = ({ state, deeds }, was) =>
  [state.place === was ? "=" : state.place, state.epoch === null ? "-" : state.epoch, state.entering ? "…" : "", ":"]
    .concat(deeds.map(words))
    .filter((word) => word !== "")
    .join(" ");

test("the table names every event", () => {
  assert.deepEqual(Object.keys(TABLE), Object.keys(EVENTS));
});

for (const [name, event] of Object.entries(EVENTS)) {
  test(name, () => {
    const [outside, entering, running, again] = TABLE[name];
    // A place that a row names may be the one where the page was.
    const meant = (row, place) => row.replace(new RegExp(`^${place} `), "= ");
    for (const place of OUTSIDE) {
      const state = { place, epoch: null, entering: false, leaving: false, then: "go_on" };
      assert.equal(read(step(state, event), place), meant(outside, place), `${place}`);
      assert.equal(read(step({ ...state, entering: true }, event), place), meant(entering, place), `${place}, entering`);
    }
    const state = { place: "running", epoch: 4, entering: false, leaving: false, then: "go_on" };
    assert.equal(read(step(state, event), "running"), running);
    const back = { ...state, entering: true, then: "resume" };
    assert.equal(read(step(back, event), "running"), meant(again, "running"));
    for (const place of FINAL) {
      const over = { place, epoch: null, entering: false, leaving: false, then: "go_on" };
      assert.deepEqual(step(over, event), { state: over, deeds: [] }, `${place} stays`);
    }
  });
}

test("a step changes no state, it makes a new one", () => {
  const state = Object.freeze({ place: "running", epoch: 4, entering: false, leaving: false, then: "go_on" });
  for (const event of Object.values(EVENTS)) assert.notEqual(step(state, event).state.place, undefined);
  assert.deepEqual(START, { place: "loading", epoch: null, entering: false, leaving: false, then: "go_on" });
});

test("an interruption goes on quietly, a wish to come in from the open question", () => {
  const running = { place: "running", epoch: 4, entering: false, leaving: false, then: "go_on" };
  const quiet = step(running, EVENTS["refused, interrupted"]).state;
  assert.equal(quiet.then, "resume");
  assert.equal(step(quiet, EVENTS["wants in"]).state.then, "go_on");
  assert.deepEqual(step(quiet, EVENTS.entered).deeds, [{ do: "live" }, { do: "resume" }]);
});

test("while the server is told that somebody leaves, no refusal brings the page back or says anything", () => {
  const running = { place: "running", epoch: 4, entering: false, leaving: false, then: "go_on" };
  const leaving = step(running, EVENTS.leaving).state;
  for (const [name, event] of Object.entries(EVENTS).filter(([, { type }]) => type === "refused")) {
    const expected = name === "refused, signed out" ? SIGNED_OUT : "= 4 :";
    assert.equal(read(step(leaving, event), "running"), expected, name);
  }
  assert.deepEqual(step(leaving, EVENTS.stays).state, running);
  assert.deepEqual(step(step(leaving, EVENTS.left).state, EVENTS["wants in"]).deeds, [{ do: "enter" }]);
  // It had to enter first: it leaves as the page that came of it.
  const again = { ...running, entering: true, then: "resume" };
  assert.deepEqual(step(step(again, EVENTS.leaving).state, EVENTS.entered).state, { ...leaving, epoch: 5 });
});

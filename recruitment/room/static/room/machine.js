// @ts-check
// The room as a state machine: where the page is, what may happen there, and what is to be done then. Pure: it asks nothing
// and shows nothing; whoever sends it an event performs what it answers.

/** @type {Room.State} */
export const START = { place: "loading", epoch: null, entering: false, leaving: false, then: "go_on" };

// The server is further than the page.
const AHEAD = ["stage_saved", "stage_not_open", "answer_finished"];
export const ENDED = ["completed", "abandoned", "cancelled", "missed"];
const FINAL = ["done", "ended", "gone"];

/** @param {Room.State} state @param {Room.Place} place @returns {Room.State} */
const stopped = (state, place) => ({ ...state, place, epoch: null, entering: false, leaving: false });

/** @param {Room.State} state @param {Room.Deed[]} deeds */
const answer = (state, ...deeds) => ({ state, deeds });

/** @param {Room.State} state */
const nothing = (state) => answer(state);

/** @param {Room.State} state @param {"go_on" | "resume"} then @param {Room.Deed[]} before */
function enter(state, then, ...before) {
  if (state.entering) return answer({ ...state, then }, ...before);
  return answer({ ...state, entering: true, then }, ...before, { do: "enter" });
}

/** @param {Room.State} state @param {string} said what the server says that the interview is */
function end(state, said) {
  const place = said === "completed" ? "done" : "ended";
  return answer(stopped(state, place), { do: "stop" }, { do: "forget" }, { do: "finish" }, { do: "show", place });
}

/** @param {Room.State} state */
function gone(state) {
  return answer(stopped(state, "gone"), { do: "stop" }, { do: "show", place: "gone" });
}

// Ended, not open yet, too late to return: the server says which, and the page says why.
/** @param {Room.State} state */
const lookAgain = (state) =>
  answer(stopped(state, state.place), { do: "stop" }, { do: "forget" }, { do: "load_and_complain" });

/** @param {Room.No} no */
const isSignedOut = (no) => no.status === 401 || no.status === 410;

/** @param {Room.State} state @param {Room.No} no */
function entryRefused(state, no) {
  if (isSignedOut(no)) return gone(state);
  if (no.status === 409) return lookAgain(state);
  if (state.epoch === null) return answer({ ...state, entering: false }, { do: "complain" });
  const place = "takeover";
  return answer(stopped(state, place), { do: "stop" }, { do: "show", place }, { do: "complain" });
}

// What the page makes of a refusal while it lives. What was sent before it entered again says nothing of now.
/** @param {Room.State} state @param {Room.No} no */
function refused(state, no) {
  // The answer to "I leave" says what is so then: a beat that is refused because of it undoes nothing.
  if (state.leaving) return nothing(state);
  const isOfThePast = state.entering || (no.used !== undefined && no.used !== state.epoch);
  if (no.code === "interrupted") {
    // Nobody is there: it enters when it is seen again, and not every minute until then.
    return isOfThePast || no.isHidden ? nothing(state) : enter(state, "resume");
  }
  if (no.code === "stale_epoch") {
    if (isOfThePast) return nothing(state);
    return answer(stopped(state, "takeover"), { do: "stop" }, { do: "show", place: "takeover" });
  }
  if (AHEAD.includes(no.code)) return answer(state, { do: "load_and_go_on" });
  if (no.status === 409) return lookAgain(state);
  return answer(state, { do: "complain" });
}

/** @param {Room.State} state @param {Room.Happening & { type: "loaded" }} event */
function loaded(state, event) {
  if (ENDED.includes(event.state)) return end(state, event.state);
  if (event.isOurs) return enter(state, "go_on", { do: "be_content" });
  const place = event.state === "scheduled" ? "consent" : event.state === "in_progress" ? "takeover" : "return";
  return answer(stopped(state, place), { do: "be_content" }, { do: "show", place });
}

// The state after an event, and what is to be done.
/** @type {(state: Room.State, event: Room.Happening) => Room.Step} */
export function step(state, event) {
  // What is over stays over, whatever a late answer says.
  if (FINAL.includes(state.place)) return nothing(state);
  switch (event.type) {
    case "loaded":
      return loaded(state, event);
    case "wants_in":
      if (!event.needsCheck) return enter(state, "go_on");
      return answer({ ...state, place: "check" }, { do: "show", place: "check" });
    case "entered":
      if (!state.entering) return nothing(state);
      return answer(
        { ...state, place: "running", epoch: event.epoch, entering: false, then: "go_on" },
        { do: "live" },
        { do: state.then },
      );
    case "entry_refused":
      return state.entering ? entryRefused(state, event.no) : nothing(state);
    case "refused":
      if (isSignedOut(event.no)) return gone(state);
      if (state.epoch !== null) return refused(state, event.no);
      return ["stale_epoch", "interrupted"].includes(event.no.code) ? nothing(state) : answer(state, { do: "complain" });
    case "unreachable":
      return answer(state, { do: "unsteady" });
    case "leaving":
      return nothing({ ...state, leaving: true });
    case "stays":
      return nothing({ ...state, leaving: false });
    case "left":
      if (ENDED.includes(event.state)) return end(state, event.state);
      return answer(
        stopped(state, "return"),
        { do: "stop" },
        { do: "forget" },
        { do: "show", place: "return", justLeft: true },
      );
    case "over":
      return end(state, event.state);
    default:
      return nothing(state);
  }
}

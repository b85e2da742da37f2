// @ts-check
// What may be done with a spoken answer, and when it goes on by itself. Pure.

const RESTARTS = 3; // in a row, then the candidate decides when to try again
const RESTARTS_WITHIN = 15000;
const ASLEEP = 3000; // without a tick, four of which come in a second
const JUST_WOKEN = 5000;
const REMINDERS = [10, 30]; // seconds before the time is over
const SILENT_FOR = 60; // measurements without any sound, ten a second
const SILENT = 0.02;
const MOST_BYTES = 64 * 1024 * 1024;
export const MOST_SECONDS = 600;

// Which buttons are there. A file comes from the phone's camera app: there the page records nothing itself, and another
// file takes the place of the first.
/** @type {Room.TakesOf} */
export function takesOf({ phase, medium, has, hasOwn, isFull, mayRetake }) {
  const isFile = medium === "file";
  return {
    record: !isFile && phase === "ready",
    stop: !isFile && phase === "recording",
    more: !isFile && phase === "recorded" && !isFull,
    retake: !isFile && ["recorded", "lost"].includes(phase) && has && mayRetake,
    replay: phase === "recorded" && hasOwn,
    again: !isFile && ["lost", "failed"].includes(phase),
    file: isFile && ["ready", "recorded", "failed"].includes(phase) && (!has || mayRetake),
  };
}

/** @param {Room.Phase} phase @param {boolean} has */
export const maySubmit = (phase, has) => has && ["recorded", "lost", "failed", "sending"].includes(phase);

/** The mark that the time left has just passed, in seconds; 0 for none. @param {number} before @param {number} left */
export const reminderOf = (before, left) => REMINDERS.find((mark) => left <= mark && before > mark) || 0;

// The name of the sentence that says why a recording stops by itself; "" while it may go on.
/** @type {Room.EndOf} */
export function endOf(spent, limit, waiting) {
  if (spent >= limit) return "time_over";
  return waiting.bytes > MOST_BYTES || waiting.seconds > MOST_SECONDS ? "queue_full" : "";
}

// A microphone that is covered gives silence: said once for each silence.
/** @type {() => { isLong(level: number): boolean, over(): void }} */
export function createSilence() {
  let count = 0;
  return {
    isLong(level) {
      count = level < SILENT ? count + 1 : 0;
      return count === SILENT_FOR;
    },
    over() {
      count = 0;
    },
  };
}

// A device that is lost again and again is opened by the candidate's hand.
/** @type {() => { may(now: number): boolean, forgive(): void }} */
export function createRestarts() {
  /** @type {number[]} */
  let restarts = [];
  return {
    may(now) {
      restarts = restarts.filter((at) => now - at < RESTARTS_WITHIN);
      restarts.push(now);
      return restarts.length <= RESTARTS;
    },
    forgive() {
      restarts = [];
    },
  };
}

// Some phones sleep and wake without an event: then the clock did not tick.
/** @type {Room.CreateSleepWatch} */
export function createSleepWatch() {
  let tickedAt = 0;
  let sleptAt = 0;
  return {
    tick(now) {
      if (tickedAt && now - tickedAt > ASLEEP) sleptAt = now;
      tickedAt = now;
    },
    start(now) {
      tickedAt = now;
    },
    hasSlept(now) {
      if (now - tickedAt <= ASLEEP && now - sleptAt >= JUST_WOKEN) return false;
      tickedAt = now;
      sleptAt = 0;
      return true;
    },
  };
}

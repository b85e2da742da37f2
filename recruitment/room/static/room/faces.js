// @ts-check
// Whether a face is before the camera while an answer is recorded: counted on this device, by who agreed to it. It comes after
// everything else: what costs the recording anything ends it for the answer, and then nothing is said of that answer.

import { fill, say } from "./view.js";

const EVERY = 2000; // from the beginning of one frame to the next
const LOOK = 250;
const SLOW_FRAME = 1000; // a frame that takes longer, there and back, stops it for the answer
const SLOW_START = 20000; // a phone that needs longer to begin is too slow
const STALL = 1000; // how late the page's own clock may be
const BEHIND = 10; // seconds of the recording that wait to be sent
const LOW = 0.2; // of the battery, when it is not being charged
const SIZE = { resizeWidth: 320, resizeHeight: 240 };

/** What was seen of one answer. @type {Room.CreateTally} */
export function createTally(degrees) {
  const counts = { frames: 0, absent: 0, away: 0, several: 0 };
  let milliseconds = 0;
  let reason = "";
  return {
    /** @param {Room.Judged} said */
    add({ faces, turned }) {
      counts.frames += 1;
      if (!faces) counts.absent += 1;
      else if (turned > degrees) counts.away += 1;
      if (faces > 1) counts.several += 1;
      milliseconds += EVERY;
    },
    stop(why) {
      reason = reason || why;
    },
    isStopped: () => reason !== "",
    /** None where there is nothing to say. */
    said() {
      if (reason) return { reason };
      return counts.frames ? Object.assign({ seconds: milliseconds / 1000 }, counts) : null;
    },
  };
}

/** Why a frame is not taken now, by what it would cost; "" where it costs nothing. @type {Room.Costs} */
export function costs({ late, waiting, battery, took }) {
  if (took > SLOW_FRAME) return "slow";
  if (late > STALL || waiting > BEHIND) return "lagging";
  return battery && !battery.charging && battery.level < LOW ? "saving" : "";
}

/** @type {Room.CreateFaces} */
export function createFaces({ config, api, epoch, open, isRecording, queue, video }) {
  /** @type {Map<number, Room.Tally>} */
  const tallies = new Map();
  /** @type {Worker | null} */
  let worker = null;
  /** @type {"loading" | "ready" | "busy" | "broken"} */
  let state = "loading";
  /** @type {{ level: number, charging: boolean } | null} */
  let battery = null;
  /** @type {number | null} the question that is being recorded */
  let running = null;
  /** @type {number | null} the one whose figures are to be sent */
  let owed = null;
  /** @type {number | null} the one that the last frame was of */
  let judged = null;
  let since = performance.now(); // the worker was asked
  let looked = performance.now();
  let next = 0;

  /** @param {number} question */
  function tallyOf(question) {
    const known = tallies.get(question);
    if (known) return known;
    const made = createTally(config.degrees);
    tallies.set(question, made);
    return made;
  }

  /** @param {Room.NotMeasured} why */
  function giveUp(why) {
    if (running !== null) tallyOf(running).stop(why);
  }

  /** @param {Room.Judged & { ready?: boolean, failed?: boolean }} said */
  function heard(said) {
    if (said.failed) broken("failed");
    else if (said.ready) state = "ready";
    else {
      state = "ready";
      if (running === null || judged !== running || tallyOf(running).isStopped()) return;
      const why = costs({ late: 0, waiting: 0, battery: null, took: performance.now() - since });
      if (why) giveUp(why);
      else tallyOf(running).add(said);
    }
  }

  /** @type {Room.NotMeasured} */
  let whyBroken = "unsupported";
  /** @param {Room.NotMeasured} why */
  function broken(why) {
    state = "broken";
    whyBroken = why;
    if (worker) worker.terminate();
    worker = null;
  }

  async function judge() {
    state = "busy";
    judged = running;
    since = performance.now();
    try {
      const frame = await createImageBitmap(video(), SIZE);
      if (worker) worker.postMessage({ frame }, [frame]);
    } catch (error) {
      state = worker ? "ready" : "broken"; // no picture at this moment
    }
  }

  function look() {
    const now = performance.now();
    const late = now - looked - LOOK;
    looked = now;
    const asked = open();
    const recording = isRecording() && asked && document.visibilityState === "visible" ? asked.question.id : null;
    if (recording !== running) turn(recording);
    if (running === null) return send();
    if (state === "broken") return giveUp(whyBroken);
    const took = state === "ready" ? 0 : now - since;
    if (state === "loading" && took > SLOW_START) return broken("slow");
    const why = costs({ late, waiting: queue.waiting().seconds, battery, took: state === "busy" ? took : 0 });
    if (why) return giveUp(why);
    if (state !== "ready" || now < next || tallyOf(running).isStopped() || !video().srcObject) return undefined;
    next = now + EVERY;
    return judge();
  }

  /** @param {number | null} recording */
  function turn(recording) {
    if (running !== null) owed = running;
    running = recording;
    // A run before which nothing is kept is a new take: what was seen of another one is forgotten.
    if (running !== null && !queue.recorded(running).segments) tallies.delete(running);
    if (running !== null) owed = null;
  }

  // When the recording is on the server: nothing waits for it, and a lost one is no fault.
  function send() {
    const said = owed === null ? null : tallyOf(owed).said();
    if (owed === null || epoch() === null || queue.waiting(owed).chunks) return;
    const path = `answers/${owed}/faces`;
    owed = null;
    if (said) api.put(path, Object.assign({ epoch: epoch() }, said), { retries: 1 }).catch(() => undefined);
  }

  function start() {
    if (!window.Worker || !window.createImageBitmap || !window.OffscreenCanvas || !window.WebAssembly) return broken("unsupported");
    worker = new Worker(config.worker);
    worker.onmessage = (event) => heard(event.data);
    worker.onerror = () => broken("failed");
    worker.postMessage({});
    if (navigator.getBattery) navigator.getBattery().then((found) => (battery = found), () => undefined);
    return undefined;
  }

  start();
  const timer = setInterval(look, LOOK);
  fill({ faces: say("faces_on"), "faces-stop": say("faces_stop") });

  function end() {
    clearInterval(timer);
    broken("failed");
    tallies.clear();
  }

  function ended() {
    fill({ faces: say("faces_off"), "faces-stop": null });
  }

  return {
    async withdraw() {
      end();
      fill({ faces: say("faces_stopping") });
      await api.post("faces/withdraw", {}, { retries: 4 });
      ended();
    },

    takenBack() {
      end();
      ended();
    },
  };
}

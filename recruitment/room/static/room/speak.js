// @ts-check
// One question answered by speaking: prepare, record, stop, go on, take again, hand in.

import { canRecord, kindOf, LOWEST } from "./devices.js";
import { listenForFiles, mostBytes, takeFile } from "./film.js";
import { handIn } from "./handin.js";
import { createPreparation } from "./preparing.js";
import { createRecording } from "./recorder.js";
import { createReplay } from "./replay.js";
import { createSpeakView } from "./speakview.js";
import { createRestarts, createSilence, createSleepWatch, endOf, MOST_SECONDS } from "./takes.js";
import { fill, minutesOf, say } from "./view.js";

/** @type {Room.CreateSpeaking} */
export function createSpeaking({ writes, queue, policy, facts, refresh, onRefusal }) {
  const view = createSpeakView();
  const restarts = createRestarts();
  const sleep = createSleepWatch();
  const silence = createSilence();
  const replay = createReplay({
    pieces: queue.pieces,
    onPart: (number, count) => view.say(say(count > 1 ? "replay_part" : "replay", { number, count })),
  });
  const preparation = createPreparation();
  /** @type {Room.Question | null} */
  let question = null;
  /** @type {Room.Phase} */
  let phase = "closed";
  let base = 0; // seconds that were recorded before this run
  let wantsToGoOn = false; // it was recording when it was taken away
  /** @type {Room.Medium} */
  let medium = "video";

  const open = () => /** @type {Room.Question} */ (question);
  const take = createRecording({ queue, facts: () => facts(open()), tell: hear });
  const limit = () => open().answer_seconds || MOST_SECONDS;
  const recorded = () => queue.recorded(open().id);
  const spent = () => (take.isRecording() ? base + take.seconds() : recorded().seconds);
  const kind = () => (medium === "file" ? "file" : kindOf(take.quality()));
  const isOpen = () => question !== null;
  const isIdle = () => phase === "failed" && !wantsToGoOn;
  const isHidden = () => document.visibilityState === "hidden";

  /** @param {Room.Phase} next @param {string} [status] */
  function draw(next, status) {
    phase = next;
    const { segments, own } = recorded();
    replay.close();
    view.draw({ phase, medium, has: segments > 0, hasOwn: own > 0, isFull: spent() >= limit() - 1, mayRetake: policy().retake }, kind());
    if (status !== undefined) view.say(status);
    tick();
  }

  function tick() {
    if (!isOpen()) return;
    view.clock(spent(), limit());
    drawWaiting();
    if (phase !== "recording") return;
    view.remind(limit() - spent());
    const end = endOf(spent(), limit(), queue.waiting());
    if (end) halt(say(end));
  }

  function drawWaiting() {
    view.upload(queue.waiting(), isOpen() && recorded().segments > 0 && phase !== "recording");
  }

  /** @type {Room.Tell} */
  function hear(event, detail) {
    if (!isOpen()) return;
    if (event === "tick") {
      sleep.tick(Date.now());
      tick();
    } else if (event === "level") {
      view.level(detail);
      if (phase === "recording" && silence.isLong(detail)) view.say(say("silent"));
    } else if (event === "lower") {
      view.say(say(detail === "audio" ? "lower_audio" : "lower_video"));
      view.picture(take.stream(), kind());
    } else if (event === "recording") drawRecording();
    else if (event === "stopped") drawWhatIsThere("ready");
    else if (event === "lost") lost(detail);
  }

  // What a recorder gives after a sleep may be silence and nothing else: a fresh stream, and a new segment.
  async function wake() {
    if (take.isRecording() && sleep.hasSlept(Date.now())) await take.suspend();
    await goOn();
  }

  /** @param {string} otherwise what is said where nothing is there */
  function drawWhatIsThere(otherwise) {
    if (recorded().segments) draw("recorded", say("recorded"));
    else draw("ready", say(otherwise));
  }

  // A new run of the recorder, by the candidate's wish or because the old one had to end.
  function drawRecording() {
    base = recorded().seconds;
    silence.over();
    sleep.start(Date.now());
    view.begin(limit() - base);
    draw("recording", say("recording"));
  }

  async function prepare() {
    const asked = question;
    draw("opening", say("opening_devices"));
    const isWhole = await take.prepare();
    if (question !== asked) return false;
    if (!isWhole) view.say(say("camera_missing"));
    view.picture(take.stream(), kind());
    return true;
  }

  /** @param {unknown} error */
  function failed(error) {
    view.why(error);
    if (isOpen()) draw("failed", say(medium === "file" ? "failed" : "devices_failed"));
  }

  async function ready() {
    if (medium === "file") {
      draw("ready", say("file_ready"));
      return;
    }
    if (isHidden()) {
      draw("lost", say("ready")); // a hidden page gets no camera: it is opened on return
      return;
    }
    try {
      if (!(await prepare())) return;
      const status = kindOf(take.quality()) === "audio" && medium === "video" ? say("camera_missing") : say("ready");
      draw("ready", status);
      countDown(status);
    } catch (error) {
      failed(error);
    }
  }

  /** @param {string} status */
  function countDown(status) {
    const { id, prepare_seconds: seconds } = open();
    if (!seconds || recorded().segments) return;
    const { interview, attempt } = facts(open());
    let isFirst = true;
    preparation.start(`room:${interview}:${attempt}:prepare:${id}`, seconds, (left) => {
      if (phase !== "ready") preparation.stop();
      else if (!left) record();
      else {
        if (isFirst) view.say(`${status} ${say("prepare_begins", { count: left })}`);
        if (isFirst) view.begin(left);
        isFirst = false;
        view.time(say("prepare", { time: minutesOf(left) }));
        view.remind(left);
      }
    });
  }

  async function record() {
    preparation.stop();
    try {
      if (!take.stream() && !(await prepare())) return;
      await take.start();
      view.picture(take.stream(), kind());
    } catch (error) {
      failed(error);
    }
  }

  /** @param {string} [status] */
  async function halt(status) {
    draw("stopping");
    await take.stop();
    if (status && isOpen()) view.say(status);
  }

  // Taken away: what was said is kept. Back in sight, or with the device back, a new segment goes on by itself.
  /** @param {Room.Loss} loss */
  async function lost({ what, wasRecording }) {
    wantsToGoOn = wantsToGoOn || wasRecording;
    view.noPicture();
    if (!wantsToGoOn && !["ready", "opening"].includes(phase)) return;
    draw("lost", say(what === "hidden" ? "lost_hidden" : what === "camera" ? "lost_camera" : "lost_microphone"));
    if (what !== "hidden" && restarts.may(Date.now())) await goOn();
  }

  async function goOn() {
    const isWaiting = phase === "lost" || (phase === "failed" && wantsToGoOn);
    if (!isOpen() || !isWaiting || isHidden()) return;
    const had = recorded().seconds;
    if (!wantsToGoOn) {
      if (recorded().segments) draw("recorded", say("recorded"));
      else await ready();
      return;
    }
    try {
      if (!(await prepare())) return;
      await take.start();
      wantsToGoOn = false;
      view.picture(take.stream(), kind());
      view.say(say("went_on", { count: Math.round(had) }));
    } catch (error) {
      failed(error);
    }
  }

  /** @param {File} file */
  async function pick(file) {
    const own = open();
    const most = mostBytes(policy(), queue.bytes(own.id));
    if (file.size > most) {
      fill({ problem: say("file_too_large", { count: Math.floor(most / 1000000) }) });
      return;
    }
    fill({ problem: null });
    await takeFile(queue, file, facts(own));
    if (question !== own) return;
    drawWhatIsThere("file_ready");
  }

  listenForFiles((file) => pick(file).catch(failed));
  if (canRecord()) {
    navigator.mediaDevices.addEventListener("devicechange", () => (isIdle() ? ready() : goOn()));
  }

  return {
    async show(next, wanted) {
      question = next;
      medium = wanted;
      wantsToGoOn = false;
      const lowest = wanted === "video" ? Math.min(take.quality(), LOWEST - 1) : 0;
      take.setQuality(wanted === "audio" ? LOWEST : lowest);
      const before = recorded();
      if (before.segments) draw("recorded", say("recorded_before", { count: Math.round(before.seconds) }));
      else await ready();
    },

    async hide() {
      preparation.stop();
      question = null;
      view.noPicture();
      phase = "closed";
      await take.close();
    },

    async submit() {
      const own = open();
      if (take.isRecording()) await halt();
      draw("sending", say(queue.waiting(own.id).chunks ? "sending" : "checking"));
      try {
        const became = await handIn({ writes, queue, question: own.id, refresh, isOpen: () => question === own });
        if (became === "nothing") draw(medium === "file" ? "ready" : "failed", say("nothing_recorded"));
        return became === "done";
      } catch (error) {
        if (question === own) draw("recorded", say("recorded"));
        onRefusal(error);
        return false;
      }
    },

    async replay() {
      if (replay.isOpen()) draw("recorded", say("recorded"));
      else if (!(await replay.open(open().id))) view.say(say("replay_missing"));
      view.replaying(replay.isOpen());
    },

    async retake() {
      await queue.discard(open().id);
      wantsToGoOn = false;
      await ready();
    },

    async again() {
      restarts.forgive();
      await (isIdle() ? ready() : goOn());
    },

    record,
    stop: () => halt(),
    cutOff() {
      if (take.isRecording()) halt();
      else if (isOpen() && medium === "file" && phase === "recorded" && !recorded().segments) draw("ready", say("file_ready"));
    },
    suspend: () => (isOpen() ? take.suspend() : Promise.resolve()),
    resume: wake,
    drawWaiting,
    isOpen,
    isRecording: () => phase === "recording",
    startLower: (quality) => take.setQuality(quality),
  };
}

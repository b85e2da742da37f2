// One question answered by speaking: prepare, record, stop, go on, take again, hand in.

import { Refusal } from "./api.js";
import { canRecord, kindOf, LOWEST } from "./devices.js";
import { MOST_BYTES, MOST_SECONDS } from "./queue.js";
import { createRecording } from "./recorder.js";
import { all, fill, minutesOf, one, say } from "./view.js";

const SILENT_FOR = 60; // measurements without any sound, ten a second
const RESTARTS = 3; // in a row, then the candidate decides when to try again
const RESTARTS_WITHIN = 15000;
const REMINDERS = [10, 30]; // seconds before the time is over
const ASLEEP = 3000; // without a tick, four of which come in a second
const JUST_WOKEN = 5000;
const BUTTONS = "[data-takes] button, [data-take=file] input, [data-deed=submit]";
const FILE_SECONDS_PER_BYTE = 1 / 125000; // a phone's camera makes about a megabit a second; only for the display

// `facts(question)` gives what a segment carries; `refresh()` asks the server's state again.
export function createSpeaking({ api, queue, epoch, policy, facts, refresh, onRefusal }) {
  const box = one("[data-mode=speak]");
  const preview = one("[data-preview]", box);
  const level = one("[data-level]", box);
  let question = null;
  let phase = "closed";
  let base = 0; // seconds that were recorded before this run
  let silent = 0;
  let restarts = [];
  let wantsToGoOn = false; // it was recording when it was taken away
  let preparing = 0;
  let timeLeft = 0; // as it was said last
  let tickedAt = 0;
  let sleptAt = 0;
  let hasNoFocus = false; // the button that had it is gone
  let medium = "video";

  const take = createRecording({ queue, facts: () => facts(question), tell: hear });
  const limit = () => question.answer_seconds || MOST_SECONDS;
  const recorded = () => queue.recorded(question.id);
  const spent = () => (take.isRecording() ? base + take.seconds() : recorded().seconds);
  const isOpen = () => question !== null;

  function draw(next, status) {
    phase = next;
    box.dataset.phase = phase;
    box.dataset.kind = medium === "file" ? "file" : kindOf(take.quality());
    const has = recorded().segments > 0;
    const shown = {
      record: phase === "ready",
      stop: phase === "recording",
      more: phase === "recorded" && medium !== "file" && spent() < limit() - 1,
      retake: ["recorded", "lost"].includes(phase) && has && policy().retake,
      again: ["lost", "failed"].includes(phase),
      file: medium === "file" && ["ready", "recorded"].includes(phase) && (!has || policy().retake),
    };
    const focused = document.activeElement;
    all("[data-take]").forEach((element) => {
      element.hidden = !shown[element.dataset.take];
    });
    one("[data-deed=submit]").hidden = !(has && ["recorded", "lost", "failed", "sending"].includes(phase));
    one("[data-swap=write]").hidden = phase === "sending";
    keepFocus(focused);
    if (status !== undefined) fill({ "take-status": status });
    tick();
  }

  // Whoever works with keys goes on at the first button that is there.
  function keepFocus(focused) {
    const isNowhere = !focused || focused === document.body;
    const isGone = !isNowhere && focused.matches(BUTTONS) && !focused.offsetParent;
    hasNoFocus = isGone || (hasNoFocus && isNowhere);
    const next = hasNoFocus && all(BUTTONS).find((button) => button.offsetParent);
    if (!next) return;
    hasNoFocus = false;
    next.focus({ preventScroll: true });
  }

  // Said aloud to whoever does not see the clock.
  function remind(left) {
    const mark = REMINDERS.find((each) => left <= each && timeLeft > each);
    timeLeft = left;
    if (mark) fill({ "take-status": say("seconds_left", { count: mark }) });
  }

  function tick() {
    if (!isOpen()) return;
    fill({ "take-time": `${minutesOf(Math.min(spent(), limit()))} / ${minutesOf(limit())}` });
    drawWaiting();
    if (phase !== "recording") return;
    const waiting = queue.waiting();
    remind(limit() - spent());
    if (spent() >= limit()) halt(say("time_over"));
    else if (waiting.bytes > MOST_BYTES || waiting.seconds > MOST_SECONDS) halt(say("queue_full"));
  }

  function drawWaiting() {
    const waiting = queue.waiting();
    const anything = isOpen() && recorded().segments > 0;
    box.dataset.waiting = String(waiting.chunks);
    if (waiting.chunks) fill({ upload: say("not_sent", { count: Math.max(1, Math.round(waiting.seconds)) }) });
    else fill({ upload: anything && phase !== "recording" ? say("all_sent") : null });
  }

  function hear(event, detail) {
    if (!isOpen()) return;
    if (event === "tick") notice(), tick();
    else if (event === "level") drawLevel(detail);
    else if (event === "lower") fill({ "take-status": say(detail === "audio" ? "lower_audio" : "lower_video") }), showStream();
    else if (event === "recording") drawRecording();
    else if (event === "stopped") drawStopped();
    else if (event === "lost") lost(detail);
  }

  // Some phones sleep and wake without an event.
  function notice() {
    const now = Date.now();
    if (now - tickedAt > ASLEEP) sleptAt = now;
    tickedAt = now;
  }

  // What a recorder gives after a sleep may be silence and nothing else: a fresh stream, and a new segment.
  async function wake() {
    const now = Date.now();
    if (take.isRecording() && (now - tickedAt > ASLEEP || now - sleptAt < JUST_WOKEN)) {
      tickedAt = now;
      sleptAt = 0;
      await take.suspend();
    }
    await goOn();
  }

  // A new run of the recorder, by the candidate's wish or because the old one had to end.
  function drawRecording() {
    base = recorded().seconds;
    silent = 0;
    tickedAt = Date.now();
    timeLeft = limit() - base;
    draw("recording", say("recording"));
  }

  function drawStopped() {
    if (recorded().segments) draw("recorded", say("recorded"));
    else draw("ready", say("ready"));
  }

  function drawLevel(value) {
    level.style.transform = `scaleX(${value.toFixed(2)})`;
    if (phase !== "recording") return;
    silent = value < 0.02 ? silent + 1 : 0;
    if (silent === SILENT_FOR) fill({ "take-status": say("silent") });
  }

  function showStream() {
    const stream = take.stream();
    const hasPicture = Boolean(stream) && stream.getVideoTracks().length > 0;
    preview.srcObject = hasPicture ? stream : null;
    if (hasPicture) preview.play().catch(() => undefined);
    box.dataset.kind = medium === "file" ? "file" : kindOf(take.quality());
  }

  // Opens camera and microphone; without a camera goes on with the microphone alone.
  async function prepare() {
    const asked = question;
    draw("opening", say("opening_devices"));
    try {
      await take.prepare();
    } catch (error) {
      if (kindOf(take.quality()) === "audio") throw error;
      take.setQuality(LOWEST);
      await take.prepare();
      if (question === asked) fill({ "take-status": say("camera_missing") });
    }
    if (question !== asked) return false;
    showStream();
    return true;
  }

  function failed(error) {
    box.dataset.why = String(error);
    if (isOpen()) draw("failed", say("devices_failed"));
  }

  async function ready() {
    if (document.visibilityState === "hidden") {
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

  // The time to prepare runs from the first sight of the question, over reloads too; then the recording begins.
  function countDown(status) {
    clearInterval(preparing);
    if (!question.prepare_seconds || recorded().segments) return;
    const { interview, attempt } = facts(question);
    const key = `room:${interview}:${attempt}:prepare:${question.id}`;
    let since = Date.now();
    try {
      since = Number(sessionStorage.getItem(key)) || since;
      sessionStorage.setItem(key, String(since));
    } catch (error) {
      // Then the time begins anew after a reload.
    }
    const leftNow = () => Math.ceil(question.prepare_seconds - (Date.now() - since) / 1000);
    timeLeft = leftNow();
    if (timeLeft > 0) fill({ "take-status": `${status} ${say("prepare_begins", { count: timeLeft })}` });
    const step = () => {
      const left = leftNow();
      if (phase !== "ready") clearInterval(preparing);
      else if (left <= 0) record();
      else fill({ "take-time": say("prepare", { time: minutesOf(left) }) }), remind(left);
    };
    preparing = setInterval(step, 500);
    step();
  }

  async function record() {
    clearInterval(preparing);
    try {
      if (!take.stream() && !(await prepare())) return;
      await take.start();
      showStream();
    } catch (error) {
      failed(error);
    }
  }

  async function halt(status) {
    draw("stopping");
    await take.stop();
    if (status && isOpen()) fill({ "take-status": status });
  }

  // Taken away: what was said is kept. Back in sight, or with the device back, a new segment goes on by itself.
  async function lost({ what, wasRecording }) {
    wantsToGoOn = wantsToGoOn || wasRecording;
    preview.srcObject = null;
    if (!wantsToGoOn && !["ready", "opening"].includes(phase)) return;
    draw("lost", say(what === "hidden" ? "lost_hidden" : what === "camera" ? "lost_camera" : "lost_microphone"));
    if (what !== "hidden" && mayRestart()) await goOn();
  }

  // A device that is lost again and again is opened by the candidate's hand.
  function mayRestart() {
    const now = Date.now();
    restarts = restarts.filter((at) => now - at < RESTARTS_WITHIN);
    restarts.push(now);
    return restarts.length <= RESTARTS;
  }

  async function goOn() {
    const isWaiting = phase === "lost" || (phase === "failed" && wantsToGoOn);
    if (!isOpen() || !isWaiting || document.visibilityState === "hidden") return;
    const carryOn = wantsToGoOn;
    const had = recorded().seconds;
    if (!carryOn && recorded().segments) {
      draw("recorded", say("recorded"));
      return;
    }
    if (!carryOn) {
      await ready();
      return;
    }
    try {
      if (!(await prepare())) return;
      await take.start();
      wantsToGoOn = false;
      showStream();
      fill({ "take-status": say("went_on", { count: Math.round(had) }) });
    } catch (error) {
      failed(error);
    }
  }

  async function takeFile(file) {
    if (!file) return;
    // What is recorded here makes room for the file.
    const most = Math.min(policy().max_bytes, policy().left_bytes + queue.bytes(question.id));
    if (file.size > most) {
      fill({ problem: say("file_too_large", { count: Math.floor(most / 1000000) }) });
      return;
    }
    fill({ problem: null });
    if (recorded().segments) {
      await queue.discard(question.id);
      await queue.told();
    }
    const mime = file.type || "video/mp4";
    const segment = queue.open(Object.assign(facts(question), { medium: "file", mime }));
    await queue.push(segment, file, file.size * FILE_SECONDS_PER_BYTE);
    if (recorded().segments) draw("recorded", say("recorded"));
    else draw("ready", say("file_ready"));
  }

  one("[data-take=file] input").addEventListener("change", (event) => {
    takeFile(event.target.files[0]).catch(failed);
    event.target.value = "";
  });
  if (canRecord()) {
    navigator.mediaDevices.addEventListener("devicechange", () => (phase === "failed" && !wantsToGoOn ? ready() : goOn()));
  }

  async function handIn(own) {
    await queue.drained(own.id);
    await refresh();
    for (;;) {
      if (question !== own) return false;
      const segments = queue.listed(own.id);
      if (!segments.some((segment) => segment.chunks)) {
        draw(medium === "file" ? "ready" : "failed", say("nothing_recorded"));
        return false;
      }
      try {
        await api.post(`answers/${own.id}/finish`, () => ({ epoch: epoch(), segments }));
        await queue.forget(own.id);
        return true;
      } catch (error) {
        const missing = error instanceof Refusal && error.code === "chunks_missing" && error.body.missing;
        if (!missing) throw error;
        if (!(await queue.resend(own.id, missing))) throw error;
      }
    }
  }

  return {
    async show(next, wanted) {
      question = next;
      medium = wanted;
      wantsToGoOn = false;
      take.setQuality(Math.max(wanted === "audio" ? LOWEST : 0, wanted === "video" ? Math.min(take.quality(), LOWEST - 1) : 0));
      if (recorded().segments) draw("recorded", say("recorded_before", { count: Math.round(recorded().seconds) }));
      else if (medium === "file") draw("ready", say("file_ready"));
      else await ready();
    },

    // Ends what runs and gives the camera back; what was recorded stays.
    async hide() {
      clearInterval(preparing);
      question = null;
      preview.srcObject = null;
      phase = "closed";
      await take.close();
    },

    // Resolves true when the server has the whole answer.
    async submit() {
      const own = question;
      if (take.isRecording()) await halt();
      draw("sending", say(queue.waiting(own.id).chunks ? "sending" : "checking"));
      try {
        return await handIn(own);
      } catch (error) {
        if (question === own) draw("recorded", say("recorded"));
        onRefusal(error);
        return false;
      }
    },

    async retake() {
      await queue.discard(question.id);
      wantsToGoOn = false;
      if (medium === "file") draw("ready", say("file_ready"));
      else await ready();
    },

    async again() {
      restarts = [];
      if (phase === "failed" && !wantsToGoOn) await ready();
      else await goOn();
    },

    record,
    stop: () => halt(),
    // Nothing more of what is recorded gets through.
    cutOff() {
      if (take.isRecording()) halt();
      else if (isOpen() && medium === "file" && phase === "recorded" && !recorded().segments) draw("ready", say("file_ready"));
    },
    suspend: () => (isOpen() ? take.suspend() : Promise.resolve()),
    resume: wake,
    drawWaiting,
    isOpen,
    startLower: (quality) => take.setQuality(quality),
  };
}

// @ts-check
// Before the interview: what this device can do, by a three-second recording that is really sent, and a practice question.
// The ladder: video, sound, a file from the phone's own camera, text. The candidate may always choose a lower rung.

import { acquire, canRecord, isWeChat, kindOf, LOWEST, measureLevel, release, typeFor } from "./devices.js";
import { runRecorder } from "./recorder.js";
import { all, fill, minutesOf, one, say, show } from "./view.js";

const TEST_SECONDS = 3;
const PRACTICE_SECONDS = 30;
const HEARD = 0.12;
const ENOUGH_FOR_VIDEO = 800; // kbit/s upwards
const ENOUGH_FOR_SMALL_VIDEO = 400;

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((done) => void setTimeout(done, milliseconds));

/** @type {Room.CreateCheck} */
export function createCheck({ api, allowed }) {
  const view = one("[data-view=check]");
  const practice = one("[data-view=practice]");
  /** @type {HTMLVideoElement} */
  const player = one("[data-replay]", practice);
  /** @type {Room.Found} */
  const found = {};
  /** @type {MediaStream | null} */
  let stream = null;
  let quality = 0;
  let stopMeasuring = () => {};
  let loudest = 0;
  /** @type {Room.Run | null} */
  let running = null;
  /** @type {Blob[]} */
  let pieces = [];
  /** @type {Room.Timer} */
  let clock;
  let replay = "";

  /** @param {string} name @param {string} state @param {string} text */
  function mark(name, state, text) {
    one(`[data-check=${name}]`, view).dataset.state = state;
    fill({ [`check-${name}`]: text }, view);
  }

  /** @param {HTMLElement} section @returns {HTMLVideoElement} */
  const previewOf = (section) => one("[data-preview]", section);

  /** @param {HTMLElement} section */
  function look(section) {
    const preview = previewOf(section);
    const hasPicture = stream !== null && stream.getVideoTracks().length > 0;
    one("[data-look]", section).dataset.kind = hasPicture ? "video" : "audio";
    preview.srcObject = hasPicture ? stream : null;
    if (hasPicture) preview.play().catch(() => undefined);
    stopMeasuring();
    stopMeasuring = () => {};
    if (!stream) return;
    const bar = one("[data-level]", section);
    stopMeasuring = measureLevel(stream, (level) => {
      loudest = Math.max(loudest, level);
      bar.style.transform = `scaleX(${level.toFixed(2)})`;
    });
  }

  function close() {
    if (running) running.stop();
    running = null;
    clearInterval(clock);
    stopMeasuring();
    stopMeasuring = () => {};
    release(stream);
    stream = null;
    [view, practice].forEach((section) => {
      previewOf(section).srcObject = null;
    });
  }

  // Camera and microphone, else the microphone alone; says in words what is missing and why.
  async function openDevices() {
    let refusal = new DOMException();
    for (quality = allowed.includes("video") ? 0 : LOWEST; ; quality = LOWEST) {
      try {
        stream = await acquire(quality);
        break;
      } catch (error) {
        refusal = error;
        if (kindOf(quality) === "video") found.camera = error.name;
        if (quality === LOWEST) break;
      }
    }
    /** @param {DOMException} error */
    const why = (error) => say(error.name === "NotAllowedError" ? "check_denied" : "check_absent");
    if (stream && kindOf(quality) === "video") mark("camera", "good", say("check_good"));
    else if (allowed.includes("video")) mark("camera", "bad", why(refusal));
    if (stream) return;
    found.microphone = refusal.name;
    mark("microphone", "bad", why(refusal));
  }

  /** @param {MediaStream} source */
  async function tryRecording(source) {
    /** @type {Blob[]} */
    const blobs = [];
    let isBroken = false;
    const recorder = runRecorder(source, quality, (blob) => blobs.push(blob), () => {
      isBroken = true;
    });
    await pause(TEST_SECONDS * 1000);
    await recorder.stop();
    if (isBroken || !blobs.length) throw new Error("no recording");
    return new Blob(blobs, { type: recorder.type() });
  }

  // A device whose picture cannot be recorded may still record the voice.
  /** @param {Error} error */
  async function tryWithoutPicture(error) {
    if (kindOf(quality) === "audio") throw error;
    mark("camera", "bad", say("check_unsupported"));
    found.camera = error.message;
    release(stream);
    quality = LOWEST;
    const voice = await acquire(quality);
    stream = voice;
    look(view);
    return tryRecording(voice);
  }

  // The speed at which the test recording went up, in kbit/s; null when it did not get there.
  /** @param {Blob} blob */
  async function measureLine(blob) {
    const bytes = await new Response(blob.slice(0, 1000000)).arrayBuffer();
    const began = performance.now();
    try {
      const answer = await api.bytes("POST", "check", bytes, { "Content-Type": blob.type || "application/octet-stream" }, { retries: 1 });
      if (answer.bytes !== bytes.byteLength) return null;
      return Math.round((bytes.byteLength * 8) / Math.max(performance.now() - began, 1));
    } catch (error) {
      return null;
    }
  }

  function possible() {
    /** @type {Room.Medium[]} */
    const media = [];
    if (stream && kindOf(quality) === "video") media.push("video");
    if (stream) media.push("audio");
    if (!stream && allowed.some((medium) => medium !== "text")) media.push("file");
    return media.filter((medium) => medium === "file" || allowed.includes(medium)).concat("text");
  }

  /** @param {boolean} isChecked */
  function drawSteps(isChecked) {
    one("[data-media]", view).hidden = !isChecked;
    one("[data-first]", view).hidden = isChecked;
    one("[data-deed=begin]", view).hidden = !isChecked;
    one("[data-afterwards]", view).hidden = !isChecked;
    one("[data-deed=practice]", view).hidden = !stream;
  }

  /** @param {Room.Medium[]} media */
  function offer(media) {
    all("[data-medium]", view).forEach((label) => {
      label.hidden = !media.includes(/** @type {Room.Medium} */ (label.dataset.medium));
    });
    let best = media[0];
    if (best === "video" && found.upload_kbps !== undefined && found.upload_kbps < ENOUGH_FOR_SMALL_VIDEO) best = "audio";
    /** @type {HTMLInputElement} */
    const choice = one(`input[value=${best}]`, view);
    choice.checked = true;
    drawSteps(true);
  }

  async function run() {
    close();
    loudest = 0;
    fill({ "check-status": say("check_running"), "check-hint": null }, view);
    ["camera", "microphone", "line"].forEach((name) => mark(name, "", say("check_waiting")));
    if (canRecord()) await openDevices();
    else {
      found.camera = found.microphone = "unsupported";
      mark("camera", "bad", say("check_unsupported"));
      mark("microphone", "bad", say("check_unsupported"));
    }
    let sample = new Blob([new Uint8Array(50000)]);
    const source = stream;
    if (source) {
      look(view);
      fill({ "check-status": say("check_speak") }, view);
      try {
        // Some cameras need longer than the first try to give a picture.
        sample = await tryRecording(source).catch(() => tryRecording(source)).catch(tryWithoutPicture);
        found.type = sample.type || typeFor(kindOf(quality));
        mark("microphone", loudest >= HEARD ? "good" : "quiet", say(loudest >= HEARD ? "check_heard" : "check_quiet"));
      } catch (error) {
        found.microphone = "no recording";
        mark("microphone", "bad", say("check_unsupported"));
        close();
      }
    }
    fill({ "check-status": say("check_sending") }, view);
    const speed = await measureLine(sample);
    if (speed !== null) found.upload_kbps = speed;
    mark("line", speed === null ? "bad" : speed < ENOUGH_FOR_SMALL_VIDEO ? "quiet" : "good",
      say(speed === null ? "check_no_line" : speed < ENOUGH_FOR_SMALL_VIDEO ? "check_slow_line" : "check_good"));
    fill({ "check-status": say("check_done"), "check-hint": !stream && isWeChat ? say("check_wechat") : null }, view);
    offer(possible());
  }

  // ---- the practice question: it never leaves the phone -----------------------------------------------------------

  /** @param {string} phase */
  function drawPractice(phase) {
    practice.dataset.phase = phase;
    all("[data-practice]", practice).forEach((element) => {
      element.hidden = element.dataset.practice !== phase;
    });
    one("[data-look]", practice).hidden = phase === "heard";
    one("[data-replay]", practice).hidden = phase !== "heard";
  }

  async function openPractice() {
    if (!stream) stream = await acquire(quality);
    show("practice");
    look(practice);
    fill({ "practice-time": minutesOf(PRACTICE_SECONDS), "practice-status": say("practice_ready") });
    drawPractice("ready");
  }

  function startPractice() {
    if (!stream) return;
    pieces = [];
    const began = performance.now();
    const wanted = chosen() === "audio" ? LOWEST : quality;
    const source = wanted === quality ? stream : new MediaStream(stream.getAudioTracks());
    running = runRecorder(source, wanted, (blob) => pieces.push(blob), () => endPractice());
    fill({ "practice-status": say("recording") });
    drawPractice("recording");
    clock = setInterval(() => {
      const left = PRACTICE_SECONDS - (performance.now() - began) / 1000;
      fill({ "practice-time": minutesOf(Math.max(0, left)) });
      if (left <= 0) endPractice();
    }, 250);
  }

  async function endPractice() {
    if (!running) return;
    const ending = running;
    running = null;
    clearInterval(clock);
    await ending.stop();
    if (replay) URL.revokeObjectURL(replay);
    replay = URL.createObjectURL(new Blob(pieces, { type: ending.type() }));
    player.src = replay;
    fill({ "practice-status": say("practice_heard") });
    drawPractice("heard");
  }

  function chosen() {
    const [picked] = all("input[name=medium]:checked", view);
    return picked instanceof HTMLInputElement ? picked.value : "text";
  }

  return {
    run,
    close,
    chosen,
    openPractice,
    startPractice,
    endPractice,
    startQuality: () => (found.upload_kbps !== undefined && found.upload_kbps < ENOUGH_FOR_VIDEO ? 1 : 0),
    report: () => Object.assign({ medium: chosen() }, found),
    show() {
      drawSteps(false);
      one("[data-check=camera]", view).hidden = !allowed.includes("video");
      fill({ "check-status": null, "check-hint": null }, view);
      ["camera", "microphone", "line"].forEach((name) => mark(name, "", say("check_waiting")));
      show("check");
    },
  };
}

// @ts-check
// The candidate's room: what is wired to what. The machine decides; this file performs it.

import { forgetDrafts } from "./answers.js";
import { createApi, Refusal, wake } from "./api.js";
import "./clocks.js";
import { createContactNote } from "./contact.js";
import { createCourse } from "./course.js";
import { createEntry, noOf } from "./entry.js";
import { createExitDialog, guardBack } from "./exit.js";
import { createHandover } from "./handover.js";
import { bring, createListening } from "./later.js";
import { createLife, createWrites, leaveRoom, Over } from "./life.js";
import { ENDED } from "./machine.js";
import { createMemory } from "./memory.js";
import { watchPresence } from "./presence.js";
import { createQueue, OLD } from "./queue.js";
import { createLine, describeDevice, fillExit, isShut, listenToConsents, showPlace } from "./sections.js";
import { createSpeaking } from "./speak.js";
import { forgetOldRooms, openStore } from "./store.js";
import { busy, complaint, config, fill, isShown, say } from "./view.js";
import { createWriting } from "./write.js";
const RUNNING = ["question", "saved"];
const prefix = `room:${config.interview}:`;
const memory = createMemory(prefix);

/** @type {Room.Interview} what GET state last said: asked before anything else */
let room;
/** @type {Room.Check | null} */
let check = null;

const isRunning = () => life.epoch() !== null && RUNNING.some(isShown);

// ---- the parts ----------------------------------------------------------------------------------------------------

const line = createLine();
const api = createApi(config.api, { onTrouble: () => line.trouble(true), onWell: () => line.trouble(false) });
const life = createLife(perform);
const writes = createWrites({ api, life, onInterrupted: refused });
const queue = createQueue({
  api,
  store: openStore(`room-${config.interview}`),
  post: (path, body) => writes.post(path, () => body),
  onChange: () => speaking.drawWaiting(),
  onRefusal: refused,
  onApart(error) {
    speaking.cutOff();
    fill({ problem: complaint(error) });
  },
  onMemory() {
    document.body.dataset.store = "memory";
  },
});
const speaking = createSpeaking({
  writes,
  queue,
  policy: () => room.media,
  facts: (question) => ({
    interview: config.interview,
    attempt: room.attempt,
    question: question.id,
    epoch: life.epoch(),
  }),
  refresh: load,
  onRefusal: refused,
});
const writing = createWriting({
  writes,
  keyOf: (question) => `${prefix}${room.attempt}:${question.id}`,
  onStatus: line.show,
  onRefusal: refused,
});
const note = createContactNote({ load: () => api.get("state", { retries: 0 }), isWatching: () => isRunning() || isShown("return") });
const handover = createHandover({ api });

// How this device answers: remembered on it until the interview is over.
const mayRecord = () => room.media.allowed.length > 1 && room.consents.includes("recording");
const medium = () => /** @type {Room.Medium} */ ((mayRecord() && memory.recall("medium")) || "text");

const course = createCourse({
  writes,
  queue,
  speaking,
  writing,
  room: () => room,
  load,
  medium,
  showStatus: line.show,
  isEnded: () => ENDED.includes(room.state),
  onEnd: () => life.tell({ type: "over", state: room.state }),
  onUnclear: decide,
  onRefusal: refused,
});

const listening = createListening({ open: course.open, isRecording: speaking.isRecording, api, epoch: life.epoch, queue });
// ---- what the machine asks for -------------------------------------------------------------------------------------

/** @param {Room.Deed} deed @param {Room.Happening} event */
function perform(deed, event) {
  switch (deed.do) {
    case "enter":
      entry.enter();
      break;
    case "live":
      entry.live();
      break;
    case "go_on":
      course.goOn();
      back.arm();
      break;
    case "resume": // the open question stays as it is, with what was typed meanwhile
      if (course.open() && isShown("question")) writing.flushQuietly();
      else course.goOn();
      break;
    case "stop":
      stop();
      break;
    case "forget":
      memory.left();
      break;
    case "finish":
      forgetDrafts(prefix);
      queue.end();
      break;
    case "load_and_go_on":
      load().then(course.goOn, refused);
      break;
    case "load_and_complain":
      load().then(() => {
        if (isShut(event.error)) showPlace("ended", room, false);
        else decide();
        fill({ problem: complaint(event.error) });
      }, refused);
      break;
    case "complain":
      fill({ problem: complaint(event.error) });
      break;
    case "be_content":
      fill({ problem: null });
      break;
    case "unsteady":
      line.show(say("unsteady"));
      break;
    default:
      if (deed.place === "check") showCheck().catch((error) => fill({ problem: complaint(error) }));
      else showPlace(deed.place, room, Boolean(deed.justLeft));
  }
}

function stop() {
  entry.stop();
  handover.forget();
  presence.forget();
  course.close();
  dialog.close();
}

async function load() {
  room = await api.get("state");
  room.stages.forEach((stage) =>
    stage.questions.forEach(({ id, answer }) => answer && queue.know(id, answer.segments || [])),
  );
  listening.know(room);
  note.draw(room.contact);
}

function decide() {
  life.tell({ type: "loaded", state: room.state, isOurs: memory.wasHere(room.epoch) });
}

/** Whatever went wrong on the way to the server. @param {unknown} error @param {number} [used] */
function refused(error, used) {
  if (error instanceof Over) return; // the section that stopped the page says why
  if (error instanceof Refusal) life.tell({ type: "refused", no: noOf(error, used), error });
  else life.tell({ type: "unreachable" });
}

// ---- steps of the candidate ----------------------------------------------------------------------------------------

async function showCheck() {
  check = check || /** @type {Room.Check} */ ((await bring("check")).createCheck({ api, allowed: room.media.allowed }));
  check.show();
}

const checking = () => /** @type {Room.Check} once shown, which is what brings its buttons */ (check);

// The device is known: remember what the candidate chose, and start.
async function begin() {
  const done = checking();
  memory.keep("medium", done.chosen());
  speaking.startLower(done.startQuality());
  done.close();
  await entry.wantIn(false);
}

/** @param {Room.Wish} wish */
async function leave(wish) {
  await speaking.suspend();
  const asked = course.open();
  const send = () => Promise.all([writing.flush(), asked ? queue.drained(asked.question.id) : null]);
  try {
    room = Object.assign({}, room, await leaveRoom({ life, writes, wish, send }));
  } catch (error) {
    speaking.resume();
    throw error;
  }
  life.tell({ type: "left", state: room.state });
}

function wantOut() {
  if (config.leaving) api.post("exit/asked", {}, { retries: 2, keepalive: true }).catch(() => undefined);
  if (config.leaving !== "at_once") return dialog.open();
  return leave({ choice: "leave", cause: "", note: "" }).catch(() => dialog.open());
}

// ---- wiring --------------------------------------------------------------------------------------------------------

const dialog = createExitDialog({
  handover,
  async contact(words) {
    await api.post("contact", { note: words || say("call_me") }, { retries: 2 });
    await api.get("state", { retries: 1 }).then((state) => note.draw(state.contact), () => null);
  },
  leave,
  onOpen: () => fillExit(room, Math.ceil(queue.waiting().seconds)),
  onClose: () => back.arm(),
});
const back = guardBack(isRunning, wantOut);

const presence = watchPresence({
  url: `${config.api}beacon`,
  epoch: () => (isRunning() ? life.epoch() : null),
  onHide() {
    writing.flushQuietly();
    speaking.suspend();
  },
  onWake() {
    wake();
    queue.kick();
    entry.beat();
    writing.flushQuietly();
    speaking.resume();
  },
});
const entry = createEntry({
  api,
  life,
  memory,
  device: () => Object.assign(describeDevice(medium()), check ? check.report() : {}),
  load,
  onRefusal: refused,
  onUnsteady: () => line.trouble(true),
  onHeard: presence.heard,
  onLost: presence.lost,
});
window.addEventListener("offline", () => isRunning() && line.trouble(true));
// Only where a keyboard and mouse are, and only while something is not on the server yet.
window.addEventListener("beforeunload", (event) => {
  if ((writing.dirty() || queue.waiting().chunks) && matchMedia("(pointer: fine)").matches) {
    event.preventDefault();
    event.returnValue = "";
  }
});
listenToConsents((agreed) => entry.wantIn(agreed.includes("recording"), agreed));

/** @type {Record<string, () => unknown>} */
const deeds = {
  submit: course.submit,
  hear: () => listening.hear(),
  "faces-stop": () => listening.withdraw(),
  // Back after a break, perhaps on another device: it shows first what it can record, if that is still to be known.
  enter: () => entry.wantIn(mayRecord() && !memory.recall("medium")),
  check: () => checking().run(),
  begin,
  practice: () => checking().openPractice(),
  "practice-start": () => checking().startPractice(),
  "practice-stop": () => checking().endPractice(),
  "practice-again": () => checking().openPractice(),
  record: () => speaking.record(),
  stop: () => speaking.stop(),
  more: () => speaking.record(),
  replay: () => speaking.replay(),
  retake: () => speaking.retake(),
  again: () => speaking.again(),
  write: () => course.answerBy("text"),
  speak: () => course.answerBy(medium()),
  next: () => course.goOn(),
  exit: wantOut,
  contact: () => dialog.open("contact"),
  handover: () => dialog.open("handover"),
  understood: () => note.dismiss(),
};
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("[data-deed]");
  if (button instanceof HTMLElement) busy(button, deeds[button.dataset.deed || ""]);
});
forgetOldRooms(`room-${config.interview}`, Date.now() - OLD).catch(() => undefined);
load()
  .then(() => queue.load(config.interview, room.attempt))
  .then(decide, refused);

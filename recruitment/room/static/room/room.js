// The candidate's room as a state machine: the server's state decides which section is shown.

import { forgetDrafts } from "./answers.js";
import { createApi, Refusal, wake } from "./api.js";
import { createCheck } from "./check.js";
import { createContactNote } from "./contact.js";
import { createCourse } from "./course.js";
import { createExitDialog, guardBack } from "./exit.js";
import { createHandover } from "./handover.js";
import { startHeartbeat } from "./heartbeat.js";
import { createMemory } from "./memory.js";
import { watchPresence } from "./presence.js";
import { createQueue, OLD } from "./queue.js";
import { createSpeaking } from "./speak.js";
import { forgetOldRooms, openStore } from "./store.js";
import { all, busy, config, dayAndTimeOf, drawStages, fill, isShown, one, say, show } from "./view.js";
import { createWriting } from "./write.js";

const RUNNING = ["question", "saved"];
const AHEAD = ["stage_saved", "stage_not_open", "answer_finished"];
const ENDED = ["completed", "abandoned", "cancelled", "missed"];

let room = null; // what GET state last said
let epoch = null; // ours while this page is the one that lives; null otherwise
let heartbeat = null;
let entering = null;
let wishes = null; // the consents that are to be sent with the next entry

const prefix = `room:${config.interview}:`;
const isRunning = () => epoch !== null && RUNNING.some(isShown);

// ---- what the candidate sees of the line -------------------------------------------------------------------------

let troubled = false;

function setTroubled(value) {
  if (troubled === value) return;
  troubled = value;
  document.body.classList.toggle("is-unsteady", value);
  showStatus();
}

let status = "";
function showStatus(text) {
  if (text !== undefined) status = text;
  fill({ status: troubled ? say("unsteady") : status });
}

const api = createApi(config.api, { onTrouble: () => setTroubled(true), onWell: () => setTroubled(false) });

// ---- what is recorded and waits to be sent ------------------------------------------------------------------------

const store = openStore(`room-${config.interview}`);
const queue = createQueue({
  api,
  store,
  epoch: () => epoch,
  onChange: () => speaking.drawWaiting(),
  onRefusal: (error) => refused(error),
  onApart(error) {
    speaking.cutOff();
    fill({ problem: error.body.message || say("failed") });
  },
});
const speaking = createSpeaking({
  api,
  queue,
  epoch: () => epoch,
  policy: () => room.media,
  facts: (question) => ({ interview: config.interview, attempt: room.attempt, question: question.id, epoch }),
  refresh: load,
  onRefusal: refused,
});
const writing = createWriting({
  api,
  epoch: () => epoch,
  keyOf: (question) => `${prefix}${room.attempt}:${question.id}`,
  onStatus: showStatus,
  onRefusal: refused,
});
const note = createContactNote({ load: () => api.get("state", { retries: 0 }), isWatching: () => isRunning() || isShown("return") });
const handover = createHandover({ api });
let check = null;

// ---- how this device answers: remembered on it until the interview is over -----------------------------------------

const memory = createMemory(prefix);
const mayRecord = () => room.media.allowed.length > 1 && room.consents.includes("recording");
const medium = () => (mayRecord() && memory.recall("medium")) || "text";

const course = createCourse({
  api,
  queue,
  speaking,
  writing,
  epoch: () => epoch,
  room: () => room,
  load,
  medium,
  showStatus,
  isEnded: () => ENDED.includes(room.state),
  onEnd: showEnd,
  onUnclear: () => decide(),
  onRefusal: refused,
});

// ---- steps ---------------------------------------------------------------------------------------------------------

function stopRunning() {
  epoch = null;
  if (heartbeat) heartbeat.stop();
  heartbeat = null;
  handover.forget();
  presence.forget();
  course.close();
  dialog.close();
}

async function load() {
  room = await api.get("state");
  room.stages.forEach((stage) =>
    stage.questions.forEach((question) => question.answer && queue.know(question.id, question.answer.segments || [])),
  );
  note.draw(room.contact);
}

// The few facts that help a specialist to help.
function describeDevice() {
  const app = /wxwork|MicroMessenger|Edg|Firefox|Chrome|Safari/.exec(navigator.userAgent);
  const system = /iPhone|iPad|Android|HarmonyOS|Windows|Mac OS|Linux/.exec(navigator.userAgent);
  const line = navigator.connection && navigator.connection.effectiveType;
  const facts = {
    platform: system ? system[0] : "",
    browser: app ? app[0] : "",
    network: line || "",
    width: window.innerWidth,
    medium: medium(),
  };
  return check ? Object.assign(facts, check.report()) : facts;
}

// Starts, resumes or takes over: one request at a time, whoever asks.
function enter() {
  if (!entering) {
    const body = { device: describeDevice() };
    if (wishes) body.consents = wishes;
    entering = api
      .post("enter", body)
      .then(async (entered) => {
        epoch = entered.epoch;
        wishes = null;
        memory.entered(epoch);
        await load();
        if (heartbeat) heartbeat.stop();
        heartbeat = startHeartbeat({
          api,
          epoch: () => epoch,
          onRefusal: refused,
          onUnsteady: () => setTroubled(true),
          onHeard: () => presence.heard(),
          onLost: (at) => presence.lost(at),
        });
        presence.heard();
      })
      .finally(() => {
        entering = null;
      });
  }
  return entering;
}

async function enterAndGoOn() {
  try {
    await enter();
    course.goOn();
    back.arm();
  } catch (error) {
    refused(error);
  }
}

// Every refusal that the server can give to a page that is under way, and what the page makes of it.
function refused(error) {
  if (!(error instanceof Refusal)) {
    showStatus(say("unsteady"));
    return;
  }
  if (error.code === "interrupted") {
    // Nobody is there: it enters when it is seen again, and not every minute until then.
    if (document.visibilityState === "hidden") return;
    enter().then(resumeQuietly, refused);
  } else if (error.code === "stale_epoch") {
    stopRunning();
    show("takeover");
  } else if (error.status === 401 || error.status === 410) {
    stopRunning();
    show("gone");
  } else if (AHEAD.includes(error.code)) {
    // The server is further than this page: it shows where to go on.
    load().then(course.goOn, refused);
  } else if (error.status === 409) {
    // Ended, not open yet, too late to return: the server says which, and the page stays where it is.
    stopRunning();
    memory.left();
    load().then(() => {
      decide();
      fill({ problem: error.body.message || say("failed") });
    }, refused);
  } else {
    fill({ problem: error.body.message || say("failed") });
  }
}

// After a silent return the open question stays as it is, with what was typed meanwhile.
function resumeQuietly() {
  if (course.open() && isShown("question")) writing.flushQuietly();
  else course.goOn();
}

// Back after a break, perhaps on another device: it shows first what it can record, if that is still to be known.
async function goBackIn() {
  if (mayRecord() && !memory.recall("medium")) showCheck();
  else await enterAndGoOn();
}

function showCheck() {
  check = check || createCheck({ api, allowed: room.media.allowed });
  check.show();
}

// The device is known: remember what the candidate chose, and start.
async function begin() {
  if (check) {
    memory.keep("medium", check.chosen());
    speaking.startLower(check.startQuality());
    check.close();
  }
  await enterAndGoOn();
}

// ---- which section -------------------------------------------------------------------------------------------------

function decide() {
  fill({ problem: null });
  if (room.state === "scheduled") show("consent");
  else if (ENDED.includes(room.state)) showEnd();
  else if (memory.wasHere(room.epoch)) enterAndGoOn();
  else if (room.state === "in_progress") show("takeover");
  else showReturn(false);
}

function showEnd() {
  stopRunning();
  memory.left();
  forgetDrafts(prefix);
  queue.end();
  if (room.state === "completed") {
    show("done");
    return;
  }
  all("[data-ended]").forEach((element) => {
    element.hidden = element.dataset.ended !== room.state;
  });
  show("ended");
}

function showReturn(justLeft) {
  memory.left();
  all("[data-left]").forEach((element) => {
    element.hidden = (element.dataset.left === "now") !== justLeft;
  });
  drawStages(one("[data-stages]"), room.stages);
  fill({ until: room.resume_until ? say("return_until", { when: dayAndTimeOf(room.resume_until) }) : null });
  show("return");
}

// ---- leaving -------------------------------------------------------------------------------------------------------

const dialog = createExitDialog({
  handover,
  async contact(words) {
    await api.post("contact", { note: words || say("call_me") }, { retries: 2 });
    await api.get("state", { retries: 1 }).then((state) => note.draw(state.contact), () => null);
  },
  async leave(wish) {
    const leaving = epoch;
    const asked = course.open() && course.open().question.id;
    await speaking.suspend();
    const sent = Promise.all([writing.flush(), asked ? queue.drained(asked) : null]).catch(() => null);
    await Promise.race([sent, new Promise((done) => setTimeout(done, 3000))]);
    try {
      await api.post("exit", Object.assign({ epoch: leaving }, wish), { retries: 1, timeout: 6000 });
    } catch (error) {
      // Somebody who wants to leave may leave: without a line the server notices by itself. Nobody can notice by itself
      // that somebody gives up: this has to arrive, and until then the interview goes on.
      const isMeant = wish.choice !== "leave" && error.code !== "ended";
      if (isMeant || (error instanceof Refusal && error.status === 422)) {
        speaking.resume();
        throw error;
      }
    }
    stopRunning();
    memory.left();
    await api.get("state", { retries: 1 }).then((state) => { room = state; }, () => null);
    if (ENDED.includes(room.state)) showEnd();
    else showReturn(true);
  },
  onOpen() {
    const until = room.resume_until || Date.now() + config.resume_hours * 3600000;
    const saved = room.stages.filter((stage) => stage.saved_at).length;
    const unsent = Math.ceil(queue.waiting().seconds);
    fill({
      "exit-saved": say("exit_saved", { saved, count: room.stages.length }),
      "exit-unsent": unsent ? say("exit_unsent", { count: unsent }) : null,
      "exit-until": say("return_until", { when: dayAndTimeOf(until) }),
    });
  },
  onClose() {
    back.arm();
  },
});

const back = guardBack(isRunning, () => dialog.open());

// ---- wiring --------------------------------------------------------------------------------------------------------

const presence = watchPresence({
  url: `${config.api}beacon`,
  epoch: () => (isRunning() ? epoch : null),
  onHide() {
    writing.flushQuietly();
    speaking.suspend();
  },
  onWake() {
    wake();
    queue.kick();
    if (heartbeat) heartbeat.now();
    writing.flushQuietly();
    speaking.resume();
  },
});
window.addEventListener("offline", () => isRunning() && setTroubled(true));
window.addEventListener("beforeunload", (event) => {
  // Only where a keyboard and mouse are, and only while something is not on the server yet.
  if ((writing.dirty() || queue.waiting().chunks) && matchMedia("(pointer: fine)").matches) {
    event.preventDefault();
    event.returnValue = "";
  }
});

one("[data-form=consent]").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const groups = ["recording", "ai_evaluation"].filter((name) => form.elements[name]);
  const open_ = groups.find((name) => !form.elements[name].value);
  groups.forEach((name) => {
    one(`[data-choose=${name}]`, form).hidden = Boolean(form.elements[name].value);
  });
  if (open_) {
    one(`input[name=${open_}]`, form).focus();
    return;
  }
  wishes = groups.filter((name) => form.elements[name].value === "yes");
  busy(one("[type=submit]", form), async () => {
    if (wishes.includes("recording")) showCheck();
    else await enterAndGoOn();
  });
});

const deeds = {
  submit: course.submit,
  enter: goBackIn,
  check: () => check.run(),
  begin,
  practice: () => check.openPractice(),
  "practice-start": async () => check.startPractice(),
  "practice-stop": () => check.endPractice(),
  "practice-again": () => check.openPractice(),
  record: () => speaking.record(),
  stop: () => speaking.stop(),
  more: () => speaking.record(),
  retake: () => speaking.retake(),
  again: () => speaking.again(),
  write: () => course.answerBy("text"),
  speak: () => course.answerBy(medium()),
  next: async () => course.goOn(),
  exit: async () => dialog.open(),
  contact: async () => dialog.open("contact"),
  handover: async () => dialog.open("handover"),
  understood: async () => note.dismiss(),
  reload: async () => location.reload(),
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-deed]");
  if (button) busy(button, deeds[button.dataset.deed]);
});

forgetOldRooms(`room-${config.interview}`, Date.now() - OLD).catch(() => undefined);
load()
  .then(() => queue.load(config.interview, room.attempt))
  .then(decide, refused);

// The candidate's room as a state machine: the server's state decides which section is shown.

import { forgetDrafts, openDraft } from "./answers.js";
import { createApi, Refusal, wake } from "./api.js";
import { createExitDialog, guardBack } from "./exit.js";
import { startHeartbeat } from "./heartbeat.js";
import { watchPresence } from "./presence.js";
import { all, busy, config, dayAndTimeOf, drawStages, drawSteps, fill, isShown, one, say, show, timeOf } from "./view.js";

const RUNNING = ["question", "saved"];
const ENDED = ["completed", "abandoned", "cancelled", "missed"];

let room = null; // what GET state last said
let epoch = null; // ours while this page is the one that lives; null otherwise
let heartbeat = null;
let draft = null;
let entering = null;

const prefix = `room:${config.interview}:`;
const draftKey = (question) => `${prefix}${room.attempt}:${question.id}`;
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

// ---- remembering this tab ----------------------------------------------------------------------------------------

function remember(value) {
  try {
    if (value === null) sessionStorage.removeItem(`${prefix}epoch`);
    else sessionStorage.setItem(`${prefix}epoch`, String(value));
  } catch (error) {
    // Without it a reload asks "continue here?" once more: no harm.
  }
}

function wasHere() {
  try {
    return sessionStorage.getItem(`${prefix}epoch`) === String(room.epoch);
  } catch (error) {
    return false;
  }
}

// ---- steps ---------------------------------------------------------------------------------------------------------

function stopRunning() {
  epoch = null;
  if (heartbeat) heartbeat.stop();
  if (draft) draft.close();
  heartbeat = null;
  draft = null;
  dialog.close();
}

async function load() {
  room = await api.get("state");
}

// The few facts that help a specialist to help.
function describeDevice() {
  const app = /wxwork|MicroMessenger|Edg|Firefox|Chrome|Safari/.exec(navigator.userAgent);
  const system = /iPhone|iPad|Android|HarmonyOS|Windows|Mac OS|Linux/.exec(navigator.userAgent);
  const line = navigator.connection && navigator.connection.effectiveType;
  return {
    platform: system ? system[0] : "",
    browser: app ? app[0] : "",
    network: line || "",
    width: window.innerWidth,
  };
}

// Starts, resumes or takes over: one request at a time, whoever asks.
function enter(consents) {
  if (!entering) {
    const body = { device: describeDevice() };
    if (consents) body.consents = consents;
    entering = api
      .post("enter", body)
      .then(async (entered) => {
        epoch = entered.epoch;
        remember(epoch);
        await load();
        if (heartbeat) heartbeat.stop();
        heartbeat = startHeartbeat({ api, epoch: () => epoch, onRefusal: refused, onUnsteady: () => setTroubled(true) });
      })
      .finally(() => {
        entering = null;
      });
  }
  return entering;
}

async function enterAndGoOn(consents) {
  try {
    await enter(consents);
    goOn();
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
    enter().then(resumeQuietly, refused);
  } else if (error.code === "stale_epoch") {
    stopRunning();
    show("takeover");
  } else if (error.status === 401 || error.status === 410) {
    stopRunning();
    show("gone");
  } else if (error.code === "stage_saved" || error.code === "stage_not_open") {
    // The server is further than this page: it shows where to go on.
    load().then(goOn, refused);
  } else if (error.status === 409) {
    // Ended, not open yet, too late to return: the server says which, and the page stays where it is.
    stopRunning();
    remember(null);
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
  if (draft && isShown("question")) draft.flushQuietly();
  else goOn();
}

// ---- which section -------------------------------------------------------------------------------------------------

function decide() {
  fill({ problem: null });
  if (room.state === "scheduled") show("consent");
  else if (ENDED.includes(room.state)) showEnd();
  else if (wasHere()) enterAndGoOn();
  else if (room.state === "in_progress") show("takeover");
  else showReturn(false);
}

function showEnd() {
  stopRunning();
  remember(null);
  forgetDrafts(prefix);
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
  remember(null);
  all("[data-left]").forEach((element) => {
    element.hidden = (element.dataset.left === "now") !== justLeft;
  });
  drawStages(one("[data-stages]"), room.stages);
  fill({ until: room.resume_until ? say("return_until", { when: dayAndTimeOf(room.resume_until) }) : null });
  show("return");
}

// The first stage without a checkpoint, and in it the first question that is not finished.
function goOn() {
  if (ENDED.includes(room.state)) {
    showEnd();
    return;
  }
  const stage = room.stages.find((each) => !each.saved_at);
  if (!stage) {
    load().then(decide, refused);
    return;
  }
  const question = stage.questions.find((each) => !(each.answer && each.answer.finished_at));
  drawSteps(room.stages, stage);
  fill({ stage: say("stage_of", { number: stage.number, count: room.stages.length }), title: stage.title });
  if (question) showQuestion(stage, question);
  else finishStage(stage);
}

function showQuestion(stage, question) {
  const box = one("#answer");
  const place = stage.questions.indexOf(question) + 1;
  const isLast = place === stage.questions.length;
  const isLastStage = stage === room.stages[room.stages.length - 1];
  if (draft) draft.close();
  fill({
    place: say("question_of", { number: place, count: stage.questions.length }),
    question: question.text,
    problem: null,
    next: say(!isLast ? "submit_next" : isLastStage ? "submit_interview" : "submit_stage"),
  });
  showStatus(say(question.answer ? "kept" : "autosave"));
  draft = openDraft({
    api,
    epoch: () => epoch,
    key: draftKey(question),
    question,
    box,
    onStatus: (kind, when) => showStatus(kind === "saved" ? say("saved_at", { time: timeOf(when) }) : say(kind)),
    onRefusal: refused,
  });
  draft.question = question;
  draft.stage = stage;
  countWords();
  show("question");
}

function countWords() {
  fill({ words: say("words", { count: one("#answer").value.trim().length }) });
}

async function submitAnswer() {
  const current = draft;
  if (!one("#answer").value.trim()) {
    fill({ problem: say("empty") });
    one("#answer").focus();
    return;
  }
  fill({ problem: null });
  const stop = holdBox();
  try {
    await current.flush();
    await api.post(`answers/${current.question.id}/finish`, () => ({ epoch, segments: [] }));
    current.finished();
    current.question.answer = { finished_at: new Date().toISOString() };
    const open = current.stage.questions.find((each) => !(each.answer && each.answer.finished_at));
    if (open) showQuestion(current.stage, open);
    else await finishStage(current.stage);
  } catch (error) {
    refused(error);
  } finally {
    stop();
  }
}

// What is being handed in does not change any more.
function holdBox() {
  const box = one("#answer");
  box.readOnly = true;
  return () => {
    box.readOnly = false;
  };
}

async function finishStage(stage) {
  try {
    await api.post(`stages/${stage.number}/finish`, () => ({ epoch }));
  } catch (error) {
    if (error instanceof Refusal && error.status === 422) {
      // The server misses an answer that this page thought was finished: ask it which, and show that question.
      await load();
      const open = room.stages.find((each) => !each.saved_at);
      const missing = open && open.questions.find((each) => !(each.answer && each.answer.finished_at));
      if (missing) showQuestion(open, missing);
      fill({ problem: error.body.message || say("failed") });
      return;
    }
    refused(error);
    return;
  }
  if (draft) draft.close();
  draft = null;
  await load();
  if (ENDED.includes(room.state)) {
    showEnd();
    return;
  }
  const saved = room.stages.find((each) => each.number === stage.number);
  const next = room.stages.find((each) => !each.saved_at);
  if (!next) {
    decide();
    return;
  }
  drawSteps(room.stages, next);
  fill({
    saved: say("stage_saved", { number: saved.number, count: room.stages.length }),
    "saved-when": saved.saved_at ? say("stage_saved_at", { title: saved.title, time: timeOf(saved.saved_at) }) : null,
    coming: say("coming", { title: next.title }),
  });
  show("saved");
}

// ---- leaving -------------------------------------------------------------------------------------------------------

const dialog = createExitDialog({
  async contact(note) {
    await api.post("contact", { note: note || say("call_me") }, { retries: 2 });
  },
  async leave(wish) {
    const leaving = epoch;
    if (draft) await Promise.race([draft.flush().catch(() => null), new Promise((done) => setTimeout(done, 3000))]);
    try {
      await api.post("exit", Object.assign({ epoch: leaving }, wish), { retries: 1, timeout: 6000 });
    } catch (error) {
      // Somebody who wants to leave may leave. Without a line the server notices by itself.
      if (error instanceof Refusal && error.status === 422) throw error;
    }
    stopRunning();
    remember(null);
    await api.get("state", { retries: 1 }).then((state) => { room = state; }, () => null);
    if (ENDED.includes(room.state)) showEnd();
    else showReturn(true);
  },
  onOpen() {
    const until = room.resume_until || Date.now() + config.resume_hours * 3600000;
    const saved = room.stages.filter((stage) => stage.saved_at).length;
    fill({
      "exit-saved": say("exit_saved", { saved, count: room.stages.length }),
      "exit-until": say("return_until", { when: dayAndTimeOf(until) }),
    });
  },
  onClose() {
    back.arm();
  },
});

const back = guardBack(isRunning, () => dialog.open());

// ---- wiring --------------------------------------------------------------------------------------------------------

watchPresence({
  url: `${config.api}beacon`,
  epoch: () => (isRunning() ? epoch : null),
  onHide() {
    if (draft) draft.flushQuietly();
  },
  onWake() {
    wake();
    if (heartbeat) heartbeat.now();
    if (draft) draft.flushQuietly();
  },
});
window.addEventListener("offline", () => isRunning() && setTroubled(true));
window.addEventListener("beforeunload", (event) => {
  // Only where a keyboard and mouse are, and only while something is not on the server yet.
  if (draft && draft.dirty() && matchMedia("(pointer: fine)").matches) {
    event.preventDefault();
    event.returnValue = "";
  }
});

one("#answer").addEventListener("input", () => {
  countWords();
  if (draft && draft.dirty()) fill({ problem: null });
});
one("[data-form=consent]").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const wish = form.elements.ai_evaluation.value;
  one("[data-choose]").hidden = Boolean(wish);
  if (!wish) {
    one("input", form).focus();
    return;
  }
  busy(one("[type=submit]", form), () => enterAndGoOn(wish === "yes" ? ["ai_evaluation"] : []));
});

const deeds = {
  submit: submitAnswer,
  enter: () => enterAndGoOn(),
  next: async () => goOn(),
  exit: async () => dialog.open(),
  contact: async () => dialog.open("contact"),
  reload: async () => location.reload(),
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-deed]");
  if (button) busy(button, deeds[button.dataset.deed]);
});

load().then(decide, refused);

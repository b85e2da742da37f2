// @ts-check
// One answer's recording: runs the recorder in slices, starts a new segment whenever the old one had to end.

import { acquire, isAlive, kindOf, LOWEST, measureLevel, recorderFor, release, resize, stayAwake, watchTracks } from "./devices.js";

const SLICE = 4000;
const LAST_PIECE = 10000; // a slow phone may take its time to give it
const STEP_DOWN_AFTER = 20; // seconds of media that wait to be sent

/** @type {Room.RunRecorder} */
export function runRecorder(stream, quality, onData, onBroken) {
  const recorder = recorderFor(stream, quality);
  let since = performance.now();
  let stopping = false;
  let ended = () => {};
  /** @type {Promise<void>} */
  const end = new Promise((resolve) => {
    ended = resolve;
  });
  recorder.addEventListener("dataavailable", (event) => {
    // Some phones give empty pieces: they are no sign of time, and take no number.
    if (!event.data || !event.data.size) return;
    const now = performance.now();
    onData(event.data, (now - since) / 1000);
    since = now;
  });
  recorder.addEventListener("stop", () => {
    ended();
    if (!stopping) onBroken();
  });
  recorder.addEventListener("error", () => {
    if (!stopping) onBroken();
  });
  recorder.start(SLICE);
  return {
    type: () => recorder.mimeType,
    stop() {
      stopping = true;
      // A recorder whose tracks have ended is inactive before its last piece is out: it is waited for as well.
      if (recorder.state !== "inactive") recorder.stop();
      return Promise.race([end, new Promise((done) => void setTimeout(done, LAST_PIECE))]);
    },
  };
}

/** @type {Room.CreateRecording} */
export function createRecording({ queue, facts, tell }) {
  let quality = 0;
  /** @type {MediaStream | null} */
  let stream = null;
  /** @type {Room.Run | null} */
  let running = null;
  let startedAt = 0;
  let steppedAt = 0;
  let unwatch = () => {};
  let unmeasure = () => {};
  /** @type {Room.Timer} */
  let ticking;
  /** @type {Promise<unknown>} */
  let change = Promise.resolve(); // starts and stops happen one after the other

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  const inTurn = (work) => {
    const result = change.then(work);
    change = result.catch(() => undefined);
    return result;
  };

  /** @param {MediaStream} watched */
  function watch(watched) {
    unwatch();
    unmeasure();
    unwatch = watchTracks(watched, (what) => lost(what, watched));
    unmeasure = measureLevel(watched, (level) => tell("level", level));
  }

  async function prepare() {
    const hasCamera = stream !== null && stream.getVideoTracks().length > 0;
    if (stream && isAlive(stream) && hasCamera === (kindOf(quality) === "video")) {
      await resize(stream, quality);
    } else {
      letGo();
      stream = await acquire(quality);
    }
    watch(stream);
    return stream;
  }

  function letGo() {
    unwatch();
    unmeasure();
    release(stream);
    stream = null;
  }

  async function start() {
    if (running) return;
    const used = await prepare();
    const own = Object.assign({ medium: kindOf(quality) }, facts());
    /** @type {{ segment: Room.Segment | null }} */
    const mine = { segment: null };
    startedAt = performance.now();
    running = runRecorder(
      used,
      quality,
      (blob, seconds) => {
        mine.segment = mine.segment || queue.open(Object.assign(own, { mime: running ? running.type() || blob.type : blob.type }));
        queue.push(mine.segment, blob, seconds);
        if (running) considerQuality();
      },
      () => lost(kindOf(quality) === "video" ? "camera" : "microphone", used),
    );
    ticking = setInterval(() => tell("tick", 0), 250);
    stayAwake(true);
    tell("recording", kindOf(quality));
  }

  async function end() {
    if (!running) return;
    const ending = running;
    clearInterval(ticking);
    await ending.stop();
    running = null;
    await queue.settled();
  }

  // The line is too slow for this picture: go on with a smaller one, then with sound alone.
  function considerQuality() {
    const tooMuch = queue.waiting().seconds > STEP_DOWN_AFTER && performance.now() - steppedAt > STEP_DOWN_AFTER * 1000;
    if (!tooMuch || quality === LOWEST) return;
    steppedAt = performance.now();
    inTurn(async () => {
      if (!running) return;
      await end();
      quality += 1;
      await start();
      tell("lower", kindOf(quality));
    }).catch(() => tell("lost", { what: "camera", wasRecording: true }));
  }

  // Tracks and recorder both report the same loss: only the first word about a stream counts.
  /** @param {Room.Loss["what"]} what @param {MediaStream} of */
  function lost(what, of) {
    return inTurn(async () => {
      if (of !== stream) return;
      const was = Boolean(running);
      await end();
      letGo();
      stayAwake(false);
      tell("lost", { what, wasRecording: was });
    });
  }

  return {
    async prepare() {
      try {
        await inTurn(prepare);
        return true;
      } catch (error) {
        if (kindOf(quality) === "audio") throw error;
        quality = LOWEST;
        await inTurn(prepare);
        return false;
      }
    },
    start: () => inTurn(start),
    stop: () =>
      inTurn(async () => {
        await end();
        stayAwake(false);
        tell("stopped");
      }),
    suspend: () => (stream ? lost("hidden", stream) : Promise.resolve()),
    close: () =>
      inTurn(async () => {
        await end();
        letGo();
        stayAwake(false);
      }),
    setQuality(wanted) {
      quality = wanted;
    },
    quality: () => quality,
    stream: () => stream,
    isRecording: () => Boolean(running),
    seconds: () => (running ? (performance.now() - startedAt) / 1000 : 0),
  };
}

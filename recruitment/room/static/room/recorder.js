// One answer's recording: runs the recorder in slices, starts a new segment whenever the old one had to end.

import { acquire, isAlive, kindOf, LOWEST, measureLevel, recorderFor, release, resize, stayAwake, watchTracks } from "./devices.js";

const SLICE = 4000;
const LAST_PIECE = 10000; // a slow phone may take its time to give it
const STEP_DOWN_AFTER = 20; // seconds of media that wait to be sent

// Runs one MediaRecorder on a stream. `onData(blob, seconds)` gets the pieces; `stop()` resolves after the last one.
export function runRecorder(stream, quality, onData, onBroken) {
  const recorder = recorderFor(stream, quality);
  let since = performance.now();
  let stopping = false;
  let ended;
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
      return Promise.race([end, new Promise((done) => setTimeout(done, LAST_PIECE))]);
    },
  };
}

// `queue` takes the chunks; `open()` gives a segment's facts; `tell(event, detail)` hears what happens:
// recording, stopped, lost, lower (quality), level, tick.
export function createRecording({ queue, facts, tell }) {
  let quality = 0;
  let stream = null;
  let running = null;
  let startedAt = 0;
  let steppedAt = 0;
  let unwatch = () => undefined;
  let unmeasure = () => undefined;
  let ticking = 0;
  let change = Promise.resolve(); // starts and stops happen one after the other

  const inTurn = (work) => {
    const result = change.then(work);
    change = result.catch(() => undefined);
    return result;
  };

  function watch() {
    unwatch();
    unmeasure();
    const watched = stream;
    unwatch = watchTracks(watched, (what) => lost(what, watched));
    unmeasure = measureLevel(stream, (level) => tell("level", level));
  }

  async function prepare() {
    const hasCamera = stream && stream.getVideoTracks().length > 0;
    if (!isAlive(stream) || hasCamera !== (kindOf(quality) === "video")) {
      letGo();
      stream = await acquire(quality);
    } else {
      await resize(stream, quality);
    }
    watch();
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
    await prepare();
    const own = Object.assign({ medium: kindOf(quality) }, facts());
    const used = stream;
    const mine = { segment: null };
    startedAt = performance.now();
    running = runRecorder(
      stream,
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
    prepare: () => inTurn(prepare),
    start: () => inTurn(start),
    stop: () =>
      inTurn(async () => {
        await end();
        stayAwake(false);
        tell("stopped");
      }),
    // The page is hidden or left: what was said until now is kept, the camera is off.
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

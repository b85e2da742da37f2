// @ts-check
// Camera and microphone: what this device can do, opening them, noticing when they are taken away.

/** @type {Room.Quality[]} */
const QUALITIES = [
  { kind: "video", bits: 600000, video: { width: 640, height: 480 } },
  { kind: "video", bits: 300000, video: { width: 480, height: 360 } },
  { kind: "audio", bits: 48000, video: null },
];
const AUDIO_BITS = 48000;
const FRAMES = 15;
const MUTED_FOR = 700;

export const LOWEST = QUALITIES.length - 1;
/** @param {number} quality */
export const kindOf = (quality) => QUALITIES[quality].kind;

const userAgent = navigator.userAgent;
export const isWeChat = /MicroMessenger|wxwork/i.test(userAgent);
const isApple = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && navigator.maxTouchPoints > 1);

export const canRecord = () =>
  Boolean(navigator.mediaDevices) && "getUserMedia" in navigator.mediaDevices && "MediaRecorder" in window;

const TYPES = {
  video: ["video/webm;codecs=vp8,opus", "video/webm;codecs=h264,opus", "video/webm", "video/mp4"],
  audio: ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"],
};

// Apple's devices say that they can do WebM, and their users then cannot play it: MP4 first there.
/** @param {"video" | "audio"} kind */
export function typeFor(kind) {
  const types = isApple ? TYPES[kind].slice().reverse() : TYPES[kind];
  if (!MediaRecorder.isTypeSupported) return "";
  return types.find((type) => MediaRecorder.isTypeSupported(type)) || "";
}

/** @param {MediaStream} stream @param {number} quality */
export function recorderFor(stream, quality) {
  const { kind, bits } = QUALITIES[quality];
  /** @type {MediaRecorderOptions} */
  const options = { audioBitsPerSecond: AUDIO_BITS };
  const type = typeFor(kind);
  if (type) options.mimeType = type;
  if (kind === "video") options.videoBitsPerSecond = bits - AUDIO_BITS;
  return new MediaRecorder(stream, options);
}

// A fresh stream: what a phone gives back after a call may look alive and be dead.
/** @param {number} quality */
export function acquire(quality) {
  const { video } = QUALITIES[quality];
  return navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    video: video
      ? {
          facingMode: "user",
          width: { ideal: video.width },
          height: { ideal: video.height },
          frameRate: { ideal: FRAMES, max: 30 },
        }
      : false,
  });
}

// Makes the picture of an open camera as small as the quality asks; a camera that cannot stays as it is.
/** @param {MediaStream} stream @param {number} quality */
export async function resize(stream, quality) {
  const { video } = QUALITIES[quality];
  const track = stream.getVideoTracks()[0];
  if (!video || !track || !track.applyConstraints) return;
  try {
    await track.applyConstraints({ width: { ideal: video.width }, height: { ideal: video.height }, frameRate: { ideal: FRAMES } });
  } catch (error) {
    // The bits are fewer all the same.
  }
}

/** @param {MediaStream | null} stream */
export function release(stream) {
  if (stream) stream.getTracks().forEach((track) => track.stop());
}

/** @param {MediaStream} stream */
export const isAlive = (stream) =>
  stream.getTracks().every((track) => track.readyState === "live" && !track.muted);

// Calls back once, with what was taken, when a track ends or stays mute; returns what ends the watching.
/** @type {Room.WatchTracks} */
export function watchTracks(stream, onLost) {
  let over = false;
  const stops = stream.getTracks().map((track) => {
    /** @type {Room.Timer} */
    let timer;
    const lost = () => {
      if (over) return;
      over = true;
      onLost(track.kind === "video" ? "camera" : "microphone");
    };
    const onMute = () => {
      timer = setTimeout(() => track.muted && lost(), MUTED_FOR);
    };
    const onUnmute = () => clearTimeout(timer);
    track.addEventListener("ended", lost);
    track.addEventListener("mute", onMute);
    track.addEventListener("unmute", onUnmute);
    return () => {
      clearTimeout(timer);
      track.removeEventListener("ended", lost);
      track.removeEventListener("mute", onMute);
      track.removeEventListener("unmute", onUnmute);
    };
  });
  return () => {
    over = true;
    stops.forEach((stop) => stop());
  };
}

/** @type {AudioContext | null} */
let context = null;

// Reads the loudness of a stream ten times a second, 0 to 1; returns what ends it. Needs a touch of the page before.
/** @type {Room.MeasureLevel} */
export function measureLevel(stream, onLevel) {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context || !stream.getAudioTracks().length) return () => undefined;
  try {
    const audio = context || new Context();
    context = audio;
    if (audio.state !== "running") audio.resume().catch(() => undefined);
    const source = audio.createMediaStreamSource(stream);
    const analyser = audio.createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    const samples = new Uint8Array(analyser.fftSize);
    const timer = setInterval(() => {
      if (audio.state !== "running") return;
      analyser.getByteTimeDomainData(samples);
      const power = samples.reduce((total, sample) => total + (sample - 128) ** 2, 0) / samples.length;
      // Speech lies about 20 to 50 decibels below full scale: spread over the meter.
      const decibels = 20 * Math.log10(Math.max(Math.sqrt(power) / 128, 1e-4));
      onLevel(Math.min(1, Math.max(0, (decibels + 60) / 50)));
    }, 100);
    return () => {
      clearInterval(timer);
      source.disconnect();
    };
  } catch (error) {
    return () => undefined;
  }
}

/** @type {WakeLockSentinel | null} */
let lock = null;

// Keeps the screen awake while recording; a phone that cannot simply dims.
/** @param {boolean} wanted */
export async function stayAwake(wanted) {
  try {
    if (wanted && !lock && navigator.wakeLock) {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => {
        lock = null;
      });
    } else if (!wanted && lock) {
      await lock.release();
    }
  } catch (error) {
    lock = null;
  }
}

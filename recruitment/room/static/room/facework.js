// @ts-check
// The worker that looks for faces, beside the page and not in it: a frame comes in, three small facts go out. The frame is
// let go at once; nothing of it is kept or sent. Of the library only detector and mesh are asked: no emotion, age or identity.

{
  const base = new URL(".", self.location.href).href;
  const off = { enabled: false };
  const options = {
    backend: "wasm",
    wasmPath: base,
    modelBasePath: base,
    cacheModels: false,
    cacheSensitivity: 0,
    debug: false,
    async: false,
    warmup: "none",
    filter: { enabled: false },
    face: {
      enabled: true,
      detector: { modelPath: "blazeface.json", maxDetected: 3, minConfidence: 0.4, rotation: false, skipFrames: 0, skipTime: 0 },
      mesh: { enabled: true, modelPath: "facemesh.json" },
      attention: off,
      iris: off,
      emotion: off,
      description: off,
      antispoof: off,
      liveness: off,
    },
    body: off,
    hand: off,
    object: off,
    gesture: off,
    segmentation: off,
  };
  /** @type {Room.Human | null} */
  let human = null;

  async function open() {
    importScripts(`${base}human.js`);
    human = new Human.Human(options);
    await human.load();
    // The first look takes longest: it is at nothing.
    await human.detect(await createImageBitmap(new ImageData(320, 240)));
    return { ready: true };
  }

  /** @param {ImageBitmap} frame */
  async function judge(frame) {
    try {
      const { face } = await /** @type {Room.Human} */ (human).detect(frame);
      const [largest] = face.slice().sort((one, other) => other.box[2] * other.box[3] - one.box[2] * one.box[3]);
      const angle = largest && largest.rotation ? largest.rotation.angle : { yaw: 0, pitch: 0 };
      const turned = (Math.max(Math.abs(angle.yaw), Math.abs(angle.pitch)) * 180) / Math.PI;
      return { faces: face.length, turned };
    } finally {
      frame.close();
    }
  }

  self.onmessage = (event) => {
    (event.data.frame ? judge(event.data.frame) : open()).then(
      (said) => self.postMessage(said),
      () => self.postMessage({ failed: true }),
    );
  };
}

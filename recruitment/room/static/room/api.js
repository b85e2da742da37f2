// @ts-check
// Talks to the room's JSON API: a time limit per try, patient retries, and errors with a code.

const DELAYS = [1000, 2000, 4000, 8000, 15000];

// The server answered, and the answer is no: `code` says why, `body` holds the rest.
export class Refusal extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(body.code || String(status));
    this.status = status;
    /** @type {string} */
    this.code = body.code || "";
    this.body = body;
  }
}

// No usable answer came: no network, a time-out, or a server that is just restarting.
export class Unreachable extends Error {}

/** @type {Set<() => void>} */
const sleepers = new Set();

// Ends every pending pause at once: called when the network or the page comes back.
export function wake() {
  Array.from(sleepers).forEach((rouse) => rouse());
}

/** @param {number} milliseconds @returns {Promise<void>} */
function pause(milliseconds) {
  return new Promise((resolve) => {
    const rouse = () => {
      clearTimeout(timer);
      sleepers.delete(rouse);
      resolve();
    };
    const timer = setTimeout(rouse, milliseconds);
    sleepers.add(rouse);
  });
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text) || {};
  } catch (error) {
    return {};
  }
}

/** @param {string} url @param {string} method @param {object | undefined} body @param {Room.Patience} options */
async function once(url, method, body, options) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), options.timeout);
  let response;
  let answer;
  try {
    response = await fetch(url, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      keepalive: Boolean(options.keepalive),
      signal: abort.signal,
      headers: Object.assign(body === undefined ? {} : { "Content-Type": "application/json" }, options.headers),
      body: body === undefined || body instanceof ArrayBuffer ? body : JSON.stringify(body),
    });
    answer = parse(await response.text());
  } catch (error) {
    throw new Unreachable(String(error));
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return answer;
  if (response.status === 429 || (response.status >= 500 && response.status !== 501)) {
    throw new Unreachable(answer.code || String(response.status));
  }
  throw new Refusal(response.status, answer);
}

/** @type {Room.CreateApi} */
export function createApi(base, { onTrouble, onWell }) {
  /** @param {string} method @param {string} path @param {Room.Body | undefined} body @param {Room.Patience} [options] */
  async function call(method, path, body, options) {
    const settings = Object.assign({ timeout: 10000, retries: Infinity }, options);
    for (let tries = 0; ; tries += 1) {
      try {
        // A function is asked again before each try, so that a retry carries the epoch of now.
        const answer = await once(base + path, method, typeof body === "function" ? body() : body, settings);
        onWell();
        return answer;
      } catch (error) {
        if (error instanceof Refusal) onWell();
        if (!(error instanceof Unreachable) || tries >= settings.retries) throw error;
        onTrouble();
        const delay = DELAYS[Math.min(tries, DELAYS.length - 1)];
        await pause(delay * (0.8 + Math.random() * 0.4));
      }
    }
  }
  return {
    get: (path, options) => call("GET", path, undefined, options),
    post: (path, body, options) => call("POST", path, body, options),
    put: (path, body, options) => call("PUT", path, body, options),
    // Bytes as they are; the time limit grows with them, so that a slow line still gets them through.
    bytes: (method, path, buffer, headers, options) =>
      call(method, path, buffer, Object.assign({ headers, timeout: 15000 + buffer.byteLength / 8 }, options)),
  };
}

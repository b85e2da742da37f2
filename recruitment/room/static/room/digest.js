// @ts-check
// SHA-256 of bytes as hex: by the browser where it offers it, else here (pages without HTTPS have no crypto.subtle).

/** @param {ArrayLike<number>} words */
const hex = (words) => Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
/** @param {number} value @param {number} by */
const turn = (value, by) => (value >>> by) | (value << (32 - by));

/** @type {{ start: number[], rounds: number[] } | null} */
let constants = null;

// The first 32 bits of the fractional parts of the roots of the first primes, as the standard defines them.
function rootsOfPrimes() {
  /** @param {number} value */
  const fraction = (value) => ((value - Math.floor(value)) * 4294967296) | 0;
  /** @type {number[]} */
  const primes = [];
  for (let number = 2; primes.length < 64; number += 1) {
    if (primes.every((prime) => number % prime)) primes.push(number);
  }
  return {
    start: primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
    rounds: primes.map((prime) => fraction(Math.cbrt(prime))),
  };
}

/** @param {ArrayBuffer} buffer */
export function plainSha256(buffer) {
  constants = constants || rootsOfPrimes();
  const length = buffer.byteLength;
  const padded = new Uint8Array((((length + 8) >> 6) + 1) << 6);
  padded.set(new Uint8Array(buffer));
  padded[length] = 128;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 536870912));
  view.setUint32(padded.length - 4, (length << 3) >>> 0);
  const state = constants.start.slice();
  const w = new Int32Array(64);
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let i = 0; i < 16; i += 1) w[i] = view.getInt32(offset + i * 4);
    for (let i = 16; i < 64; i += 1) {
      const near = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3);
      const far = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10);
      w[i] = (w[i - 16] + near + w[i - 7] + far) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const choice = (e & f) ^ (~e & g);
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + constants.rounds[i] + w[i]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, place) => {
      state[place] = (state[place] + value) | 0;
    });
  }
  return hex(state);
}

/** @param {ArrayBuffer} buffer */
export async function sha256(buffer) {
  if (typeof crypto === "undefined" || !crypto.subtle) return plainSha256(buffer);
  const view = new DataView(await crypto.subtle.digest("SHA-256", buffer));
  return hex(Array.from({ length: 8 }, (_nothing, place) => view.getUint32(place * 4)));
}

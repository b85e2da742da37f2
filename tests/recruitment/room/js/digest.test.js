// The hash of a chunk: by the browser where it offers it, by the page itself where it does not.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";

import { plainSha256, sha256 } from "../../../../recruitment/room/static/room/digest.js";
import { given } from "./helpers.js";

const bytes = (length) => Uint8Array.from(randomBytes(length)).buffer;
const right = (buffer) => createHash("sha256").update(new Uint8Array(buffer)).digest("hex");

test("the page's own arithmetic is right around every border of a block", () => {
  for (const length of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 65536]) {
    const buffer = bytes(length);
    assert.equal(plainSha256(buffer), right(buffer), `${length} bytes`);
  }
});

test("with and without the browser's own it is the same", async (context) => {
  const buffer = bytes(4097);
  assert.equal(await sha256(buffer), right(buffer));
  given(context, { crypto: {} }); // a page without HTTPS
  assert.equal(await sha256(buffer), right(buffer));
  given(context, { crypto: undefined });
  assert.equal(await sha256(buffer), right(buffer));
});

test("one bit more is another hash", () => {
  const buffer = bytes(100);
  const before = plainSha256(buffer);
  new Uint8Array(buffer)[99] ^= 1;
  assert.notEqual(plainSha256(buffer), before);
});

// Every sentence that the page says is one that the server gives it, and none is given that nobody says.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { NAMES } from "./page.js";

const FOLDER = new URL("../../../../recruitment/room/static/room/", import.meta.url);
const scripts = readdirSync(FOLDER).filter((name) => name.endsWith(".js"));
const source = scripts.map((name) => readFileSync(new URL(name, FOLDER), "utf8")).join("\n");

test("what is said by its name is given", () => {
  const said = Array.from(source.matchAll(/\bsay\("(\w+)"/g), (found) => found[1]);
  assert.ok(said.length > 30, "the page says something");
  assert.deepEqual(said.filter((name) => !NAMES.includes(name)), []);
});

test("what is given is said somewhere", () => {
  const inQuotes = new Set(Array.from(source.matchAll(/"(\w+)"/g), (found) => found[1]));
  const silent = NAMES.filter((name) => !inQuotes.has(name) && !name.startsWith("refused_"));
  assert.deepEqual(silent, []);
});

test("no script shows what the API wrote", () => {
  assert.deepEqual(source.match(/body\.message/g), null);
});

// Hidden, seen, closed, back online: what the server is told, and when the page wakes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { watchPresence } from "../../../../recruitment/room/static/room/presence.js";
import { given } from "./helpers.js";

function page(context, { epoch = () => 4 } = {}) {
  const said = [];
  const navigator = {
    onLine: true,
    sendBeacon: (url, body) => {
      const { epoch: number, event, ...more } = JSON.parse(body);
      said.push([url, number, event, ...Object.values(more)].join(" "));
    },
  };
  given(context, {
    document: Object.assign(new EventTarget(), { visibilityState: "visible" }),
    window: new EventTarget(),
    navigator,
  });
  context.mock.timers.enable({ apis: ["Date"], now: 1e12 });
  const presence = watchPresence({ url: "/b", epoch, onWake: () => said.push("wake"), onHide: () => said.push("hide") });
  return {
    said,
    presence,
    navigator,
    hear: (name) => window.dispatchEvent(new Event(name)),
    be: (visibilityState) => {
      document.visibilityState = visibilityState;
      document.dispatchEvent(new Event("visibilitychange"));
    },
    pass: (seconds) => context.mock.timers.tick(seconds * 1000),
    taken: () => said.splice(0),
  };
}

test("hidden and seen again", (context) => {
  const { be, said } = page(context);
  be("hidden");
  be("visible");
  assert.deepEqual(said, ["hide", "/b 4 hidden", "/b 4 visible", "wake"]);
});

test("a page that closes says so last: hidden after it undoes nothing", (context) => {
  const { be, hear, said, taken } = page(context);
  hear("pagehide");
  be("hidden");
  assert.deepEqual(taken(), ["hide", "/b 4 pagehide", "hide"]);
  hear("pageshow");
  be("hidden");
  assert.deepEqual(said, ["wake", "hide", "/b 4 hidden"], "back from the browser's memory");
});

test("some phones wake without a word of being seen", (context) => {
  const { hear, said } = page(context);
  ["pageshow", "focus", "online"].forEach(hear);
  assert.deepEqual(said, ["wake", "wake", "wake"]);
});

test("a page that does not live says nothing, nor a browser without beacons", (context) => {
  const { be, said, taken, navigator } = page(context, { epoch: () => null });
  be("hidden");
  assert.deepEqual(taken(), ["hide"]);
  delete navigator.sendBeacon;
  be("visible");
  assert.deepEqual(said, ["wake"]);
});

test("how long the line was gone is told when it is back, from the first sign of it", (context) => {
  const { hear, presence, navigator, said, pass } = page(context);
  navigator.onLine = false;
  hear("offline");
  pass(10);
  presence.lost(Date.now());
  presence.heard(); // an answer that was on its way when the line went
  pass(5);
  navigator.onLine = true;
  presence.heard();
  presence.heard();
  assert.deepEqual(said, ["/b 4 online 15"]);
});

test("less than half a second is nothing to tell, and what is forgotten neither", (context) => {
  const { presence, said, pass } = page(context);
  presence.lost(Date.now());
  pass(0.4);
  presence.heard();
  presence.lost(Date.now());
  presence.forget();
  pass(60);
  presence.heard();
  assert.deepEqual(said, []);
});

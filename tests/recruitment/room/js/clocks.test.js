// The reader's clock, where it shows another time than the company's.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tellBothClocks } from "../../../../recruitment/room/static/room/clocks.js";

const line = (zone) => ({
  dataset: { hereAt: "2026-11-30T20:00:00+08:00", zone, words: "您所在地时间：{here}" },
  hidden: true,
  textContent: "",
});
const page = (...lines) => ({ querySelectorAll: () => lines });
const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;

test("another clock's time is said by whose it is", () => {
  const other = ["Asia/Shanghai", "Pacific/Kiritimati"].find(
    (zone) => new Date().toLocaleString("zh", { timeZone: zone }) !== new Date().toLocaleString("zh"),
  );
  const shown = line(other);
  tellBothClocks(page(shown), "zh-Hans");
  assert.equal(shown.hidden, false);
  assert.match(shown.textContent, /^您所在地时间：(11月30日|12月1日).*\d\d:\d\d$/);
});

test("the same time is said once", () => {
  const shown = line(mine);
  tellBothClocks(page(shown), "zh-Hans");
  assert.deepEqual([shown.hidden, shown.textContent], [true, ""]);
});

// @ts-check
// Times are the company's. Where the reader's clock shows another, theirs stands below.

/** By a zone's clock, or the reader's own. @param {Date} at @param {string} language @param {string} [timeZone] */
const words = (at, language, timeZone) =>
  new Intl.DateTimeFormat(language, {
    month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone,
  }).format(at);

/** @param {ParentNode} root @param {string} language */
export function tellBothClocks(root, language) {
  for (const element of /** @type {Iterable<HTMLElement>} */ (root.querySelectorAll("[data-here-at]"))) {
    const { hereAt, zone, words: sentence } = element.dataset;
    const at = new Date(hereAt || "");
    const here = words(at, language);
    if (here === words(at, language, zone)) continue;
    element.textContent = (sentence || "{here}").replace("{here}", here);
    element.hidden = false;
  }
}

if (typeof document !== "undefined") tellBothClocks(document, document.documentElement.lang);

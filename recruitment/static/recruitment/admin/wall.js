// @ts-check
// Refreshes the live wall every few seconds while somebody looks at it; says so when it cannot.
(() => {
  "use strict";

  const found = document.getElementById("wall");
  if (!found) return;
  const wall = found;
  /** @param {string} name */
  const part = (name) => /** @type {HTMLElement} */ (document.querySelector(`[data-wall=${name}]`));
  const every = Number(wall.dataset.every);
  const timeout = 10000;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let asking = false;
  let isOver = false;

  // Where the keyboard was: the new rows replace the old ones under it.
  function focused() {
    const element = document.activeElement;
    if (!element || !wall.contains(element)) return null;
    /** @type {HTMLElement | null} */
    const row = element.closest("[data-key]");
    return row ? { key: row.dataset.key, href: element.getAttribute("href") } : null;
  }

  /** @param {ReturnType<typeof focused>} place */
  function refocus(place) {
    if (!place) return;
    /** @type {HTMLElement[]} */
    const links = Array.from(wall.querySelectorAll(`[data-key="${place.key}"] a`));
    const link = links.find((each) => each.getAttribute("href") === place.href);
    if (link) link.focus({ preventScroll: true });
  }

  async function ask() {
    const controller = new AbortController();
    const watch = setTimeout(() => controller.abort(), timeout);
    try {
      const answer = await fetch(String(wall.dataset.rows), {
        credentials: "same-origin",
        redirect: "manual",
        // The page asks, not a person: it keeps nobody signed in.
        headers: { "X-Background": "1" },
        signal: controller.signal,
      });
      // Signed out: the server sends to its sign-in page.
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        isOver = true;
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      const place = focused();
      wall.innerHTML = text;
      refocus(place);
      part("stale").hidden = true;
    } finally {
      clearTimeout(watch);
    }
  }

  async function refresh() {
    clearTimeout(timer);
    if (asking || isOver || document.hidden) return;
    asking = true;
    try {
      await ask();
    } catch (error) {
      const shown = wall.querySelector("time");
      part("since").textContent = shown ? shown.textContent : "";
      part("stale").hidden = false;
    }
    asking = false;
    part("gone").hidden = !isOver;
    if (isOver) part("stale").hidden = true;
    else if (!document.hidden) timer = setTimeout(refresh, every);
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : refresh()));
  timer = setTimeout(refresh, every);
})();

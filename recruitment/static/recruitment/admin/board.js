// @ts-check
// The pipeline's cards are dragged between columns. Where one is dropped the same form is sent that stands on the card
// for the keyboard: nothing moves before the page that asks has been answered.
(() => {
  "use strict";

  const board = document.querySelector(".hs-board");
  /** @type {HTMLFormElement | null} */
  const form = document.querySelector("#hs-move");
  if (!(board instanceof HTMLElement) || !board.dataset.mayMove || !form) return;
  /** @type {HTMLElement | null} */
  let dragged = null;

  /** @param {Event} event @param {string} what @returns {HTMLElement | null} */
  const around = (event, what) => (event.target instanceof Element ? event.target.closest(what) : null);
  /** @param {HTMLElement | null} column */
  const mark = (column) => {
    for (const each of board.querySelectorAll(".is-over")) each.classList.remove("is-over");
    if (column) column.classList.add("is-over");
  };

  board.addEventListener("dragstart", (event) => {
    dragged = around(event, ".hs-entry");
    if (dragged && event.dataTransfer) event.dataTransfer.setData("text/plain", dragged.dataset.application || "");
  });
  board.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
  });
  board.addEventListener("dragover", (event) => {
    const column = around(event, ".hs-column");
    if (!dragged || !column || column.contains(dragged)) return;
    event.preventDefault();
    mark(column);
  });
  board.addEventListener("drop", (event) => {
    const column = around(event, ".hs-column");
    if (!dragged || !column || column.contains(dragged)) return;
    event.preventDefault();
    const values = { application: dragged.dataset.application, seen: dragged.dataset.seen, to: column.dataset.stage };
    for (const [name, value] of Object.entries(values)) {
      const box = form.elements.namedItem(name);
      if (box instanceof HTMLInputElement) box.value = value || "";
    }
    form.submit();
  });
})();

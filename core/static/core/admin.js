// The search of the back office, where Unfold's own chooses a row that is not there: Enter before an arrow was pressed
// takes the first row, and nothing when there is none. Its box says what it finds.
"use strict";
document.addEventListener("alpine:init", () => {
  /**
   * What Unfold's script declares for Alpine.
   * @typedef {{items: ArrayLike<Element>, currentIndex: number, selectItem: (...how: unknown[]) => void}} Search
   */
  const page = /** @type {Record<string, ((...given: unknown[]) => Search) | undefined>} */ (
    /** @type {unknown} */ (window)
  );

  const make = page.searchCommand;
  if (!make) return;
  const rows = () => [...document.querySelectorAll("#command-results-list > li")];
  page.searchCommand = (...given) => {
    const search = make(...given);
    const { selectItem } = search;
    search.selectItem = function (...how) {
      this.items = rows();
      if (!this.items.length) return;
      if (!this.items[this.currentIndex - 1]) this.currentIndex = 1;
      selectItem.apply(this, how);
    };
    return search;
  };
});
// What is pasted with the mouse, spoken or chosen from an input method is searched for as what is typed with keys.
document.addEventListener("DOMContentLoaded", () => {
  const input = document.getElementById("search-input-command");
  if (input) input.setAttribute("hx-trigger", "input changed delay:300ms");
}, true);

// A part that is scrolled by itself is named in the reader's language: said before anything draws it, which begins with
// the same event.
document.addEventListener("DOMContentLoaded", () => {
  const search = /** @type {HTMLElement | null} */ (document.querySelector(".hs-search"));
  const words = search && search.dataset.scrolled;
  if (!words) return;
  for (const part of document.querySelectorAll("[data-simplebar]")) {
    part.setAttribute("data-simplebar-aria-label", words);
  }
}, true);
document.addEventListener("DOMContentLoaded", () => {
  const search = /** @type {HTMLElement | null} */ (document.querySelector(".hs-search"));
  const hint = search && search.dataset.hint;
  const input = document.getElementById("search-input-command");
  if (hint && input) input.setAttribute("placeholder", hint);
});

// A box that looks its choices up is drawn beside the field it stands for: it says that field's name, where the drawn
// one says none.
{
  /** @param {Element} field @returns {string} the id of what names the field, or "" */
  const namedBy = (field) => {
    const label = field.id && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    if (!label) return field.hasAttribute("aria-label") ? field.id : "";
    if (!label.id) label.id = `${field.id}-label`;
    return label.id;
  };

  // Each of several choices has its own way out; one for all of them stands in a list that may hold choices alone.
  // Said before anything draws the boxes, which begins with the same event.
  const withoutOneForAll = () => {
    for (const several of document.querySelectorAll("select.admin-autocomplete[multiple]")) {
      several.setAttribute("data-allow-clear", "false");
    }
  };
  document.addEventListener("DOMContentLoaded", withoutOneForAll, true);

  /** @param {ParentNode} part */
  const sayNames = (part) => {
    for (const field of part.querySelectorAll("select.select2-hidden-accessible")) {
      const name = namedBy(field);
      const drawn = field.nextElementSibling;
      if (!name || !drawn) continue;
      const chosen = drawn.querySelector(".select2-selection__rendered");
      if (chosen && chosen.getAttribute("role") === "textbox") chosen.setAttribute("aria-labelledby", name);
      const box = drawn.querySelector("[role=combobox]");
      if (box) box.setAttribute("aria-labelledby", chosen && chosen.id ? `${name} ${chosen.id}` : name);
      const typed = drawn.querySelector("input.select2-search__field");
      if (typed) typed.setAttribute("aria-labelledby", name);
    }
  };

  // Whenever one is drawn: some pages draw them after everything else is there, and each new row has its own.
  const isDrawn = (/** @type {Node} */ node) => node instanceof Element && node.matches(".select2-container");
  new MutationObserver((changes) => {
    if (changes.some((change) => [...change.addedNodes].some(isDrawn))) sayNames(document);
  }).observe(document.documentElement, { childList: true, subtree: true });
}

// On a phone each cell says its column's name. A list without boxes to choose rows by calls its first one "select record".
document.addEventListener("DOMContentLoaded", () => {
  const first = document.querySelector("#result_list thead th");
  const name = first && !first.querySelector("input") && (first.textContent || "").trim();
  if (!name) return;
  for (const cell of document.querySelectorAll("#result_list .data-row > td:first-child")) cell.setAttribute("data-label", name);
});

// What is handed on, a link or a key, is copied with one press: where pages without HTTPS are kept from the clipboard, by
// what every browser can.
document.addEventListener("DOMContentLoaded", () => {
  const search = /** @type {HTMLElement | null} */ (document.querySelector(".hs-search"));
  const { copy, copied } = search ? search.dataset : { copy: "", copied: "" };
  if (!copy || !copied) return;
  /** @param {HTMLElement} button @param {() => HTMLInputElement} boxOf */
  const copies = (button, boxOf) => button.addEventListener("click", async () => {
    const box = boxOf();
    box.select();
    const board = navigator.clipboard;
    const done = board ? await board.writeText(box.value).then(() => true, () => false) : false;
    if (done || document.execCommand("copy")) button.textContent = copied;
    if (button.dataset.copy) box.remove();
  });
  for (const link of document.querySelectorAll("input.hs-link[readonly]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "hs-button hs-copy";
    button.textContent = copy;
    copies(button, () => /** @type {HTMLInputElement} */ (link));
    link.after(button);
  }
  // In a list there is room for the button alone; what it copies is an address of this house.
  for (const each of document.querySelectorAll("button[data-copy]")) {
    const button = /** @type {HTMLElement} */ (each);
    copies(button, () => {
      const box = document.createElement("input");
      box.value = new URL(button.dataset.copy || "", location.href).href;
      box.className = "hs-unseen";
      button.after(box);
      return box;
    });
  }
});

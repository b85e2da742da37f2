// @ts-check
// After a row of an inline was dragged, the number boxes show the new places, counted from 1.
(() => {
  "use strict";

  document.addEventListener("end", (event) => {
    /** @type {HTMLElement | null} */
    const list = event.target instanceof Element ? event.target.closest("[data-ordering-field]") : null;
    if (!list) return;
    /** @type {NodeListOf<HTMLInputElement>} */
    const boxes = list.querySelectorAll(`input[name$="-${list.dataset.orderingField}"]`);
    // The look's own script counts from 0 and leaves new rows out; it runs after this event.
    setTimeout(() => {
      const rows = [...boxes].filter((box) => !box.name.includes("__prefix__"));
      rows
        .sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))
        .forEach((box, index) => {
          box.value = String(index + 1);
        });
    });
  });
})();

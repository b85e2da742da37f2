// The two searches of the back office, where Unfold's own choose a row that is not there: Enter before an arrow was
// pressed takes the first row, and nothing when there is none; the sidebar's rows are found where they are.
"use strict";
document.addEventListener("alpine:init", () => {
  /**
   * What Unfold's script declares for Alpine.
   * @typedef {{items: ArrayLike<Element>, currentIndex: number, maxItem: () => number,
   *   selectItem: (...how: unknown[]) => void}} Search
   */
  const page = /** @type {Record<string, ((...given: unknown[]) => Search) | undefined>} */ (
    /** @type {unknown} */ (window)
  );

  /** @param {string} name @param {() => Element[]} rows */
  const choosing = (name, rows) => {
    const make = page[name];
    if (!make) return;
    page[name] = (...given) => {
      const search = make(...given);
      const { selectItem } = search;
      search.maxItem = () => rows().length;
      search.selectItem = function (...how) {
        this.items = rows();
        if (!this.items.length) return;
        if (!this.items[this.currentIndex - 1]) this.currentIndex = 1;
        selectItem.apply(this, how);
      };
      return search;
    };
  };

  /** @param {string} list @returns {Element[]} */
  const rowsOf = (list) =>
    [...document.querySelectorAll(`${list} a`)].flatMap((link) => (link.parentElement ? [link.parentElement] : []));
  choosing("searchCommand", () => {
    const found = rowsOf("#command-results-list");
    return found.length ? found : rowsOf("#command-history");
  });
  choosing("searchDropdown", () => rowsOf("#search-results"));
});

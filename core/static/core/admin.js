// The two searches of the back office, where Unfold's own choose a row that is not there: Enter before an arrow was
// pressed takes the first row, and nothing when there is none; the sidebar's rows are found where they are.
"use strict";
document.addEventListener("alpine:init", () => {
  const choosing = (name, rows) => {
    const make = window[name];
    if (!make) return;
    window[name] = (...given) => {
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
  const rowsOf = (list) => [...document.querySelectorAll(`${list} a`)].map((link) => link.parentElement);
  choosing("searchCommand", () => {
    const found = rowsOf("#command-results-list");
    return found.length ? found : rowsOf("#command-history");
  });
  choosing("searchDropdown", () => rowsOf("#search-results"));
});

// The entries of a list that is typed by hand, as the server will part them, below their box. Without this script
// the box works all the same.
"use strict";
{
  const between = /(?<!\d),|,(?!\d{3}(?!\d))|[，、；;\r\n\u2028\u2029]/u;

  /** @param {string} text */
  const entries = (text) => [
    ...new Set(text.split(between).map((part) => part.trim().replace(/\s+/gu, " ")).filter(Boolean)),
  ];

  /** @param {HTMLTextAreaElement} box */
  const show = (box) => {
    const shown = box.parentElement && box.parentElement.querySelector(":scope > .hs-tags");
    const list = shown || document.createElement("ul");
    list.className = "hs-tags";
    list.replaceChildren(
      ...entries(box.value).map((entry) => {
        const item = document.createElement("li");
        const remove = document.createElement("button");
        remove.type = "button";
        remove.textContent = "×";
        remove.setAttribute("aria-label", `${box.dataset.tags} ${entry}`);
        remove.addEventListener("click", () => {
          box.value = entries(box.value).filter((other) => other !== entry).join("，");
          show(box);
        });
        item.append(entry, remove);
        return item;
      }),
    );
    box.after(list);
  };

  /** @param {EventTarget | null} element */
  const showAt = (element) => {
    if (element instanceof HTMLTextAreaElement && "tags" in element.dataset) show(element);
  };
  document.addEventListener("input", (event) => showAt(event.target));
  const start = () => {
    for (const box of document.querySelectorAll("textarea[data-tags]:not([name*='__prefix__'])")) showAt(box);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}

// The entries of a list that is typed by hand, as the server will part them, below their box. Without this script
// the box works all the same.
"use strict";
{
  const between = /(?<!\d),|,(?!\d{3}(?!\d))|[，、；;\r\n\u2028\u2029]/u;

  const entries = (text) => [
    ...new Set(text.split(between).map((part) => part.trim().replace(/\s+/gu, " ")).filter(Boolean)),
  ];

  const show = (box) => {
    const list = box.parentElement.querySelector(":scope > .hs-tags") || document.createElement("ul");
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

  const isList = (element) => element instanceof HTMLTextAreaElement && "tags" in element.dataset;
  document.addEventListener("input", (event) => isList(event.target) && show(event.target));
  const start = () =>
    document.querySelectorAll("textarea[data-tags]").forEach((box) => box.name.includes("__prefix__") || show(box));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}

// The dialog that asks before leaving: continue, contact HR, leave: three ways of equal weight.

import { all, busy, fill, one, say } from "./view.js";

const FOCUSABLE = "button, textarea, input:not([type=radio]), input[type=radio]:checked, select, a[href]";

// `contact(note)` and `leave({choice, cause, note})` return promises; `onClose` runs when the candidate stays.
// `handover` shows a code for another device.
export function createExitDialog({ contact, leave, handover, onOpen, onClose }) {
  const layer = one("[data-exit]");
  const page = one("[data-page]");
  let before = null;

  function step(name) {
    all("[data-step]", layer).forEach((panel) => {
      panel.hidden = panel.dataset.step !== name;
    });
    const panel = one(`[data-step="${name}"]`, layer);
    one("[role=dialog]", layer).setAttribute("aria-labelledby", one("h2", panel).id);
    one("h2", panel).focus();
    fill({ "exit-problem": null });
    if (name === "handover") handover.show();
  }

  function open(first) {
    if (!layer.hidden) return;
    before = document.activeElement;
    onOpen();
    layer.hidden = false;
    page.setAttribute("aria-hidden", "true");
    page.setAttribute("inert", "");
    document.body.classList.add("has-dialog");
    step(first || "choose");
  }

  function close() {
    if (layer.hidden) return;
    layer.hidden = true;
    page.removeAttribute("aria-hidden");
    page.removeAttribute("inert");
    document.body.classList.remove("has-dialog");
    if (before && before.focus) before.focus();
    onClose();
  }

  layer.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      close();
      return;
    }
    if (event.key !== "Tab") return;
    const stops = all(FOCUSABLE, layer).filter((element) => element.offsetParent !== null);
    const first = stops[0];
    const last = stops[stops.length - 1];
    const outside = !stops.includes(document.activeElement);
    if (event.shiftKey && (document.activeElement === first || outside)) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
      event.preventDefault();
      first.focus();
    }
  });

  layer.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    const deeds = {
      stay: close,
      "ask-contact": () => step("contact"),
      "ask-leave": () => step("leave"),
      "ask-handover": () => step("handover"),
      "new-code": () => busy(button, handover.renew),
      back: () => step("choose"),
    };
    if (deeds[button.dataset.do]) deeds[button.dataset.do]();
  });

  function onSubmit(name, work) {
    one(`[data-form=${name}]`, layer).addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target;
      busy(one("[type=submit]", form), async () => {
        fill({ "exit-problem": null });
        try {
          await work(form.elements);
          form.reset();
        } catch (error) {
          fill({ "exit-problem": (error.body && error.body.message) || say("failed") });
        }
      });
    });
  }

  onSubmit("contact", async (fields) => {
    await contact(fields.note.value.trim());
    step("contacted");
  });
  onSubmit("leave", async (fields) => {
    await leave({ choice: fields.choice.value, cause: fields.cause.value, note: fields.note.value.trim() });
    close();
  });

  return { open, close };
}

// Catches the back button: of the browser, and of WeCom where its script is there.
export function guardBack(isGuarding, open) {
  let armed = false;

  function arm() {
    if (armed || !isGuarding()) return;
    history.pushState({ room: true }, "");
    armed = true;
  }

  window.addEventListener("popstate", () => {
    armed = false;
    if (!isGuarding()) return;
    arm();
    open();
  });
  // Browsers skip a guard that was set before anybody touched the page, so it is set at the first touch too.
  ["pointerdown", "keydown"].forEach((name) => document.addEventListener(name, arm, { passive: true }));

  if (typeof wx !== "undefined" && typeof wx.onHistoryBack === "function") {
    wx.onHistoryBack(() => {
      if (!isGuarding()) return true;
      open();
      return false;
    });
  }
  return { arm };
}

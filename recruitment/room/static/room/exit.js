// @ts-check
// The dialog that asks before leaving: continue, contact HR, leave: three ways of equal weight.

import { lengthOf } from "./answers.js";
import { all, busy, choose, complaint, fill, one, say } from "./view.js";

const FOCUSABLE = "button, textarea, input:not([type=radio]), input[type=radio]:checked, select, a[href]";

/** @type {Room.CreateExitDialog} */
export function createExitDialog({ contact, leave, handover, onOpen, onClose }) {
  const layer = one("[data-exit]");
  const page = one("[data-page]");
  /** @type {Element | null} */
  let before = null;
  /** @type {Room.Wish | null} what ends the interview, while it waits for a second word */
  let meant = null;

  /** @param {string} name */
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

  /** @param {string} [first] the panel to begin with */
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
    if (before instanceof HTMLElement) before.focus();
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
    const outside = !stops.some((element) => element === document.activeElement);
    if (event.shiftKey && (document.activeElement === first || outside)) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
      event.preventDefault();
      first.focus();
    }
  });

  layer.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-do]");
    if (!(button instanceof HTMLElement)) return;
    /** @type {Record<string, () => unknown>} */
    const deeds = {
      stay: close,
      "ask-contact": () => step("contact"),
      "ask-leave": () => step("leave"),
      "ask-handover": () => step("handover"),
      "new-code": () => busy(button, handover.renew),
      back: () => step("choose"),
      sure: () => meant && attempt(button, leaveFor(meant)),
    };
    const deed = deeds[button.dataset.do || ""];
    if (deed) deed();
  });

  // Says why, where it fails; the dialog stays as it is then.
  /** @param {HTMLElement} button @param {() => Promise<unknown>} work */
  function attempt(button, work) {
    return busy(button, async () => {
      fill({ "exit-problem": null });
      try {
        await work();
      } catch (error) {
        fill({ "exit-problem": complaint(error) });
      }
    });
  }

  /** @param {string} name @param {(fields: Record<string, HTMLInputElement>) => Promise<unknown>} work */
  function onSubmit(name, work) {
    /** @type {HTMLFormElement} */
    const form = one(`[data-form=${name}]`, layer);
    /** @type {Record<string, HTMLInputElement>} */
    const fields = /** @type {any} */ (form.elements);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      // Nothing is cut: what is too long is said.
      const most = Number(fields.note.dataset.most);
      const over = lengthOf(fields.note.value.trim()) - most;
      if (over > 0) fill({ "exit-problem": say("too_long", { most, count: over }) });
      else attempt(one("[type=submit]", form), () => work(fields));
    });
  }

  /** @param {Room.Wish} wish */
  const leaveFor = (wish) => async () => {
    await leave(wish);
    ["contact", "leave"].forEach((name) => /** @type {HTMLFormElement} */ (one(`[data-form=${name}]`, layer)).reset());
    close();
  };

  onSubmit("contact", async (fields) => {
    await contact(fields.note.value.trim());
    fields.note.value = "";
    step("contacted");
  });
  // For now at once; for good only after what that means was read, and with a second word.
  onSubmit("leave", async (fields) => {
    meant = { choice: fields.choice.value, cause: fields.cause.value, note: fields.note.value.trim() };
    if (meant.choice === "leave") {
      await leaveFor(meant)();
      return;
    }
    choose("sure", meant.choice, layer);
    step("sure");
  });

  return { open, close };
}

// Catches the back button: of the browser, and of WeCom where its script is there.
/** @type {Room.GuardBack} */
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

// @ts-check
// A plan on one page: blocks are dragged by their grip or moved with the arrow keys, added and removed, and answers
// are tried, all without leaving the page. The form sends the blocks in the order in which they stand; without this
// script its buttons do the same by the server.
import { filled, freshKey, listAt, placeAt, step } from "./plan_order.js";

const form = document.querySelector("form[data-plan]");
if (form instanceof HTMLFormElement) start(form);

/** @param {HTMLFormElement} plan */
function start(plan) {
  const words = plan.dataset;
  let isChanged = document.querySelector("#refused") !== null;

  /** @param {ParentNode} root @param {string} selector @returns {HTMLElement[]} */
  const all = (root, selector) => Array.from(root.querySelectorAll(selector));
  /** @param {Element} block @returns {HTMLElement[]} */
  const lists = (block) => all(plan, `[data-list="${block instanceof HTMLElement ? block.dataset.block : ""}"]`);
  /** @param {Element} list @returns {HTMLElement[]} */
  const blocks = (list) => /** @type {HTMLElement[]} */ (Array.from(list.children));

  const settle = () => {
    isChanged = true;
    all(plan, "[data-number]").forEach((place, number) => {
      place.textContent = String(number + 1);
    });
  };

  /** Tell where it stands now. @param {HTMLElement} block */
  const tell = (block) => {
    const place = block.parentElement ? blocks(block.parentElement) : [];
    const field = block.querySelector("input[type=text], textarea");
    const what = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value : "";
    const says = plan.querySelector("[data-says]");
    const values = { what: what.slice(0, 20), place: place.indexOf(block) + 1, count: place.length };
    if (says) says.textContent = filled(words.moved || "", values);
  };

  /** @param {HTMLElement} block @param {HTMLElement} list @param {number} place */
  const put = (block, list, place) => {
    const others = blocks(list).filter((each) => each !== block);
    list.insertBefore(block, others[place] || null);
    settle();
  };

  /** @param {HTMLElement} block @param {-1 | 1} by */
  const move = (block, by) => {
    const homes = lists(block);
    const home = homes.findIndex((list) => list === block.parentElement);
    const goes = step(homes.map((list) => list.children.length), home, blocks(homes[home]).indexOf(block), by);
    if (!goes) return;
    put(block, homes[goes[0]], goes[1]);
    tell(block);
  };

  /** @param {HTMLElement} list @param {string} kind */
  const add = (list, kind) => {
    const blank = document.querySelector(`template[data-blank="${kind}"]`);
    if (!(blank instanceof HTMLTemplateElement)) return;
    const key = freshKey(kind, all(plan, "[data-key]").map((block) => block.dataset.key || ""));
    const box = document.createElement("template");
    box.innerHTML = blank.innerHTML.split(`${kind}new`).join(key);
    const block = box.content.firstElementChild;
    if (!(block instanceof HTMLElement)) return;
    list.append(block);
    ready(block);
    settle();
    const first = block.querySelector("input:not([type=hidden]), textarea");
    if (first instanceof HTMLElement) first.focus();
  };

  /** @param {HTMLElement} block */
  const remove = (block) => {
    const fields = /** @type {(HTMLInputElement | HTMLTextAreaElement)[]} */ (all(block, "input[type=text], textarea"));
    if (fields.some((field) => field.value.trim()) && !window.confirm(words.remove)) return;
    const next = block.nextElementSibling || block.previousElementSibling || block.parentElement;
    block.remove();
    settle();
    const focus = next && (next.querySelector("input:not([type=hidden]), textarea") || next);
    if (focus instanceof HTMLElement) focus.focus();
  };

  /** @param {HTMLElement} block */
  const tryAnswer = async (block) => {
    const shown = block.querySelector("[data-tried]");
    if (!shown) return;
    const values = new FormData(plan);
    values.set("deed", `try:${block.dataset.key}`);
    values.set("fragment", "1");
    try {
      const answer = await fetch(plan.action, { method: "POST", body: values, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      shown.innerHTML = await answer.text();
    } catch (error) {
      shown.textContent = words.failed || "";
    }
  };

  /** The grip: by pointer and by the arrow keys. @param {HTMLElement} grip */
  const listen = (grip) => {
    const block = grip.closest("[data-block]");
    if (!(block instanceof HTMLElement)) return;
    grip.hidden = false;
    grip.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      event.preventDefault();
      move(block, event.key === "ArrowUp" ? -1 : 1);
      grip.focus();
    });
    grip.addEventListener("pointerdown", (event) => {
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointermove", (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      if (!block.classList.contains("is-dragged")) {
        // Its kind folds up meanwhile, so that the way is short however much stands in each; the grip stays in place.
        block.classList.add("is-dragged");
        plan.dataset.arranging = block.dataset.block;
        window.scrollBy(0, grip.getBoundingClientRect().top - event.clientY);
      }
      const homes = lists(block);
      const list = homes[listAt(homes.map((each) => each.getBoundingClientRect()), event.clientY)];
      const others = blocks(list).filter((each) => each !== block);
      const place = placeAt(others.map((each) => each.getBoundingClientRect()), event.clientY);
      if (list !== block.parentElement || blocks(list).indexOf(block) !== place) {
        // Taking a block out of the page lets go of the pointer.
        put(block, list, place);
        grip.setPointerCapture(event.pointerId);
      }
    });
    const end = () => {
      if (!block.classList.contains("is-dragged")) return;
      block.classList.remove("is-dragged");
      delete plan.dataset.arranging;
      block.scrollIntoView({ block: "nearest" });
      tell(block);
    };
    grip.addEventListener("pointerup", end);
    grip.addEventListener("pointercancel", end);
  };
  /** @param {ParentNode} root */
  const ready = (root) => all(root, "[data-grip]").forEach(listen);

  plan.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[name=deed]") : null;
    if (!(button instanceof HTMLButtonElement)) return;
    const [deed, key] = button.value.split(":");
    const block = button.closest("[data-block]");
    if (key === undefined) return;
    event.preventDefault();
    if (deed === "add") {
      const list = (block || plan).querySelector("[data-list]");
      if (list instanceof HTMLElement) add(list, list.dataset.list || "");
    } else if (block instanceof HTMLElement) {
      if (deed === "remove") remove(block);
      else if (deed === "try") tryAnswer(block);
      else {
        move(block, deed === "up" ? -1 : 1);
        button.focus();
      }
    }
  });
  plan.addEventListener("input", (event) => {
    isChanged = isChanged || !(event.target instanceof Element && event.target.closest(".hs-try"));
  });
  plan.addEventListener("submit", () => {
    isChanged = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });

  const wasChanged = isChanged;
  ready(plan);
  settle();
  isChanged = wasChanged;
}

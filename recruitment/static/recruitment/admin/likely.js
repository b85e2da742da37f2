// While a new person is typed: who may be known already, and the way to choose them. Without this script the form works
// all the same; the server asks once more.
"use strict";
{
  /** @typedef {{id: number, name: string, text: string, address: string}} Known */
  /** @typedef {{title: string, choose: string, people: Known[]}} Answer */
  const PAUSE = 350;
  let asked = 0;
  let timer = 0;

  /** @param {HTMLFormElement} form @param {string} name */
  const box = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

  /** @param {HTMLFormElement} form @param {Known} known */
  const choose = (form, known) => {
    const list = /** @type {HTMLSelectElement | null} */ (form.elements.namedItem("candidate"));
    if (!list) return;
    list.add(new Option(known.name, String(known.id), true, true));
    list.dispatchEvent(new Event("change", { bubbles: true }));
    for (const name of ["name", "phone", "email"]) box(form, name).value = "";
    show(form, { title: "", choose: "", people: [] });
    list.focus();
  };

  /** @param {HTMLFormElement} form @param {Answer} answer */
  const show = (form, answer) => {
    let place = form.querySelector(".hs-likely");
    if (!place) {
      place = document.createElement("div");
      place.className = "hs-likely";
      place.setAttribute("aria-live", "polite");
      const row = box(form, "candidate").closest(".hs-fields > *") || box(form, "candidate");
      row.before(place);
    }
    if (!answer.people.length) {
      place.replaceChildren();
      return;
    }
    const title = document.createElement("strong");
    title.textContent = answer.title;
    const list = document.createElement("ul");
    for (const known of answer.people) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = known.address;
      link.target = "_blank";
      link.textContent = known.name;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "hs-button small";
      button.textContent = answer.choose;
      button.addEventListener("click", () => choose(form, known));
      item.append(link, ` ${known.text} `, button);
      list.append(item);
    }
    place.replaceChildren(title, list);
  };

  /** @param {HTMLFormElement} form @param {string} address */
  const ask = async (form, address) => {
    const turn = ++asked;
    const body = new URLSearchParams();
    for (const name of ["name", "phone", "email", "csrfmiddlewaretoken"]) body.set(name, box(form, name).value);
    try {
      const answer = await fetch(address, { method: "POST", body, credentials: "same-origin" });
      // A later word has been asked about meanwhile: this answer is old.
      if (answer.ok && turn === asked) show(form, await answer.json());
    } catch {
      // Without an answer nothing is shown; the server asks when the form is sent.
    }
  };

  document.addEventListener("input", (event) => {
    const typed = event.target;
    if (!(typed instanceof HTMLInputElement) || !typed.form) return;
    const first = typed.form.querySelector("input[data-likely]");
    if (!(first instanceof HTMLInputElement) || !["name", "phone", "email"].includes(typed.name)) return;
    const { form } = typed;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => ask(form, first.dataset.likely || ""), PAUSE);
  });
}

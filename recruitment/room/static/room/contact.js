// @ts-check
// The candidate asked HR something: what became of it is shown here, in the room.

import { dayAndTimeOf, fill, one, say } from "./view.js";

const EVERY = 20000;

/** @type {Room.CreateContactNote} */
export function createContactNote({ load, isWatching }) {
  const card = one("[data-contact]");
  /** @type {Room.Contact | null} */
  let contact = null;
  let dismissed = "";

  /** @param {Room.Contact} request */
  const keyOf = (request) => `${request.asked_at} ${request.state}`;

  /** @param {Room.Contact | null} next */
  function draw(next) {
    contact = next;
    card.hidden = !contact || keyOf(contact) === dismissed;
    if (!contact || card.hidden) return;
    const closed = contact.state === "closed";
    card.dataset.state = contact.state;
    fill({
      "contact-state": closed
        ? say(contact.answer ? "contact_answered" : "contact_closed")
        : say(contact.state === "claimed" ? "contact_claimed" : "contact_asked", { when: dayAndTimeOf(contact.due_at) }),
      "contact-note": contact.note ? say("contact_note", { note: contact.note }) : null,
      "contact-answer": closed && contact.answer ? contact.answer : null,
    });
  }

  setInterval(() => {
    const open = contact && contact.state !== "closed";
    if (open && isWatching() && document.visibilityState !== "hidden") {
      load().then((state) => draw(state.contact), () => undefined);
    }
  }, EVERY);

  return {
    draw,
    dismiss() {
      dismissed = contact ? keyOf(contact) : "";
      draw(contact);
    },
  };
}

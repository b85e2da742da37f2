"""Cards with buttons (template_card, button_interaction), within what WeCom shows of them.

WeCom advises 26 Chinese letters for the title and 10 for a button; what is longer would be cut on the phone, so it is
cut here. Two Latin letters take the room of a Chinese one. Of a long text the phone shows the beginning.
"""

from dataclasses import dataclass
from typing import Any

from core.text import shortened
from messaging.faces import Button
from messaging.wecom.text import cut, plain

__all__ = ["Button", "Card"]

TITLE_LETTERS, TEXT_BYTES, BUTTON_LETTERS = 26, 1024, 10
# Ten Chinese letters and the sign that something was cut.
WORD_BYTES = 33
PRIMARY, USUAL = 1, 2


@dataclass(frozen=True)
class Card:
    """A title, a text, where the card itself leads, and one to six buttons."""

    title: str
    text: str
    buttons: tuple[Button, ...]
    url: str = ""
    source: str = ""

    def payload(self, task_id: str) -> dict[str, Any]:
        """As WeCom wants it; the same card under the same name makes the same bytes."""
        card: dict[str, Any] = {
            "card_type": "button_interaction",
            "main_title": {"title": _short(self.title, TITLE_LETTERS)},
            "sub_title_text": cut(plain(self.text), TEXT_BYTES),
            "task_id": task_id,
            "button_list": [
                _button(button, style=PRIMARY if place == 0 else USUAL)
                for place, button in enumerate(self.buttons)
            ],
        }
        if self.source:
            card["source"] = {"desc": _short(self.source, TITLE_LETTERS)}
        if self.url:
            card["card_action"] = {"type": 1, "url": self.url}
        return card


def _button(button: Button, *, style: int) -> dict[str, Any]:
    shown = {"text": _short(button.text, BUTTON_LETTERS), "style": style}
    return {**shown, "type": 1, "url": button.url} if button.url else {**shown, "type": 0, "key": button.key}


def _short(text: str, letters: int) -> str:
    return shortened(plain(text), letters)

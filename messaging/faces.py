"""What stands below a message where it can be pressed: buttons that act, buttons that open a page, or a last word."""

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Button:
    """A button: what it says, and the key that comes back when it is pressed, or the address that it opens."""

    text: str
    key: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Face:
    """What a reader may do about a message now: one to six buttons, or the `ending` that stands in their place.

    `note` goes before the text: what happened since it was written. `url`: where the message itself leads.
    """

    buttons: tuple[Button, ...] = ()
    note: str = ""
    url: str = ""
    ending: str = ""

    @property
    def digest(self) -> str:
        """Equal for faces that look alike."""
        shown = [self.note, self.ending, [[one.text, one.key, one.url] for one in self.buttons]]
        return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()

"""The emulator, asked from the pages."""

from dataclasses import dataclass
from typing import Any

import requests
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from tools.phone.place import Place

PATIENCE = (1.0, 20.0)


class Unreachable(DomainError):
    """The emulator does not answer: it is starting, or was stopped."""

    status = 503


@dataclass(frozen=True)
class Hands:
    """Whose hands the phones are in. Unreachable("phones_away"), LookupError for what is not there any more."""

    place: Place

    def lies(self, *, userid: str, outside: str) -> dict[str, Any]:
        """What lies on somebody's phone."""
        return self._do("lies", userid=userid, outside=outside)

    def press(self, *, msgid: str, key: str) -> bool:
        """A button; whether the suite took what it stands for."""
        return bool(self._do("press", msgid=msgid, key=key)["taken"])

    def asked(self) -> dict[str, float]:
        """Whom WeCom asks to approve something, by user id, and since when."""
        since: dict[str, float] = self._do("asked")["since"]
        return since

    def decide(self, *, userid: str, number: str, agrees: bool | None, words: str) -> bool:
        """An approver's answer, None for a request that is taken back; whether the suite took it."""
        return bool(self._do("decide", userid=userid, number=number, agrees=agrees, words=words)["taken"])

    def say(self, *, outside: str, text: str) -> None:
        """Words to 微信客服."""
        self._do("say", outside=outside, text=text)

    def enter(self, *, outside: str, scene: str, scene_param: str) -> None:
        """The conversation is opened."""
        self._do("enter", outside=outside, scene=scene, scene_param=scene_param)

    def _do(self, what: str, **asked: str | bool | None) -> dict[str, Any]:
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(
                    f"{self.place.url}/phone/{what}",
                    json=asked,
                    headers={"X-Phone-Key": self.place.key},
                    timeout=PATIENCE,
                )
        except requests.RequestException:
            raise Unreachable("phones_away", _("The demo's phones do not answer.")) from None
        if not answer.ok:
            raise LookupError(what)
        found: dict[str, Any] = answer.json()
        return found

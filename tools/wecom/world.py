"""What the emulated WeCom knows: applications, colleagues and departments, and what was sent to whom."""

import json
from dataclasses import dataclass, field
from typing import Any

Answer = dict[str, Any]


class Refusal(Exception):
    """WeCom says no, with its number."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.answer = {"errcode": errcode, "errmsg": errmsg}


@dataclass(frozen=True)
class Application:
    """One application of a company: what a client must know to speak as it."""

    corp_id: str = "ww-demo"
    agent_id: int = 1000002
    secret: str = "SECRET-of-agent-1000002-long-enough"  # noqa: S105 -- opens nothing but this emulator

    def settings(self, base_url: str) -> dict[str, Any]:
        """The value of settings.WECOM."""
        return {
            "corp_id": self.corp_id,
            "agent_id": self.agent_id,
            "secret": self.secret,
            "base_url": base_url,
        }


@dataclass(frozen=True)
class Member:
    """A colleague in the company's address book."""

    userid: str
    name: str
    departments: tuple[int, ...] = (1,)


@dataclass(frozen=True)
class Department:
    """A department; the company itself is number 1."""

    id: int
    name: str
    parent: int = 1


@dataclass(frozen=True)
class Call:
    """One request that arrived."""

    endpoint: str
    query: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as sent, parsed."""
        return json.loads(self.body)


@dataclass
class Message:
    """One message the server took. `replaced`: what stands on a card in the place of its buttons, or the whole card."""

    msgid: str
    agent_id: int
    userid: str
    body: dict[str, Any]
    at: float
    shown: bool = True
    replaced: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The words of a text message."""
        return str(self.body["text"]["content"])

    @property
    def card(self) -> dict[str, Any]:
        """A template card as its reader sees it now."""
        return {**self.body["template_card"], **self.replaced.get("template_card", {})}


@dataclass
class ResponseCode:
    """What a card may be changed with: once, for 72 hours."""

    agent_id: int
    task_id: str
    until: float
    is_used: bool = False

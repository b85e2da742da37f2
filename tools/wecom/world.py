"""What the emulated WeCom knows: applications, colleagues and departments, and what was sent to whom."""

import json
from dataclasses import dataclass, field
from typing import Any, TypeVar

Answer = dict[str, Any]
CURSOR = "cursor-"
T = TypeVar("T")


class Refusal(Exception):
    """WeCom says no, with its number."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.answer = {"errcode": errcode, "errmsg": errmsg}


def page_of(found: list[T], body: dict[str, Any], *, most: int) -> tuple[list[T], str]:
    """The page that `cursor` and `limit` ask for, at most `most`, and the next cursor, empty at the end."""
    cursor, size = str(body.get("cursor") or f"{CURSOR}0"), int(body.get("limit") or most)
    if not cursor.startswith(CURSOR) or not cursor.removeprefix(CURSOR).isdigit() or not 1 <= size <= most:
        raise Refusal(40058, "invalid cursor or limit")
    start = int(cursor.removeprefix(CURSOR))
    end = start + size
    return found[start:end], f"{CURSOR}{end}" if end < len(found) else ""


@dataclass(frozen=True)
class Application:
    """One application of a company: what a client must know to speak as it. `syncs_contacts`: it is the one of the
    address book (通讯录同步), which alone may list every user id."""

    corp_id: str = "ww-demo"
    agent_id: int = 1000002
    secret: str = "SECRET-of-agent-1000002-long-enough"  # noqa: S105 -- opens nothing but this emulator
    syncs_contacts: bool = False

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
    mobile: str = ""
    email: str = ""


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

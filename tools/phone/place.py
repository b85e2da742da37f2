"""What the server, its pages and the emulator's process know in common of the demo's phones: one file of the home."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

NAME = "phones.json"
# What lay on the phones: tools.phone.memory.
MEMORY = "phones.memory"
CORP_ID, AGENT_ID = "ww-demo", 1000002
KF_ACCOUNT, SCENE = "wkDemo", "hr"
# The templates of WeCom's approvals, by what each asks about.
TEMPLATES = {"offer": "demo-offer", "start": "demo-start"}
# What the demo's SMS provider has approved, by the reader's language: for messages with a link, and for those without.
TEXTS = {
    "SMS_1001": ("zh-hans", "${name}您好，${subject}。详情：${link}"),
    "SMS_1002": ("zh-hans", "${name}您好，${subject}。"),
    "SMS_1003": ("en", "Dear ${name}: ${subject}. Details: ${link}"),
    "SMS_1004": ("en", "Dear ${name}: ${subject}."),
}


@dataclass(frozen=True)
class Place:
    """Where the emulator listens and what opens it: `secret` to the suite, `key` to whose hands the phones are in.

    `token`, `aes_key`: what its callbacks are signed and encrypted with; `callback`: where they go. `kf_url`: where the
    address of 微信客服 leads. `members`: user id, name, departments; `departments`: number, name, parent.
    `sms_port`: where the emulated SMS provider listens, 0 where the suite has another one or none. `approvers`: who is
    asked by the templates of approvals.
    """

    port: int
    secret: str
    key: str
    token: str
    aes_key: str
    callback: str
    kf_url: str
    members: list[tuple[str, str, list[int]]]
    departments: list[tuple[int, str, int]]
    sms_port: int = 0
    approvers: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The emulator's address."""
        return f"http://127.0.0.1:{self.port}"


def read(home: Path) -> Place | None:
    """As it was set up, None where there is none."""
    path = home / NAME
    return Place(**json.loads(path.read_text())) if path.exists() else None


def write(home: Path, place: Place) -> None:
    """Keep it, readable by its owner alone."""
    draft = home / f"{NAME}.draft"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(place), file, ensure_ascii=False)
    draft.replace(home / NAME)


def clear(home: Path) -> None:
    """There are no phones here."""
    for name in (NAME, MEMORY):
        (home / name).unlink(missing_ok=True)

"""Files that an application hands to WeCom for three days (素材管理)."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.wecom.world import Answer, Application, Call, Refusal

if TYPE_CHECKING:
    from tools.wecom.emulator import WeComEmulator

KEPT_SECONDS = 3 * 24 * 3600
LEAST_BYTES = 5
MOST_BYTES = {"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "file": 20 << 20}
PART = re.compile(rb'\r?\n?Content-Disposition: form-data; name="media"; filename="([^"]*)"', re.IGNORECASE)


@dataclass(frozen=True)
class Kept:
    """One file, with the name it came under."""

    kind: str
    name: str
    content: bytes
    until: float


def upload(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """media/upload: one file in a form."""
    kind = call.query.get("type", "")
    if kind not in MOST_BYTES:
        raise Refusal(40004, "invalid media type")
    name, content = _file_in(call.body)
    if len(content) < LEAST_BYTES:
        raise Refusal(40006, "invalid meida size")
    if len(content) > MOST_BYTES[kind]:
        raise Refusal(45001, "media size out of limit")
    number = world.new_id("media")
    world.media[number] = Kept(kind, name, content, world.now() + KEPT_SECONDS)
    return {
        "errcode": 0, "errmsg": "ok", "type": kind, "media_id": number, "created_at": str(int(world.now()))
    }  # fmt: skip


def _file_in(body: bytes) -> tuple[str, bytes]:
    boundary, _newline, _rest = body.partition(b"\r\n")
    for part in body.split(boundary)[1:-1]:
        head, _blank, content = part.partition(b"\r\n\r\n")
        if found := PART.search(head):
            return found[1].decode(), content.removesuffix(b"\r\n")
    raise Refusal(41005, "missing multimedia file data")


def get(world: "WeComEmulator", application: Application, call: Call) -> Answer:
    """media/get: whether the file is there; it is answered itself (`WeComEmulator.file`)."""
    kept = world.media.get(call.query.get("media_id", ""))
    if kept is None or kept.until <= world.now():
        raise Refusal(40007, "invalid media_id")
    return {"errcode": 0, "errmsg": "ok"}


ROUTES = {"media/upload": upload, "media/get": get}

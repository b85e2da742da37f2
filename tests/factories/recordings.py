"""Recordings for tests: real WebM and MP4 made by PyAV, in pieces as a recorder gives them, sent by a browser."""

import hashlib
import io
import math
import shutil
from array import array
from fractions import Fraction
from functools import cache
from typing import Any

import av
from django.conf import settings

from recruitment.models import Chunk
from recruitment.recordings import storage

RATE = 48_000
FRAME = 960


@cache
def sound(seconds: int = 4, *, container: str = "webm", codec: str = "libopus") -> bytes:
    """A tone: what a microphone's recorder makes. WebM with Opus, or MP4 with AAC as an iPhone does."""
    output = io.BytesIO()
    options = (
        {"movflags": "frag_keyframe+empty_moov+default_base_moof"} if container == "mp4" else {"live": "1"}
    )
    with av.open(output, "w", format=container, options=options) as file:
        stream = file.add_stream(codec, rate=RATE, layout="mono")
        stream.bit_rate = 48_000
        for number in range(seconds * RATE // FRAME):
            frame = av.AudioFrame(format="s16", layout="mono", samples=FRAME)
            frame.planes[0].update(_tone(number * FRAME))
            frame.sample_rate, frame.pts, frame.time_base = RATE, number * FRAME, Fraction(1, RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return output.getvalue()


@cache
def picture(seconds: int = 2) -> bytes:
    """A moving grey: what a camera's recorder makes."""
    output = io.BytesIO()
    with av.open(output, "w", format="webm", options={"live": "1"}) as file:
        stream = file.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number in range(seconds * 10):
            frame = av.VideoFrame(160, 120, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([number * 12 % 256]) * plane.buffer_size)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return output.getvalue()


def _tone(start: int) -> bytes:
    waves = (math.sin(at * 2 * math.pi * 440 / RATE) for at in range(start, start + FRAME))
    return array("h", (round(wave * 8000) for wave in waves)).tobytes()


def cut(content: bytes, pieces: int) -> list[bytes]:
    """The bytes in about equal pieces, none empty."""
    size = -(-len(content) // pieces)
    return [content[start : start + size] for start in range(0, len(content), size)]


def sha256(content: bytes) -> str:
    """The hash as headers carry it."""
    return hashlib.sha256(content).hexdigest()


def put(
    browser: Any,
    question: int,
    content: bytes,
    *,
    segment: Any = 0,
    seq: Any = 0,
    epoch: int | None = None,
    mime: str = "audio/webm;codecs=opus",
    **headers: str,
) -> Any:
    """Send one piece as the page does."""
    return browser.client.generic(
        "PUT",
        f"/room/api/answers/{question}/segments/{segment}/chunks/{seq}",
        content,
        content_type=mime,
        headers={
            "X-Chunk-SHA256": sha256(content),
            "X-Epoch": str(browser.epoch if epoch is None else epoch),
            **headers,
        },
    )


def record(
    browser: Any, question: int, pieces: list[bytes], *, segment: int = 0, **more: Any
) -> dict[str, Any]:
    """Send a whole segment; what `finish` says of it."""
    for seq, piece in enumerate(pieces):
        answer = put(browser, question, piece, segment=segment, seq=seq, **more)
        assert answer.status_code == 201, answer.content
    return named(pieces)


def named(pieces: list[bytes], **more: Any) -> dict[str, Any]:
    """A segment as `finish` names it."""
    return {"chunks": len(pieces), "sha256": [sha256(piece) for piece in pieces], **more}


def finish(browser: Any, question: int, *segments: dict[str, Any]) -> Any:
    """Finish an answer with these segments."""
    return browser.send(
        "POST", f"answers/{question}/finish", {"epoch": browser.epoch, "segments": list(segments)}
    )


def stored_files() -> set[str]:
    """Everything that lies in the storage, drafts included."""
    found = set()
    for folder in storage.FOLDERS:
        try:
            days = storage.recordings().listdir(folder)[0]
        except FileNotFoundError:
            continue
        for day in days:
            found |= set(storage.names_of(folder, day))
    return found


def bytes_of(chunk: Chunk) -> bytes:
    """What is stored of one chunk."""
    with storage.opened(chunk.stored_name) as content:
        return content.read()


def empty_storage() -> None:
    """Delete everything that tests stored."""
    shutil.rmtree(settings.STORAGES["recordings"]["OPTIONS"]["location"], ignore_errors=True)

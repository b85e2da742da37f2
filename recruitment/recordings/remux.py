"""Rewrites what a browser recorded so that one can seek in it, and finds out what is in it. Nothing is re-encoded.

The bytes come from outside, so they are read by a confined process: the ffmpeg program where it is installed, else
PyAV in `recruitment.recordings.inside`.
"""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from core import confined
from recruitment.recordings.inside import FORMATS, PROTOCOLS

# A job has 60 s; the rest of it is for fetching and storing the bytes.
BOUNDS = confined.Bounds(processor=40, patience=40, memory=1024**3)
INSIDE = "recruitment.recordings.inside"
WEBM = {"vp8", "vp9", "av1", "opus", "vorbis"}
MP4 = {"h264", "hevc", "av1", "vp9", "aac", "opus", "mp3"}

# What a program says when its disk fails, and when there is no memory.
_DISK = re.compile(r"No space left|quota exceeded|Input/output error", re.IGNORECASE)
_MEMORY = re.compile(r"Cannot allocate memory|MemoryError")
# What a program calls the file is nobody's business.
_PATH = re.compile(r"'?/[^\s:']+'?")


class UnplayableError(Exception):
    """There is no sound or picture in it that a browser plays."""


class NotNowError(OSError):
    """Too slow, killed, out of memory: an overloaded machine, or a file that is too much for any. Worth some tries."""


@dataclass(frozen=True)
class Playable:
    """What is in the rewritten file: its type as a browser knows it, and how long it lasts."""

    mime: str
    seconds: float


def remux(source: Path, folder: Path) -> tuple[Path, Playable]:
    """Rewrite `source` into a new file in `folder`.

    UnplayableError says why it cannot be played; NotNowError, or another OSError of a disk, why this says nothing yet.
    """
    streams = _probe(source)
    kinds, codecs = {kind for kind, _codec in streams}, {codec for _kind, codec in streams}
    if not kinds:
        raise UnplayableError("no sound and no picture")
    ending = "webm" if codecs <= WEBM else "mp4"
    if ending == "mp4" and not codecs <= MP4:
        raise UnplayableError(f"no browser plays {', '.join(sorted(codecs))}")
    target = folder / f"play.{ending}"
    _rewrite(source, target)
    seconds = _seconds(target)
    if not seconds:
        raise UnplayableError("nothing in it lasts any time")
    return target, Playable(f"{'video' if 'video' in kinds else 'audio'}/{ending}", round(seconds, 3))


def as_speech(source: Path, target: Path) -> float:
    """Write what is said in `source` as MP3 of one channel; how many seconds. UnplayableError, NotNowError as above."""
    seconds = float(_json(confined.ours(INSIDE, "speech", source, target)).get("seconds", 0))
    if not seconds:
        raise UnplayableError("nothing in it lasts any time")
    return round(seconds, 2)


def has_ffmpeg() -> bool:
    """Whether the ffmpeg programs are installed."""
    return shutil.which("ffmpeg") is not None and shutil.which("ffprobe") is not None


def _probe(path: Path) -> list[tuple[str, str]]:
    """(kind, codec) of each sound or picture stream."""
    if has_ffmpeg():
        found = _json(_ffprobe("stream=codec_type,codec_name", path))
        pairs = [
            (each.get("codec_type", ""), each.get("codec_name", "")) for each in found.get("streams", [])
        ]
    else:
        pairs = [tuple(each) for each in _json(confined.ours(INSIDE, "probe", path))["streams"]]
    return [(kind, codec) for kind, codec in pairs if kind in ("audio", "video")]


def _rewrite(source: Path, target: Path) -> None:
    if not has_ffmpeg():
        _run(confined.ours(INSIDE, "rewrite", source, target))
        return
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *_guards(), "-i", str(source)]
    command += ["-map", "0:v?", "-map", "0:a?", "-c", "copy", "-map_metadata", "-1"]
    command += ["-movflags", "+faststart"] if target.suffix == ".mp4" else ["-cues_to_front", "1"]
    _run([*command, str(target)])


def _seconds(path: Path) -> float:
    """The duration as the container says; it was just written, so it knows."""
    if has_ffmpeg():
        found = _json(_ffprobe("format=duration", path))
        return float(found.get("format", {}).get("duration", 0) or 0)
    return float(_json(confined.ours(INSIDE, "seconds", path))["seconds"])


def _guards() -> list[str]:
    return ["-protocol_whitelist", PROTOCOLS, "-format_whitelist", FORMATS]


def _ffprobe(entries: str, path: Path) -> list[str]:
    return ["ffprobe", "-v", "error", *_guards(), "-show_entries", entries, "-of", "json", str(path)]


def _json(command: list[str]) -> dict:
    try:
        return dict(json.loads(_run(command) or b"{}"))
    except ValueError:
        raise UnplayableError("its description cannot be read") from None


def _run(command: list[str]) -> bytes:
    """Run one program within the limits. UnplayableError with its last words when it fails, OSError when we do."""
    try:
        done = confined.run(command, BOUNDS)
    except confined.TookTooLongError:
        raise NotNowError(f"reading it took over {BOUNDS.patience} s") from None
    except confined.EndedError as ended:
        raise NotNowError(f"reading it was ended by {ended}") from None
    if done.code:
        words = done.complaint.strip().splitlines()
        if said := _DISK.search("\n".join(words)):
            raise OSError(said.group())
        if said := _MEMORY.search("\n".join(words)):
            raise NotNowError(said.group())
        last = words[-1] if words else f"exit {done.code}"
        raise UnplayableError(_PATH.sub("", last).strip(" :'")[:200])
    return done.answer

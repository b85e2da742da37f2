"""Rewrites what a browser recorded so that one can seek in it, and finds out what is in it. Nothing is re-encoded.

The bytes come from outside, so they are read by another process with limits of time and memory: the ffmpeg program
where it is installed, else PyAV run as `python -m recruitment.recordings.remux IN OUT`.
"""

import json
import re
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# A job has 60 s; the rest of it is for fetching and storing the bytes.
SECONDS = 40
MEMORY = 1024 * 1024 * 1024
WEBM = {"vp8", "vp9", "av1", "opus", "vorbis"}
MP4 = {"h264", "hevc", "av1", "vp9", "aac", "opus", "mp3"}
# Only what browsers record; nothing that names other files or addresses is ever opened.
FORMATS = "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,ogg,wav,mp3,aac"
PROTOCOLS = "file,pipe"

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
        pairs = [tuple(each) for each in _json(_own("probe", path))["streams"]]
    return [(kind, codec) for kind, codec in pairs if kind in ("audio", "video")]


def _rewrite(source: Path, target: Path) -> None:
    if not has_ffmpeg():
        _run(_own("rewrite", source, target))
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
    return float(_json(_own("seconds", path))["seconds"])


def _guards() -> list[str]:
    return ["-protocol_whitelist", PROTOCOLS, "-format_whitelist", FORMATS]


def _ffprobe(entries: str, path: Path) -> list[str]:
    return ["ffprobe", "-v", "error", *_guards(), "-show_entries", entries, "-of", "json", str(path)]


def _own(*words: object) -> list[str]:
    return [sys.executable, "-m", "recruitment.recordings.remux", *map(str, words)]


def _json(command: list[str]) -> dict:
    try:
        return dict(json.loads(_run(command) or b"{}"))
    except ValueError:
        raise UnplayableError("its description cannot be read") from None


def _run(command: list[str]) -> bytes:
    """Run one program within the limits. UnplayableError with its last words when it fails, OSError when we do."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parent.parent.parent,
            preexec_fn=_limit,
        )
    except subprocess.TimeoutExpired:
        raise NotNowError(f"reading it took over {SECONDS} s") from None
    if done.returncode < 0:
        raise NotNowError(f"reading it was ended by {signal.Signals(-done.returncode).name}")
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        if said := _DISK.search("\n".join(words)):
            raise OSError(said.group())
        if said := _MEMORY.search("\n".join(words)):
            raise NotNowError(said.group())
        last = words[-1] if words else f"exit {done.returncode}"
        raise UnplayableError(_PATH.sub("", last).strip(" :'")[:200])
    return done.stdout


def _limit() -> None:
    """In the child, before the program: what a malformed file can make it eat has an end."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main(task: str, source: str, target: str = "") -> None:
    """PyAV's half, in a process of its own: probe, seconds (JSON on standard output) or rewrite."""
    import av  # noqa: PLC0415 -- only where the ffmpeg program is missing

    with av.open(source, options={"format_whitelist": FORMATS, "protocol_whitelist": PROTOCOLS}) as content:
        streams = [each for each in content.streams if each.type in ("audio", "video")]
        if task == "probe":
            print(json.dumps({"streams": [(each.type, each.codec_context.name) for each in streams]}))
        elif task == "seconds":
            print(json.dumps({"seconds": (content.duration or 0) / av.time_base}))
        else:
            options = {"movflags": "+faststart"} if target.endswith(".mp4") else {"cues_to_front": "1"}
            with av.open(target, "w", options=options) as output:
                copies = {each.index: output.add_stream_from_template(each) for each in streams}
                for packet in content.demux(streams):
                    if packet.dts is not None:
                        packet.stream = copies[packet.stream.index]
                        output.mux(packet)


if __name__ == "__main__":
    main(*sys.argv[1:])

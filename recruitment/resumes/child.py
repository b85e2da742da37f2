"""Runs `recruitment.resumes.inside` and takes its answer: what a hostile file can cost has an end."""

from pathlib import Path
from typing import Any

from core import confined
from core.errors import Invalid
from recruitment.resumes import kinds

MODULE = "recruitment.resumes.inside"
MEMORY, LARGEST = 1024**3, 32 * 1024**2
# On a busy machine a process waits for its turn; its own processor time is bounded apart.
BOUNDS = {
    "inspect": confined.Bounds(processor=10, patience=30, memory=MEMORY, largest=LARGEST),
    "read": confined.Bounds(processor=60, patience=180, memory=MEMORY, largest=LARGEST),
}


class NotNowError(OSError):
    """The machine gave out: this says nothing of the file."""


def inspect(kind: str, source: Path) -> int | None:
    """The number of pages, None where the format does not tell. Invalid with the code of what is not taken."""
    return _run("inspect", kind, source).get("pages")


def read(kind: str, source: Path, folder: Path) -> tuple[str, list[Path]]:
    """Text and pictures of the pages, in their order. Invalid with the code; NotNowError where it is the machine."""
    found = _run("read", kind, source, folder)
    return found.get("text", ""), [folder / Path(name).name for name in found.get("pages", [])]


def _run(task: str, kind: str, *places: Path) -> dict[str, Any]:
    try:
        done = confined.run(confined.ours(MODULE, task, kind, *places), BOUNDS[task])
        answer = done.as_json()
    except (confined.TookTooLongError, confined.EndedError):
        raise kinds.refusal("too_much") from None
    except OSError as error:
        raise NotNowError(f"no process to read it in: {error}") from error
    except ValueError:
        raise kinds.refusal("broken") from None
    if "refused" in answer:
        code = str(answer["refused"])
        raise kinds.refusal(code) if code in kinds.SENTENCES else Invalid(code)
    return answer

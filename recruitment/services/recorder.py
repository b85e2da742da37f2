"""What an answer holds beside its text. Recordings are kept by a satellite above, which says here how one is closed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from recruitment.models import Answer, Interview


@dataclass(frozen=True, slots=True)
class Recorder:
    """`read(segments)` checks what the page names at the end of an answer, before anything is written.

    `close(interview, answer, named)`, on a locked interview, makes it the answer's recording, and says whether there
    is one.
    """

    read: Callable[[list[Any]], list[Any]]
    close: Callable[[Interview, Answer, list[Any]], bool]


_recorders: list[Recorder] = []


def use(recorder: Recorder) -> None:
    """From now on this one closes recorded answers."""
    _recorders[:] = [recorder]


def recorder() -> Recorder:
    """The one in use; the app registers it before it takes a request."""
    return _recorders[0]

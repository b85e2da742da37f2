"""Who does what, decided before anything is sent: the same seed writes the same scripts."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

ANNOUNCED_CAUSES = (
    "network",
    "device",
    "by_mistake",
    "interrupted_by_somebody",
    "time_conflict",
    "unwilling",
)
# Of those who leave without a word: how many just vanish, close the page, switch to another app.
SILENT_KINDS = ((0.5, "silent"), (0.75, "closed"), (1.0, "hidden"))
RETURNING, OTHER_DEVICE, RELOADING, STRONG = 0.5, 0.4, 0.1, 0.5


class Way(StrEnum):
    """How somebody leaves."""

    LEAVE = "leave"  # by the dialog, with a cause
    SILENT = "silent"  # the page is seen, then nothing more comes
    CLOSED = "closed"  # the page says pagehide
    HIDDEN = "hidden"  # the page says hidden


@dataclass(frozen=True, kw_only=True)
class Script:
    """One candidate's part. Times are seconds; `starts_after` counts from the beginning of the run.

    Who leaves does so in stage `exit_stage` (from 0) at question `exit_question`, with half an answer typed and saved.
    """

    number: int
    starts_after: float
    seconds_per_question: float
    strong: bool
    reloads: bool
    way: Way | None = None
    cause: str = ""
    exit_stage: int = 0
    exit_question: int = 0
    returns: bool = False
    other_device: bool = False
    away: float = 0.0


def write(
    *, candidates: int, exit_rate: float, silent: float, seed: int, questions: Sequence[int], duration: float
) -> list[Script]:
    """The scripts of a run: exactly `exit_rate` of the candidates leave, of these exactly `silent` without a word.

    `questions` holds the number of questions of each stage. Starts lie in the first third of `duration`; answering
    takes about another third, so that who returns has the time to finish.
    """
    dice = random.Random(seed)  # noqa: S311 -- a script, not a secret
    leaving = round(candidates * exit_rate)
    without_a_word = round(leaving * silent)
    ways: list[Way | None] = [
        _silent_way((number + 0.5) / without_a_word) for number in range(without_a_word)
    ]
    ways += [Way.LEAVE] * (leaving - without_a_word)
    ways += [None] * (candidates - leaving)
    dice.shuffle(ways)
    return [_script(number, way, dice, questions, duration) for number, way in enumerate(ways)]


def _silent_way(place: float) -> Way:
    return Way(next(name for limit, name in SILENT_KINDS if place < limit))


def _script(
    number: int, way: Way | None, dice: random.Random, questions: Sequence[int], duration: float
) -> Script:
    pace = duration / 3 / sum(questions)
    stage = dice.randrange(len(questions))
    return Script(
        number=number,
        starts_after=dice.uniform(0, duration / 3),
        seconds_per_question=pace * dice.uniform(0.7, 1.3),
        strong=dice.random() < STRONG,
        reloads=way is None and dice.random() < RELOADING,
        way=way,
        cause=dice.choice(ANNOUNCED_CAUSES) if way is Way.LEAVE else "",
        exit_stage=stage,
        exit_question=dice.randrange(questions[stage]),
        returns=way is not None and dice.random() < RETURNING,
        other_device=dice.random() < OTHER_DEVICE,
        away=dice.uniform(2, 10),
    )

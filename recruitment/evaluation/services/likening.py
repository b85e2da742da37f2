"""Where a person has to judge by the levels of the rubric: to which of them the answers are closest, as a hint.

A hint is no score: one anchor for each level was the right one for five of ten answers, and next to it for eight. It
stands in the evidence of what waits for a person, moves no figure, and a reviewer's word is asked as before.
"""

import logging
import re
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from core.events.reading import reading_once
from recruitment.evaluation.providers import chosen, prompting
from recruitment.evaluation.providers.protocol import Embedder, NotNowError, UnreadableError
from recruitment.evaluation.providers.scorers import Said, Wanted
from recruitment.evaluation.services import stages
from recruitment.models import Checkpoint, RubricScore
from recruitment.queries import agreed_to_evaluation

METHOD = "likeness/1"
# A single anchor is close to everything.
LEAST_LEVELS = 2
SHORTEST, MOST_SENTENCES = 4, 40
# What waits longer than this for its words, or for a service, is judged without a hint.
AT_MOST = timedelta(days=3)
LOOKED_AT, WORK_FOR = 100, 30.0
_SENTENCE = re.compile(r"[^\n]+?(?:[。！？!?；;]|\.(?=\s)|$)", re.MULTILINE)
logger = logging.getLogger(__name__)


class Sentence(NamedTuple):
    """A sentence of an answer, letter by letter, and where it stands."""

    question_id: int
    text: str
    where: dict[str, Any]


def liken_waiting() -> int:
    """The job: hints for what waits for a person, the newest first; returns how many were written. Again: nothing.

    Killed, nothing is lost. While nobody compares, or the service gives out, all of it waits.
    """
    by = chosen.embedder()
    if by is None or not by.health().works:
        return 0
    written, began = 0, time.monotonic()
    for checkpoint_id in due():
        if time.monotonic() - began > WORK_FOR:
            break
        try:
            written += liken(checkpoint_id=checkpoint_id, embedder=by)
        except NotNowError as error:
            logger.warning("likeness: %s", error)
            break
        except UnreadableError as error:
            # The next one may be answered well.
            logger.warning("likeness of %s: %s", checkpoint_id, error)
    return written


def due() -> list[int]:
    """Stages with a competency that waits for a person without a hint, by a rubric that has levels for it."""
    waiting = RubricScore.objects.filter(
        value__isnull=True,
        override__isnull=True,
        method=stages.BY_PERSON,
        evidence=[],
        checkpoint__scored_at__gte=timezone.now() - AT_MOST,
        checkpoint__stage__version__levels__isnull=False,
    )
    found = waiting.order_by("-checkpoint").values_list("checkpoint", flat=True).distinct()
    return list(found[:LOOKED_AT])


def liken(*, checkpoint_id: int, embedder: Embedder) -> int:
    """Compare with nothing locked, and write the hint where a person is still waited for; returns how many.

    Without the candidate's consent to AI evaluation nothing is compared. NotNowError, UnreadableError.
    """
    checkpoint = Checkpoint.objects.select_related("stage").get(pk=checkpoint_id)
    if not agreed_to_evaluation(checkpoint.interview_id, stages.said_in(checkpoint)):
        return 0
    with reading_once():
        said = stages.read(checkpoint, with_levels=True).said
    rows = checkpoint.scores.filter(value__isnull=True, override__isnull=True, evidence=[])
    waiting = {row.competency_id: row.pk for row in rows}
    wanted = [
        each for each in said.wanted if each.competency_id in waiting and len(each.levels) >= LEAST_LEVELS
    ]
    sentences = said_in_sentences(said)
    if not wanted or not sentences:
        return 0
    anchors = [text for each in wanted for _level, text in each.levels]
    whole = "\n".join(sentence.text for sentence in sentences)
    vectors = embedder.embed([*anchors, whole, *(sentence.text for sentence in sentences)])
    of_whole, of_sentences = vectors[len(anchors)], vectors[len(anchors) + 1 :]
    written, place = 0, 0
    for each in wanted:
        of_levels = vectors[place : place + len(each.levels)]
        place += len(each.levels)
        hint = _hint(each, of_levels, of_whole, list(zip(sentences, of_sentences, strict=True)), embedder)
        still = RubricScore.objects.filter(
            pk=waiting[each.competency_id], value__isnull=True, override__isnull=True, evidence=[]
        )
        written += still.update(evidence=[hint])
    return written


def said_in_sentences(said: Said) -> list[Sentence]:
    """What was said, in its order, without what speaks to a scorer and what is too short to be like anything."""
    found = []
    for answer in said.answers:
        for match in _SENTENCE.finditer(answer.text):
            text = match.group().strip()
            if len(text) < SHORTEST or prompting.without_orders(text)[1]:
                continue
            where: dict[str, Any] = {}
            if answer.spoken is not None:
                where = {"said": answer.spoken.said, **answer.spoken.where(match.start())}
            found.append(Sentence(answer.question_id, text, where))
    return found[:MOST_SENTENCES]


def _hint(
    wanted: Wanted,
    of_levels: Sequence[Sequence[float]],
    of_whole: Sequence[float],
    sentences: Sequence[tuple[Sentence, Sequence[float]]],
    by: Embedder,
) -> dict[str, Any]:
    """The closest level in its own words, and the sentence that is most like it."""
    nearest = max(range(len(of_levels)), key=lambda place: _cosine(of_levels[place], of_whole))
    level, anchor = wanted.levels[nearest]
    sentence, _vector = max(sentences, key=lambda each: _cosine(of_levels[nearest], each[1]))
    return {
        "point": f"≈ {level} · {anchor}",
        "weight": 0,
        "quote": sentence.text,
        "question": sentence.question_id,
        "by": f"{METHOD}:{by.name}",
        **sentence.where,
    }


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(left * right for left, right in zip(one, other, strict=True))

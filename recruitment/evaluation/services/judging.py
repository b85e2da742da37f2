"""A scorer outside is asked: owed with the saved stage, asked with nothing locked, written if the claim stands.

Whatever the service does, it ends: in scores, or in a stated "not scored" that leaves the stage to a person.
"""

import hashlib
import logging
import time
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from core.events.reading import reading_once
from people.actors import Actor, Party, actor_user
from recruitment.enums import ScoringState
from recruitment.evaluation.providers import prompting
from recruitment.evaluation.providers.chosen import scorer
from recruitment.evaluation.providers.protocol import NotNowError
from recruitment.evaluation.providers.scorers import CompetencyScorer, Given, Scored
from recruitment.evaluation.services import assessments, heard, stages
from recruitment.models import Checkpoint, Scoring
from recruitment.queries import agreed_to_evaluation
from recruitment.services import locking

# Longer than two calls take, each up to their time's end.
CLAIM = timedelta(minutes=5)
# Every three minutes: a service that is gone for a quarter of an hour leaves the stage to a person.
MOST_TRIES, AGAIN = 6, timedelta(minutes=3)
# The jobs that wait behind this one get their turn.
WORK_FOR = 50.0
LOOKED_AT = 500
MILLION = Decimal(1_000_000)
# What the column holds; nobody pays it for an answer.
DEAREST = Decimal(10_000)
logger = logging.getLogger(__name__)


def owed_of_checkpoint() -> Exists:
    """Of a checkpoint: a scorer outside still owes its answer."""
    return Exists(Scoring.objects.filter(checkpoint=OuterRef("pk"), state=ScoringState.OWED))


def is_owed(checkpoint: Checkpoint) -> bool:
    """Whether a scorer outside still owes its answer on this stage."""
    return Scoring.objects.filter(checkpoint=checkpoint, state=ScoringState.OWED).exists()


def owe(checkpoint: Checkpoint, *, by: Actor = Party.SYSTEM) -> bool:
    """On a locked interview: have the stage scored outside, where the settings say so and the candidate agreed.

    Again: what is being asked is asked anew, as the words may have changed. Returns whether it is owed.
    """
    if not scorer().sends_data_out:
        return False
    if not agreed_to_evaluation(checkpoint.interview_id, stages.said_in(checkpoint)):
        return False
    fresh = {"claimed_until": None, "try_after": None, "tries": 0, "reason": "", "asked_by": actor_user(by)}
    Scoring.objects.update_or_create(checkpoint=checkpoint, state=ScoringState.OWED, defaults=fresh)
    return True


def judge_owed() -> int:
    """The job: ask about what is owed, for WORK_FOR seconds; returns how many were settled. Killed, nothing is lost.

    New before old. When the service gives out, all that waits counts the try, and waits: nothing is owed for ever.
    """
    settled, began = 0, time.monotonic()
    for scoring_id in due():
        if time.monotonic() - began > WORK_FOR:
            break
        try:
            settled += judge(scoring_id=scoring_id, asking=scorer())
        except NotNowError as error:
            _due().update(tries=F("tries") + 1, try_after=timezone.now() + AGAIN, reason=str(error))
            break
    return settled


def _due() -> "QuerySet[Scoring]":
    now = timezone.now()
    return Scoring.objects.filter(
        Q(try_after=None) | Q(try_after__lte=now),
        Q(claimed_until=None) | Q(claimed_until__lte=now),
        state=ScoringState.OWED,
    )


def due() -> list[int]:
    """What is owed and may be asked about now, the newest LOOKED_AT, in their order."""
    return list(_due().order_by("-id").values_list("pk", flat=True)[:LOOKED_AT])


def judge(*, scoring_id: int, asking: CompetencyScorer) -> bool:
    """Claim it, ask outside any transaction, write what came of it if the claim still stands.

    Returns whether it is settled. NotNowError when the service gave out.
    """
    claimed = _claim(scoring_id)
    if claimed is None:
        return False
    checkpoint = claimed.checkpoint
    if claimed.tries > MOST_TRIES:
        return _settle(claimed, None, reason=claimed.reason or "ended")
    if not agreed_to_evaluation(checkpoint.interview_id, stages.said_in(checkpoint)):
        return _settle(claimed, None, reason="not_agreed")
    read_at = timezone.now()
    with reading_once():
        said = stages.read(checkpoint, with_levels=True).said
    if not said.wanted:
        return _settle(claimed, None, reason="nothing_to_score")
    claimed.digest = _digest(asking, said)
    if (known := _known(claimed.digest)) is not None:
        return _settle(claimed, known, read_at=read_at)
    try:
        scored = asking.score(said)
    except NotNowError as error:
        logger.warning("scoring %s: %s", scoring_id, error)
        _mine(claimed).update(claimed_until=None, try_after=timezone.now() + AGAIN, reason=str(error))
        raise
    return _settle(claimed, scored, read_at=read_at)


def _claim(scoring_id: int) -> Scoring | None:
    """The row, claimed: a try counts from here, whoever is killed over it."""
    with transaction.atomic():
        rows = Scoring.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=scoring_id)
        found = rows.select_related("checkpoint__stage").first()
        now = timezone.now()
        if found is None or found.state != ScoringState.OWED:
            return None
        if found.claimed_until is not None and found.claimed_until > now:
            return None
        found.claimed_until, found.tries = now + CLAIM, found.tries + 1
        found.save(update_fields=["claimed_until", "tries"])
    return found


def _digest(by: CompetencyScorer, said: Any) -> str:
    """Of all that the answer hangs on: what is asked, of which model, by which prompt, and what is heard of it."""
    drafts = [None if each.spoken is None else [each.spoken.said, each.spoken.at] for each in said.answers]
    whole = f"{prompting.PROMPT}\n{by.name}\n{prompting.asked(said)[0]}\n{drafts}"
    return hashlib.sha256(whole.encode()).hexdigest()


def _known(digest: str) -> Scored | None:
    """What the same stage got before: the same answer scored twice gives the same, and is paid for once."""
    before = Scoring.objects.filter(digest=digest, state=ScoringState.SCORED).order_by("pk").first()
    if before is None:
        return None
    return Scored(tuple(_read(each) for each in before.result), before.model, before.prompt)


def _read(each: dict[str, Any]) -> Given:
    figures = {name: None if each[name] is None else Decimal(each[name]) for name in ("value", "low", "high")}
    return Given(**{**each, **figures, "evidence": tuple(each["evidence"])})


def _stored(given: Given) -> dict[str, Any]:
    stored = asdict(given)
    for name in ("value", "low", "high"):
        stored[name] = None if stored[name] is None else str(stored[name])
    return stored


def _settle(
    claimed: Scoring, scored: Scored | None, *, reason: str = "", read_at: datetime | None = None
) -> bool:
    """Write it, if this claim still stands: a job that took too long, or whose words changed, writes nothing.

    What was not scored is left to a person in a stage that has no scores yet; in one that has, they stand.
    """
    checkpoint = claimed.checkpoint
    with reading_once(), transaction.atomic():
        interview = locking.interview(checkpoint.interview_id)
        given = () if scored is None else scored.scores
        not_scored = {each.reason for each in given if each.value is None}
        values: dict[str, Any] = {
            "state": ScoringState.SCORED if any(each.value is not None for each in given) else ScoringState.NOT_SCORED,
            "reason": reason or (min(not_scored) if not_scored else ""),
            "answered_at": timezone.now(),
            "claimed_until": None,
            "digest": claimed.digest,
            "result": [_stored(each) for each in given],
        }  # fmt: skip
        if scored is not None:
            values |= {
                "model": scored.model,
                "prompt": scored.prompt,
                "calls": scored.calls,
                "tokens_in": scored.tokens_in,
                "tokens_out": scored.tokens_out,
                "cost": cost(scored.tokens_in, scored.tokens_out) if scored.calls else None,
            }
        if not _mine(claimed).update(**values):
            return False
        _write(claimed, given)
        if read_at is not None and values["state"] == ScoringState.SCORED:
            heard.heed(checkpoint, at=read_at)
        assessments.bring(interview)
    return True


def _write(claimed: Scoring, given: tuple[Given, ...]) -> None:
    checkpoint = (
        Checkpoint.objects.select_for_update(of=("self",))
        .select_related("stage")
        .get(pk=claimed.checkpoint_id)
    )
    if checkpoint.scored_at is not None:
        stages.replace(checkpoint, given)
        return
    if agreed_to_evaluation(checkpoint.interview_id, stages.said_in(checkpoint)):
        stage = stages.read(checkpoint, with_levels=True)
        stages.count_mentions(stage)
        stages.create(checkpoint, given or prompting.nothing(stage.said, ""), stage.by_person)
    else:
        stages.create(checkpoint, (), stages.measured(checkpoint))
    checkpoint.scored_at = timezone.now()
    checkpoint.save(update_fields=["scored_at"])


def _mine(claimed: Scoring) -> "QuerySet[Scoring]":
    return Scoring.objects.filter(pk=claimed.pk, state=ScoringState.OWED, claimed_until=claimed.claimed_until)


def cost(tokens_in: int, tokens_out: int) -> Decimal | None:
    """What a call cost by HRSUITE_AI_PRICE, in the price's currency; None where none is set, or it cannot be read."""
    sent, parted, received = settings.AI_PRICE.partition("/")
    try:
        price = Decimal(sent) * tokens_in + Decimal(received) * tokens_out
    except InvalidOperation:
        return None
    if not parted or not price.is_finite() or not 0 <= price / MILLION < DEAREST:
        return None
    return (price / MILLION).quantize(Decimal("0.000001"))

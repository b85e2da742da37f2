"""Giving an interview its window: the first time, and again."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid, Refused
from core.events.reading import reading_once
from core.seen import require_as_seen
from people.actors import Actor, Party, actor_label
from people.calendar import add_working_days, require_known_year
from recruitment import signals
from recruitment.enums import ApplicationStage, InterviewKind, InterviewState
from recruitment.models import Answer, Application, Checkpoint, Interview, Lease, Probe, RoomLink, RubricScore
from recruitment.rules import require_recruiting
from recruitment.services import bookings, links, locking, plans

SCORING_WORKING_DAYS = 1
LONGEST_WINDOW = timedelta(days=90)
CANDIDATE_RESCHEDULES_WITHIN = timedelta(days=14)
CANDIDATE_MAY_RESCHEDULE = 2


def schedule(
    *,
    application_id: int,
    opens_at: datetime,
    closes_at: datetime,
    by: Actor,
    kind: str = InterviewKind.ROOM,
    round: int = 1,  # noqa: A002 -- the field's own name
    book: Callable[[Interview], None] | None = None,
) -> Interview:
    """Give an application its interview: row, lease, what `book` adds to it, announcement.

    Invalid: window_without_length, window_in_the_past, window_too_long, calendar_year_missing, plan_not_published.
    Refused: interview_exists, application_ended, changed_meanwhile.
    """
    require_recruiting(by, Application, application_id)
    with reading_once(), transaction.atomic():
        application = locking.application(application_id)
        require_as_seen(application)
        if application.stage in ApplicationStage.ended:
            raise Refused("application_ended", _("This application has ended."))
        if Interview.objects.filter(application=application, round=round).exists():
            raise Refused(
                "interview_exists", _("This round already has its interview: reschedule it instead.")
            )
        interview = Interview.objects.create(
            application=application,
            version=plans.to_take(application.opening.interview_plan_id),
            kind=kind,
            round=round,
            window_opens_at=opens_at,
            window_closes_at=closes_at,
            expected_result=result_day_of(opens_at, closes_at, by=by),
        )
        Lease.objects.create(interview=interview)
        if book is not None:
            book(interview)
        signals.interview_scheduled.emit(subject=interview, facts={"attempt": 1}, by=actor_label(by))
        return interview


def result_day_of(opens_at: datetime, closes_at: datetime, *, by: Actor) -> date:
    """Check a window, and say on which day its result is expected. What nobody typed may lie in an unknown year."""
    if closes_at <= opens_at:
        raise Invalid("window_without_length", _("The window must close after it opens."))
    if closes_at <= timezone.now():
        raise Invalid("window_in_the_past", _("The window must close in the future."))
    if closes_at - opens_at > LONGEST_WINDOW:
        raise Invalid("window_too_long", _("A window lasts 90 days at most."))
    closing_day = timezone.localdate(closes_at)
    if by is not Party.SYSTEM:
        require_known_year(closing_day)
    return add_working_days(closing_day, SCORING_WORKING_DAYS).date


def reschedule(
    *, interview_id: int, opens_at: datetime, closes_at: datetime, by: Actor, keep_checkpoints: bool = True
) -> Interview:
    """Give a new window. A new attempt, unless the old one had not begun; its saved stages come along.

    The window that it has already changes nothing and announces nothing: a second click tells nobody twice.
    HR may always; the candidate twice, within 14 days. Invalid: as for schedule. Forbidden: not_permitted,
    reschedules_used_up, reschedule_too_far. Refused: application_ended, changed_meanwhile, and of people's rounds
    interviewer_busy, room_taken.
    """
    with reading_once(), transaction.atomic():
        interview, _lease = locking.interview_and_lease(interview_id)
        has_it_already = (interview.window_opens_at, interview.window_closes_at) == (opens_at, closes_at)
        if has_it_already and interview.state == InterviewState.SCHEDULED:
            return _as_it_is(interview, by=by)
        require_as_seen(interview)
        _require_may_reschedule(interview, closes_at=closes_at, by=by)
        # Read after the lock: whoever ends an application holds its interviews first.
        if Application.objects.filter(pk=interview.application_id, stage__in=ApplicationStage.ended).exists():
            raise Refused("application_ended", _("This application has ended."))
        result_day_of(opens_at, closes_at, by=by)
        previous, begun = interview.attempt, interview.state != InterviewState.SCHEDULED
        interview.reschedule(opens_at=opens_at, closes_at=closes_at)
        if begun:
            interview.attempt += 1
            interview.announced_exits = 0
        if by is Party.CANDIDATE:
            interview.rescheduled_by_candidate += 1
        with bookings.moved(interview, opens_at, closes_at):
            interview.save()
        kept = _carry_over(interview, previous) if begun and keep_checkpoints else 0
        if begun and not kept:
            plans.renew(interview)
        Lease.objects.filter(pk=interview.pk).update(live=False, epoch=F("epoch") + 1)
        RoomLink.objects.filter(interview=interview, revoked_at__isnull=True).update(
            expires_at=links.default_expiry(interview)
        )
        signals.interview_rescheduled.emit(
            subject=interview,
            facts={
                "attempt": interview.attempt,
                "previous_attempt": previous,
                "new_attempt": begun,
                "by_candidate": by is Party.CANDIDATE,
                "kept_stages": kept,
            },
            by=actor_label(by),
            is_held=True,
        )
        return interview


def _as_it_is(interview: Interview, *, by: Actor) -> Interview:
    """Nothing to do: still only whoever could have done it learns so."""
    if by is not Party.CANDIDATE:
        require_recruiting(by, Interview, interview.pk)
    return interview


def _require_may_reschedule(interview: Interview, *, closes_at: datetime, by: Actor) -> None:
    if by is not Party.CANDIDATE:
        require_recruiting(by, Interview, interview.pk)
        return
    if interview.rescheduled_by_candidate >= CANDIDATE_MAY_RESCHEDULE:
        raise Forbidden(
            "reschedules_used_up", _("You have moved this interview twice. Please ask HR for a new time.")
        )
    if closes_at > timezone.now() + CANDIDATE_RESCHEDULES_WITHIN:
        raise Forbidden("reschedule_too_far", _("Please choose a time within the next 14 days, or ask HR."))


def _carry_over(interview: Interview, previous: int) -> int:
    """Copy the saved stages of the previous attempt, with their answers and scores, into the present one."""
    checkpoints = list(interview.checkpoints.filter(attempt=previous).prefetch_related("scores"))
    stage_ids = [checkpoint.stage_id for checkpoint in checkpoints]
    answers = list(
        interview.answers.filter(attempt=previous, question__stage__in=stage_ids).select_related("probe")
    )
    kept = Answer.objects.bulk_create(
        Answer(
            interview=interview, attempt=interview.attempt, question_id=answer.question_id,
            revision=answer.revision, text=answer.text, finished_at=answer.finished_at,
            media=answer.media, kept_from_id=answer.kept_from_id or (answer.pk if answer.media else None),
        )
        for answer in answers
    )  # fmt: skip
    Probe.objects.bulk_create(
        Probe(
            answer=copy, point_id=probe.point_id, reason=probe.reason, chosen_by=probe.chosen_by,
            characters=probe.characters, recordings=probe.recordings, decided_at=probe.decided_at,
            shown_at=probe.shown_at,
        )
        for copy, answer in zip(kept, answers, strict=True)
        if (probe := getattr(answer, "probe", None)) is not None
    )  # fmt: skip
    copies = Checkpoint.objects.bulk_create(
        Checkpoint(
            interview=interview, attempt=interview.attempt, stage_id=checkpoint.stage_id,
            saved_at=checkpoint.saved_at, scored_at=checkpoint.scored_at,
            kept_from_attempt=checkpoint.kept_from_attempt or previous,
        )
        for checkpoint in checkpoints
    )  # fmt: skip
    RubricScore.objects.bulk_create(
        RubricScore(
            checkpoint=copy, competency_id=score.competency_id, value=score.value, low=score.low,
            high=score.high, method=score.method,
            evidence=score.evidence, override=score.override, override_reason=score.override_reason,
            overridden_by_id=score.overridden_by_id, overridden_at=score.overridden_at,
        )
        for checkpoint, copy in zip(checkpoints, copies, strict=True)
        for score in checkpoint.scores.all()
    )  # fmt: skip
    return len(copies)

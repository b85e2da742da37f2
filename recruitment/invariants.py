"""What recruitment promises about its own data."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import transaction
from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.checks.declaring import Found, Invariant
from core.events.pulse import heard_until
from core.figures import Basis
from people.actors import Party
from recruitment.enums import (
    ApplicationStage,
    AssessmentStatus,
    FollowUpKind,
    InterviewKind,
    InterviewState,
    OfferState,
    SlotState,
)
from recruitment.evaluation.services import assessments, scoring
from recruitment.models import (
    Application,
    Assessment,
    Checkpoint,
    Chunk,
    FollowUp,
    Interview,
    Lease,
    Offer,
    OfferedSlot,
    Recording,
    Resume,
    Round,
    Scorecard,
    ScorecardScore,
    SlotOffer,
)
from recruitment.models.interviews import LEASE_ELSEWHERE, ROOM_PULSE
from recruitment.offers.services import offers
from recruitment.queries import unscored_by_person
from recruitment.recordings import orphans, storage
from recruitment.rounds.services import planning, slots
from recruitment.services import endings, follow_ups, interviews, locking

# The longest that an exit goes unnoticed (70 s when the page was hidden), and a sweep's time.
NOTICED_WITHIN = timedelta(minutes=2)
# What a minute's job does is done by then.
DONE_WITHIN = timedelta(minutes=15)
# Scoring waits for its jobs.
SCORED_WITHIN = timedelta(hours=1)
LOOKED_BACK = timedelta(days=62)
FILES_LOOKED_AT = 2000


def without_life() -> QuerySet[Interview]:
    """In progress, and no live lease that has not run out for longer than an exit may go unnoticed."""
    heard = Coalesce(heard_until(ROOM_PULSE), Now())
    alive = Lease.objects.filter(interview=OuterRef("pk"), live=True, expires_at__gt=heard - NOTICED_WITHIN)
    return Interview.objects.filter(~Exists(alive), state=InterviewState.IN_PROGRESS)


def _interrupt(key: int) -> None:
    interviews.interrupt(interview_id=key, cause=None, evidence={"found_by": "data check"}, by=Party.SYSTEM)


def not_followed_up() -> QuerySet[Interview]:
    """Interrupted, its application open, and nobody was ever asked to call about this attempt."""
    asked = FollowUp.objects.filter(
        interview=OuterRef("pk"), attempt=OuterRef("attempt"), kind=FollowUpKind.EXIT
    )
    return Interview.objects.filter(
        ~Exists(asked),
        state=InterviewState.INTERRUPTED,
        interrupted_at__lt=timezone.now() - DONE_WITHIN,
    ).exclude(application__stage__in=ApplicationStage.ended)


def without_report() -> QuerySet[Interview]:
    """Completed in the last two months, nothing of it waits for a person's judgement, and no full report stands."""
    now = timezone.now()
    full = Assessment.objects.filter(
        interview=OuterRef("pk"),
        attempt=OuterRef("attempt"),
        basis=Basis.FULL,
        status=AssessmentStatus.CURRENT,
    )
    return (
        Interview.objects.filter(
            ~Exists(full),
            ~unscored_by_person(),
            state=InterviewState.COMPLETED,
            window_closes_at__gte=now - LOOKED_BACK,
            completed_at__lt=now - SCORED_WITHIN,
        )
        .exclude(kind=InterviewKind.PEOPLE)
        .exclude(application__stage__in=ApplicationStage.called_off)
    )


def _score(key: int) -> None:
    for checkpoint in Checkpoint.objects.filter(interview=key, attempt=F("interview__attempt")).order_by(
        "pk"
    ):
        scoring.score_checkpoint(checkpoint_id=checkpoint.pk)
    assessments.align(interview_id=key)


def past_their_window() -> QuerySet[Interview]:
    """Scheduled, though the window has ended: neither entered nor missed."""
    late = timezone.now() - DONE_WITHIN
    return Interview.objects.filter(state=InterviewState.SCHEDULED, window_closes_at__lt=late).exclude(
        Q(kind=InterviewKind.PEOPLE)
        | Q(kind=InterviewKind.VENDOR, window_closes_at__gt=late - LEASE_ELSEWHERE)
    )


def _miss(key: int) -> None:
    with transaction.atomic():
        endings.miss_all(locking.free_interviews([key]))


def chosen_too_late() -> QuerySet[SlotOffer]:
    """Offered times that ran out a while ago, and of which nobody was told."""
    return SlotOffer.objects.filter(state=SlotState.OPEN, choose_by__lt=timezone.now() - DONE_WITHIN)


def booked_otherwise() -> QuerySet[Round]:
    """Rounds of these weeks, and ahead, that are booked for another time than their interview's, or though it does not
    take place, or the other way round; and those one of whose cards is booked otherwise than the round."""
    window: Any = Func(
        "interview__window_opens_at", "interview__window_closes_at", function="tstzrange",
        output_field=DateTimeRangeField(),
    )  # fmt: skip
    takes_place = Q(interview__state__in=InterviewState.running)
    apart = Scorecard.objects.filter(round=OuterRef("pk"), is_called=True).exclude(
        slot=OuterRef("slot"), is_booked=OuterRef("is_booked")
    )
    return Round.objects.filter(
        ~Q(slot=window) | Q(is_booked=True) & ~takes_place | Q(is_booked=False) & takes_place | Exists(apart),
        interview__kind=InterviewKind.PEOPLE,
        interview__window_closes_at__gte=timezone.now() - LOOKED_BACK,
    )


def asking_too_little() -> QuerySet[Scorecard]:
    """Cards that are still to be handed in, and lack a competency of their round."""
    asked = ScorecardScore.objects.filter(card=OuterRef(OuterRef("pk")), competency=OuterRef("competency"))
    lacking = Round.competencies.through.objects.filter(~Exists(asked), round=OuterRef("round"))
    return Scorecard.objects.filter(Exists(lacking), is_called=True, handed_in_at=None)


def chosen_without_a_time() -> QuerySet[SlotOffer]:
    """Offered times that were chosen, and do not say which one, or which interview it became."""
    chosen = OfferedSlot.objects.filter(offer=OuterRef("pk"), is_chosen=True)
    return SlotOffer.objects.filter(~Exists(chosen) | Q(interview=None), state=SlotState.CHOSEN)


def answered_too_late() -> QuerySet[Offer]:
    """Offers whose answer was awaited until a while ago, and that nobody ended."""
    return Offer.objects.filter(state=OfferState.SENT, answer_by__lt=timezone.now() - DONE_WITHIN)


def open_twice() -> QuerySet[Application]:
    """Open applications of one person at one opening, where there are several."""
    several = (
        Application.objects.exclude(stage__in=ApplicationStage.ended)
        .order_by()
        .values("candidate", "opening")
        .annotate(number=Count("pk"))
        .filter(number__gt=1)
    )
    same = several.filter(candidate=OuterRef("candidate"), opening=OuterRef("opening"))
    return Application.objects.exclude(stage__in=ApplicationStage.ended).filter(
        Exists(same.values("number")), candidate__in=several.values("candidate")
    )


def lost_files() -> Iterator[Found]:
    """Of the newest files that rows speak of, those that are not in the storage."""
    newest: tuple[QuerySet[Any], ...] = (
        Chunk.objects.exclude(stored_name=""),
        Recording.objects.exclude(stored_name=""),
        Resume.objects.exclude(stored_name=""),
    )
    for rows in newest:
        for key, name in rows.order_by("-pk").values_list("pk", "stored_name")[:FILES_LOOKED_AT]:
            if not storage.is_there(name):
                yield Found(rows.model._meta.label_lower, key)


def files_of_nothing() -> Iterator[Found]:
    """Stored bytes that no row has spoken of for more than a day."""
    for name in orphans.left_behind():
        yield Found(name=name)


INVARIANTS = [
    Invariant(
        code="recruitment.life",
        title=_("No interview is in progress without a sign of life."),
        advice=_(
            "Mending it ends it as an exit: the candidate is told how to return, and the specialist to call."
        ),
        rows=without_life,
        repair=_interrupt,
    ),
    Invariant(
        code="recruitment.followed",
        title=_("After every interruption somebody is asked to call."),
        advice=_("Mending it opens the follow-up task; the promised time counts from the exit."),
        rows=not_followed_up,
        repair=lambda key: follow_ups.align(interview_id=key),
    ),
    Invariant(
        code="recruitment.report",
        title=_("Every completed interview has its full report, or waits for a person's judgement."),
        advice=_("Mending it scores what was saved. If it is found again, look at the failed jobs."),
        rows=without_report,
        repair=_score,
    ),
    Invariant(
        code="recruitment.window",
        title=_("No interview is scheduled in a window that has ended."),
        advice=_(
            "Mending it marks it as missed: the specialist is asked to call. Or schedule it anew first."
        ),
        rows=past_their_window,
        repair=_miss,
    ),
    Invariant(
        code="recruitment.slots",
        title=_("No time can be chosen once its offer has run out."),
        advice=_("Mending it ends the offered times: candidate and specialist are told."),
        rows=chosen_too_late,
        repair=lambda key: slots.end([key]),
    ),
    Invariant(
        code="recruitment.booked",
        title=_(
            "A round books its interviewers and its room for the time of its interview, and for no other."
        ),
        advice=_(
            "Mending it books the interview's time. Where somebody is taken then it is left: give the round a new time."
        ),
        rows=booked_otherwise,
        repair=lambda key: planning.rebook(round_id=key),
    ),
    Invariant(
        code="recruitment.cards",
        title=_("Every scorecard asks for all competencies of its round."),
        advice=_("Mending it adds what is missing; what was scored stays."),
        rows=asking_too_little,
        repair=lambda key: planning.ask_for_all(card_id=key),
    ),
    Invariant(
        code="recruitment.chosen",
        title=_("Offered times that were chosen say which time, and which interview it became."),
        advice=_(
            "Look at the history of the offered times and of the application, and plan the round itself."
        ),
        rows=chosen_without_a_time,
    ),
    Invariant(
        code="recruitment.offers",
        title=_("No offer waits for an answer whose time is over."),
        advice=_("Mending it ends the offer as expired: candidate, specialist and manager are told."),
        rows=answered_too_late,
        repair=lambda key: offers.expire([key]),
    ),
    Invariant(
        code="recruitment.open_once",
        title=_("A person has one open application at an opening."),
        advice=_("Open both, and withdraw the one that came later."),
        rows=open_twice,
    ),
    Invariant(
        code="recruitment.files",
        title=_("Every recording and résumé that is spoken of is in the storage."),
        advice=_("Bring the file back from a backup; look whether the storage's disk or bucket is whole."),
        look=lost_files,
    ),
    Invariant(
        code="recruitment.orphans",
        title=_("No recording lies in the storage that nobody speaks of."),
        advice=_("The hourly sweep deletes such files: look whether recruitment.sweep_orphans runs."),
        look=files_of_nothing,
    ),
]

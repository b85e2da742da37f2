"""A candidate moves the own interview: to a time that is free, twice, within 14 days."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.days import midnight
from core.errors import NotFound, Refused
from core.events.reading import reading_once
from people.actors import Party
from recruitment.enums import ApplicationStage, InterviewKind, InterviewState
from recruitment.models import Interview
from recruitment.rounds import free
from recruitment.rounds.services import slots
from recruitment.services import scheduling

WITHIN = scheduling.CANDIDATE_RESCHEDULES_WITHIN
# An interview in the room may be begun at any hour of its window; these are offered as its beginning.
ROOM_STARTS = (time(9), time(14), time(19))
SHORTEST = timedelta(hours=1)
MOST_TIMES = 20


@dataclass(frozen=True, slots=True)
class Move:
    """An interview that its candidate may move, how often still, and to when."""

    interview: Interview
    left: int
    times: list[free.Span]


def movable_rows() -> "QuerySet[Interview]":
    """The interviews that their candidates may move now.

    People's rounds before they begin; the room's interview while its window would close within 14 days anyway, and
    after it was missed or given up. What was moved twice already is HR's to move.
    """
    return _within_reach().filter(rescheduled_by_candidate__lt=scheduling.CANDIDATE_MAY_RESCHEDULE)


def _within_reach() -> "QuerySet[Interview]":
    now = timezone.now()
    of_people = Q(
        kind=InterviewKind.PEOPLE, state=InterviewState.SCHEDULED, window_opens_at__gt=now + free.NOTICE
    )
    in_the_room = Q(kind=InterviewKind.ROOM, application__stage__in=ApplicationStage.before_second_round) & (
        Q(state=InterviewState.SCHEDULED, window_closes_at__lte=now + WITHIN)
        | Q(state__in=(InterviewState.MISSED, InterviewState.ABANDONED))
    )
    return Interview.objects.filter(of_people | in_the_room).exclude(
        application__stage__in=ApplicationStage.ended
    )


def moves_of(application_id: int) -> list[Move]:
    """What the candidate of this application may move, the last interview first, each with its times.

    As many queries for one as for several.
    """
    rows = list(movable_rows().filter(application=application_id).order_by("-round"))
    with reading_once():  # the calendar
        times = _times_for_each(rows)
    return [
        Move(
            interview=row,
            left=scheduling.CANDIDATE_MAY_RESCHEDULE - row.rescheduled_by_candidate,
            times=times[row.pk],
        )
        for row in rows
    ]


def times_for(interview: Interview) -> list[free.Span]:
    """When it could be instead, within 14 days: as long as it is now, everybody and the room free."""
    return _times_for_each([interview])[interview.pk]


def _times_for_each(interviews: list[Interview]) -> dict[int, list[free.Span]]:
    today, until = timezone.localdate(), timezone.now() + WITHIN
    holding = slots.booked_with_each(interviews)
    booked = free.Bookings(
        midnight(today), midnight(timezone.localdate(until) + free.DAY),
        interviewers={person for called, _room, _held in holding.values() for person in called},
        rooms={room for _called, room, _held in holding.values()} - {""},
    )  # fmt: skip
    found = {}
    for interview in interviews:
        length = interview.window_closes_at - interview.window_opens_at
        if interview.kind == InterviewKind.ROOM:
            found[interview.pk] = _room_times(length, until)
            continue
        called, room, held_id = holding[interview.pk]
        times = free.free_times(
            interviewers=called, room=room, length=length, first=today, last=timezone.localdate(until),
            but=held_id, booked=booked,
        )  # fmt: skip
        now_at = (interview.window_opens_at, interview.window_closes_at)
        found[interview.pk] = [span for span in times if span[1] <= until and span != now_at][:MOST_TIMES]
    return found


def _room_times(length: timedelta, until: datetime) -> list[free.Span]:
    found = []
    earliest = timezone.now() + free.NOTICE
    for days in range(WITHIN.days + 1):
        for clock in ROOM_STARTS:
            day = timezone.localdate() + timedelta(days=days)
            begin = timezone.make_aware(datetime.combine(day, clock))
            if earliest <= begin <= until - SHORTEST:
                found.append((begin, min(begin + length, until)))
    return found


def move(*, application_id: int, opens_at: datetime, interview_id: int | None = None) -> Interview:
    """The candidate moves an interview, the last one without `interview_id`; who is concerned is told.

    The time that it has already is no move. NotFound: interview_unknown. Refused: nothing_to_move (where HR has to do
    it), slot_taken (no time of those that are free now). Forbidden: reschedules_used_up, reschedule_too_far.
    """
    with transaction.atomic():
        own = Interview.objects.filter(application=application_id).order_by("-round")
        if interview_id is not None and not own.filter(pk=interview_id).exists():
            raise NotFound("interview_unknown", _("There is no such interview."))
        wanted = {} if interview_id is None else {"pk": interview_id}
        interview = _within_reach().filter(application=application_id, **wanted).order_by("-round").first()
        if interview is None:
            raise Refused(
                "nothing_to_move",
                _("This interview cannot be moved here. Please call or write to your contact."),
            )
        if interview.state == InterviewState.SCHEDULED and interview.window_opens_at == opens_at:
            return interview
        span = next((span for span in times_for(interview) if span[0] == opens_at), None)
        if span is None:
            raise slots.taken()
        try:
            return scheduling.reschedule(
                interview_id=interview.pk, opens_at=span[0], closes_at=span[1], by=Party.CANDIDATE
            )
        except Refused as error:
            if error.code in slots.TAKEN:
                raise slots.taken() from error
            raise

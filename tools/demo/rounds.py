"""Rounds that people hold: one the next working day, one whose time is being chosen, one with a card that is missing,
one that is decided."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from people.actors import Party
from people.calendar import add_working_days
from people.models import User
from recruitment.enums import ApplicationStage, InterviewKind, InterviewState, RoundOutcome
from recruitment.models import Application, Interview, Lease, Opening, Round, Scorecard, ScorecardScore
from recruitment.rounds.services import planning, slots

ROOM, HOUR = "3 号会议室", timedelta(hours=1)
INTERVIEWERS = ("hefang", "gaoyuan")
# Points by competency, and notes; None where nothing was handed in.
Written = tuple[list[int], str] | None
# How many working days ago, the outcome, and of each interviewer the points by competency with the notes.
HELD: list[tuple[int, str, str, list[Written]]] = [
    (
        1, RoundOutcome.OPEN, "",
        [([4, 3, 4, 4, 5], "举了两个安抚客户的例子，先听完再回应；退换货规则说得不够准。"), None],
    ),
    (
        3, RoundOutcome.PASSED, "两位面试官意见一致，沟通和情绪管理突出。",
        [([5, 4, 4, 5, 4], "情景题里先确认诉求再给方案，语速平稳。"),
         ([4, 4, 3, 5, 4], "表达有条理，追问数据口径时略有停顿。")],
    ),
]  # fmt: skip


def hold(opening: Opening, today: date) -> None:
    """On four of those who were invited last week; what lies behind is written as rows, and told to nobody."""
    invited = Application.objects.filter(opening=opening, stage=ApplicationStage.SECOND_ROUND).order_by("pk")
    ahead, *held, choosing = invited[: 2 + len(HELD)]
    people = list(User.objects.filter(username__in=INTERVIEWERS).order_by("pk"))
    begins = _at(add_working_days(today, 1).date, time(14))
    planning.plan(
        application_id=ahead.pk, opens_at=begins, closes_at=begins + HOUR, room=ROOM, by=Party.SYSTEM,
        interviewers=[person.pk for person in people],
    )  # fmt: skip
    # Nobody offers times in a year whose calendar is missing.
    if not add_working_days(today, 3).provisional_years:
        _offer_times(choosing, today, people)
    for application, (days, outcome, reason, cards) in zip(held, HELD, strict=True):
        day = add_working_days(today, -days).date
        _held(
            application,
            _at(day, time(10)),
            outcome=outcome,
            reason=reason,
            cards=list(zip(people, cards, strict=True)),
        )


def _offer_times(application: Application, today: date, people: list[User]) -> None:
    """Three times of which the candidate may choose until the evening of the next working day."""
    first, second, third = (add_working_days(today, number).date for number in (1, 2, 3))
    begins = [_at(second, time(10)), _at(second, time(15)), _at(third, time(10))]
    slots.offer_round(
        application_id=application.pk, times=[(begin, begin + HOUR) for begin in begins],
        choose_by=_at(first, time(18)), by=application.opening.specialist,
        place=slots.Place(interviewers=[person.pk for person in people], room=ROOM),
    )  # fmt: skip


def _held(
    application: Application,
    begins: datetime,
    *,
    outcome: str,
    reason: str,
    cards: list[tuple[User, Written]],
) -> None:
    interview = Interview.objects.create(
        application=application, version=application.opening.interview_plan.newest(),
        kind=InterviewKind.PEOPLE, round=2, state=InterviewState.COMPLETED,
        window_opens_at=begins, window_closes_at=begins + HOUR,
        expected_result=timezone.localdate(begins), started_at=begins, completed_at=begins + HOUR,
    )  # fmt: skip
    Lease.objects.create(interview=interview)
    slot, decided = DateTimeTZRange(begins, begins + HOUR), outcome != RoundOutcome.OPEN
    held = Round.objects.create(
        interview=interview, room=ROOM, slot=slot, is_booked=False, outcome=outcome, outcome_reason=reason,
        settled_at=begins + timedelta(days=1) if decided else None,
        settled_by=application.opening.specialist if decided else None,
    )  # fmt: skip
    judged = planning.planned_competencies(application)
    held.competencies.set(judged)
    for person, written in cards:
        points: Sequence[int | None] = written[0] if written else [None] * len(judged)
        notes = written[1] if written else ""
        at = begins + 2 * HOUR if written else None
        card = Scorecard.objects.create(
            round=held, interviewer=person, slot=slot, is_booked=False, notes=notes, revision=int(bool(written)),
            saved_at=at, handed_in_at=at,
        )  # fmt: skip
        ScorecardScore.objects.bulk_create(
            ScorecardScore(card=card, competency_id=competency, value=value)
            for competency, value in zip(judged, points, strict=True)
        )


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))

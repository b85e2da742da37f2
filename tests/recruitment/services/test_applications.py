"""The steps of an application, and what its end means for its interviews."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from core.errors import DomainError, Forbidden, Invalid, Refused
from core.events.models import Event
from people.actors import Party
from recruitment.models import Application, Interview
from recruitment.services import applications
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]

ALLOWED = {
    ("applied", "screen"), ("second_round", "make_offer"), ("offer", "hire"), ("second_round", "return_to_evaluation"),
    *{(stage, step) for stage in ("applied", "screening", "interviewing", "evaluating", "second_round", "offer")
      for step in ("reject", "withdraw")},
    ("offer", "fall_through"), ("hired", "fall_through"),
    *{(stage, "reopen") for stage in ("hired", "rejected", "withdrawn", "fell_through")},
}  # fmt: skip
STAGES = [
    "applied",
    "screening",
    "interviewing",
    "evaluating",
    "second_round",
    "offer",
    "hired",
    "rejected",
    "withdrawn",
    "fell_through",
]
STEPS = [
    "screen", "make_offer", "hire", "reject", "withdraw", "fall_through", "return_to_evaluation", "reopen",
]  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("step", STEPS)
def test_a_person_takes_only_the_steps_of_the_table(stage: str, step: str) -> None:
    application, hr = make.application(stage=stage), people.recruiter()

    if (stage, step) in ALLOWED:
        assert (
            applications.take_step(application_id=application.pk, step=step, by=hr, reason="x").stage != stage
        )
    else:
        with pytest.raises(TransitionNotAllowed):
            applications.take_step(application_id=application.pk, step=step, by=hr, reason="x")
        assert Application.objects.get(pk=application.pk).stage == stage
        assert Application.objects.get(pk=application.pk).end_reason == ""


@pytest.mark.parametrize(
    ("arguments", "error", "code"),
    [
        ({"step": "vanish"}, Invalid, "step_unknown"),
        ({"step": "reject", "reason": " "}, Invalid, "reason_missing"),
        ({"step": "fall_through"}, Invalid, "reason_missing"),
        ({"step": "reopen", "reason": "\n"}, Invalid, "reason_missing"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(
    arguments: dict[str, str], error: type[DomainError], code: str
) -> None:
    application = make.application()
    with pytest.raises(error) as raised:
        applications.take_step(application_id=application.pk, by=people.recruiter(), **arguments)
    assert raised.value.code == code
    assert Application.objects.get(pk=application.pk).stage == "applied"


def test_only_hr_takes_steps() -> None:
    application = make.application()
    with pytest.raises(Forbidden):
        applications.take_step(application_id=application.pk, step="screen", by=people.manager())


def test_an_application_that_ends_cancels_what_could_still_be_taken() -> None:
    application = make.application(stage="interviewing")
    done, open_ = (
        make.interview(application, state="completed"),
        make.interview(application, state="interrupted", round=2),
    )

    applications.take_step(
        application_id=application.pk, step="reject", by=people.recruiter(), reason="岗位取消"
    )

    assert [Interview.objects.get(pk=row.pk).state for row in (done, open_)] == ["completed", "cancelled"]


def test_one_application_per_candidate_and_opening() -> None:
    opening, candidate = make.opening(), make.candidate()
    first = applications.apply(candidate_id=candidate.pk, opening_id=opening.pk, by=Party.CANDIDATE)

    with pytest.raises(Refused) as raised:
        applications.apply(candidate_id=candidate.pk, opening_id=opening.pk, by=Party.CANDIDATE)

    assert (raised.value.code, Application.objects.get()) == ("already_applied", first)
    assert first.promised_by is not None


@pytest.mark.usefixtures("unknown_2027")
@pytest.mark.parametrize(
    ("day", "code"), [(date(2027, 3, 1), "calendar_year_missing"), (date(2026, 1, 5), "start_in_the_past")]
)
def test_an_impossible_start_is_refused(day: date, code: str) -> None:
    application = make.application()
    with pytest.raises(Invalid) as raised:
        applications.plan_start(application_id=application.pk, planned_start=day, by=people.recruiter())
    assert raised.value.code == code
    assert Application.objects.get(pk=application.pk).planned_start is None


def test_a_start_is_planned_and_dropped() -> None:
    application, hr = make.application(), people.recruiter()
    day = timezone.localdate() + timedelta(days=20)
    for planned in (day, None):
        applications.plan_start(application_id=application.pk, planned_start=planned, by=hr)
        assert Application.objects.get(pk=application.pk).planned_start == planned


def announced(application: Application) -> list[tuple[str, dict[str, object]]]:
    """What was said of the application itself, in order."""
    return list(
        Event.objects.filter(subject_type="recruitment.application", subject_id=application.pk)
        .order_by("id")
        .values_list("kind", "facts")
    )


def test_an_application_with_a_planned_start_announces_it_as_planning_does() -> None:
    day, hr = timezone.localdate() + timedelta(days=20), people.recruiter()
    at_once, later = (
        applications.apply(
            candidate_id=make.candidate().pk, opening_id=make.opening().pk, by=hr, planned_start=start
        )
        for start in (day, None)
    )
    assert announced(later) == []

    applications.plan_start(application_id=later.pk, planned_start=day, by=hr)

    assert announced(at_once) == [("start_planned", {"planned_start": day.isoformat()})]
    assert announced(later) == announced(at_once)


def test_an_application_with_an_impossible_start_is_not_made() -> None:
    with pytest.raises(Invalid) as raised:
        applications.apply(
            candidate_id=make.candidate().pk,
            opening_id=make.opening().pk,
            by=people.recruiter(),
            planned_start=date(2026, 1, 5),
        )
    assert raised.value.code == "start_in_the_past"
    assert not Application.objects.exists() and not Event.objects.exists()


def test_two_hires_cannot_take_the_last_place_without_a_word() -> None:
    opening, hr = make.opening(headcount=1), people.recruiter()
    first, second = make.application(opening, stage="offer"), make.application(opening, stage="offer")
    applications.take_step(application_id=first.pk, step="hire", by=hr)

    with pytest.raises(Invalid) as raised:
        applications.take_step(application_id=second.pk, step="hire", by=hr, reason=" ")

    assert (raised.value.code, raised.value.extra) == ("no_vacancy", {"headcount": 1, "hired": 1})
    assert Application.objects.get(pk=second.pk).stage == "offer"
    applications.take_step(application_id=second.pk, step="hire", by=hr, reason="新增编制已批")
    assert announced(second) == [
        ("application_advanced", {"stage": "hired", "was": "offer", "reason": "新增编制已批"})
    ]


def test_a_hire_that_fell_through_leaves_its_place_to_another() -> None:
    opening, hr = make.opening(headcount=1), people.recruiter()
    first, second = make.application(opening, stage="offer"), make.application(opening, stage="offer")
    applications.take_step(application_id=first.pk, step="hire", by=hr)
    applications.take_step(application_id=first.pk, step="fall_through", by=hr, reason="去了别家")
    assert applications.take_step(application_id=second.pk, step="hire", by=hr).stage == "hired"

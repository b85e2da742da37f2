"""Typed windows and dates: where a form begins, what is asked about twice, and what nobody may have."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import Invalid
from people.actors import Party
from recruitment.admin import windows
from recruitment.models import Application, Interview
from recruitment.services import scheduling
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]

# 2026-11-24 is a Tuesday; 28 and 29 November are a weekend.
PLAN_MINUTES = 15


def at(day: str, hour: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(f"{day}T{hour}"))


def step(row: Any, name: str) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_step", args=[row.pk, name])


def unusual(opens: datetime, closes: datetime) -> list[str]:
    return list(windows.warnings(opens, closes, minutes=PLAN_MINUTES))


@pytest.fixture
def application(db: None) -> Application:
    application = make.application()
    with make.unfrozen():
        application.opening.interview_plan.newest().stages.update(minutes=5)
    assert windows.minutes_of(application.opening.interview_plan.published) == PLAN_MINUTES
    return application


def typed(opens: str, closes: str, **more: Any) -> dict[str, Any]:
    return {"opens_at": opens, "closes_at": closes, "kind": "room", "round": 1, **more}


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        (("2026-11-25", "09:00"), ("2026-11-27", "18:00"), []),
        # A whole day and night, a weekend with its Monday: there is time enough by day.
        (("2026-11-25", "00:00"), ("2026-11-26", "00:00"), []),
        (("2026-11-28", "00:00"), ("2026-11-30", "12:00"), []),
        # The attack of the day: a Saturday, five minutes, three in the morning.
        (
            ("2026-11-28", "03:00"),
            ("2026-11-28", "03:05"),
            [
                "时段只有 5 分钟，而面试方案需要 15 分钟。",
                "时段全部落在休息日：2026-11-28 至 2026-11-28。",
                "时段落在夜间（21:00 至次日 08:00）。",
            ],
        ),
        (
            ("2026-11-28", "09:00"),
            ("2026-11-29", "18:00"),
            ["时段全部落在休息日：2026-11-28 至 2026-11-29。"],
        ),
        # Ends at midnight: the Monday is not part of it.
        (
            ("2026-11-28", "09:00"),
            ("2026-11-30", "00:00"),
            ["时段全部落在休息日：2026-11-28 至 2026-11-29。"],
        ),
        (("2026-11-25", "22:00"), ("2026-11-26", "07:00"), ["时段落在夜间（21:00 至次日 08:00）。"]),
        (("2026-11-25", "20:50"), ("2026-11-26", "08:04"), ["时段落在夜间（21:00 至次日 08:00）。"]),
        (("2026-11-25", "20:45"), ("2026-11-26", "07:00"), []),
        (("2026-11-23", "09:00"), ("2026-11-25", "18:00"), ["时段已于 2026-11-23 09:00 开始。"]),
        (("2026-11-24", "09:30"), ("2026-11-24", "18:00"), []),
        # Only what is left of it counts.
        (
            ("2026-11-24", "09:30"),
            ("2026-11-24", "10:10:30"),
            ["时段只有 10 分钟，而面试方案需要 15 分钟。"],
        ),
        (("2027-02-22", "09:00"), ("2027-02-24", "18:00"), ["时段要到 89 天后才开始。"]),
    ],
)
def test_what_is_unusual_about_a_window(opens: tuple[str, str], closes: tuple[str, str], said: list[str]):
    assert unusual(at(*opens), at(*closes)) == said


def test_the_form_begins_with_a_window_and_a_round_that_nobody_has_to_think_about(
    as_hr: Client, application: Application
):
    form = as_hr.get(step(application, "schedule")).context["form"]
    begins = {name: form[name].initial for name in ("opens_at", "closes_at", "round")}
    assert begins == {
        "opens_at": at("2026-11-25", "09:00"),
        "closes_at": at("2026-11-27", "18:00"),
        "round": 1,
    }
    make.interview(application, state="completed")
    assert as_hr.get(step(application, "schedule")).context["form"]["round"].initial == 2


def test_before_a_weekend_it_begins_on_monday():
    with time_machine.travel(at("2026-11-27", "17:00")):
        assert windows.sensible() == (at("2026-11-30", "09:00"), at("2026-12-02", "18:00"))


def test_a_saturday_night_is_asked_about_and_taken_when_it_is_meant(as_hr: Client, application: Application):
    slip = typed("2026-11-28T03:00", "2026-11-28T03:05", round=7)
    asked = as_hr.post(step(application, "schedule"), slip)
    assert (asked.status_code, Interview.objects.count()) == (422, 0)
    form = asked.context["form"]
    assert form.warned == [
        "第 7 轮排在了第 1 轮之前。",
        "时段只有 5 分钟，而面试方案需要 15 分钟。",
        "时段全部落在休息日：2026-11-28 至 2026-11-28。",
        "时段落在夜间（21:00 至次日 08:00）。",
    ]
    page = asked.content.decode()
    assert all(sentence in page for sentence in form.warned)
    assert f'name="sure" value="{form.sure}"' in page
    # The tick is for what was read, and for nothing that is typed afterwards.
    other = as_hr.post(step(application, "schedule"), slip | {"round": 8, "sure": form.sure})
    assert (other.status_code, Interview.objects.count()) == (422, 0)
    taken = as_hr.post(step(application, "schedule"), slip | {"sure": form.sure})
    assert (taken.status_code, Interview.objects.get().round) == (302, 7)


def test_nothing_is_asked_about_what_is_usual(as_hr: Client, application: Application):
    assert 'name="sure"' not in as_hr.get(step(application, "schedule")).content.decode()
    answer = as_hr.post(step(application, "schedule"), typed("2026-11-25T09:00", "2026-11-27T18:00"))
    assert answer.status_code == 302


def test_what_cannot_be_is_refused_and_no_tick_helps(as_hr: Client, application: Application):
    for opens, closes in (
        ("2026-11-25T09:00", "2026-11-25T09:00"),
        ("2026-11-21T03:00", "2026-11-21T03:05"),
    ):
        answer = as_hr.post(step(application, "schedule"), typed(opens, closes, sure="x"))
        assert (answer.status_code, answer.context["form"].warned) == (422, [])
    assert Interview.objects.count() == 0


def test_a_round_after_one_that_is_not_finished_is_asked_about(as_hr: Client, application: Application):
    make.interview(application, state="scheduled")
    assert list(windows.round_warnings(application, 2)) == ["第 1 轮还没有结束。"]
    assert list(windows.round_warnings(application, 3)) == [
        "第 3 轮排在了第 2 轮之前。",
        "第 1 轮还没有结束。",
    ]
    other = make.application()
    make.interview(other, state="missed")
    assert list(windows.round_warnings(other, 2)) == []


def test_moving_asks_the_same(as_hr: Client, application: Application):
    interview = make.interview(application, state="scheduled")
    form = as_hr.get(step(interview, "reschedule")).context["form"]
    assert form["opens_at"].initial == at("2026-11-25", "09:00")
    slip = {"opens_at": "2026-11-28T03:00", "closes_at": "2026-11-28T03:05", "keep_checkpoints": "on"}
    asked = as_hr.post(step(interview, "reschedule"), slip)
    assert (asked.status_code, len(asked.context["form"].warned)) == (422, 3)
    assert (
        as_hr.post(step(interview, "reschedule"), slip | {"sure": asked.context["form"].sure}).status_code
        == 302
    )


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("2026-12-01", []),
        ("2026-11-24", ["入职日就在今天：来不及做任何准备。"]),
        ("2027-12-01", ["距入职日还有一年以上。"]),
    ],
)
def test_a_start_is_asked_about_too(start: str, said: list[str]):
    assert list(windows.start_warnings(date.fromisoformat(start))) == said


def test_a_start_is_confirmed_where_it_is_typed(as_hr: Client, application: Application):
    asked = as_hr.post(step(application, "plan_start"), {"planned_start": "2026-11-24"})
    assert (asked.status_code, len(asked.context["form"].warned)) == (422, 1)
    again = {"planned_start": "2026-11-24", "sure": asked.context["form"].sure}
    assert as_hr.post(step(application, "plan_start"), again).status_code == 302
    assert as_hr.post(step(application, "plan_start"), {"planned_start": ""}).status_code == 302


def test_what_nobody_types_is_taken_as_it_comes_and_the_impossible_is_refused(application: Application):
    """Vendors and simulated crowds schedule at any hour; a window without length or in the past is nobody's."""
    night = at("2026-11-28", "03:00")
    interview = scheduling.schedule(
        application_id=application.pk, opens_at=night, closes_at=night + timedelta(minutes=5), by=Party.SYSTEM
    )
    for opens, closes, code in (
        (night, night, "window_without_length"),
        (night - timedelta(days=7), night - timedelta(days=6), "window_in_the_past"),
    ):
        for by in (Party.SYSTEM, people.lead()):
            with pytest.raises(Invalid) as refused:
                scheduling.reschedule(interview_id=interview.pk, opens_at=opens, closes_at=closes, by=by)
            assert refused.value.code == code

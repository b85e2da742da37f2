"""A step taken twice with the same input is one step: one announcement, one message to each; and a page that is out of
date takes none."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError, Refused
from core.events.models import Event
from core.seen import as_seen, version_of
from recruitment.models import (
    Application,
    Interview,
)
from recruitment.services import (
    applications,
    scheduling,
)
from tests.chains.every_step import SAY_NOTHING, STEPS, said, steps_of_the_house, window
from tests.factories import notifications as house
from tests.factories import onboarding, people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def test_every_step_of_every_app_is_taken_twice_here() -> None:
    tested = {name.split(" ")[0] for name in STEPS}
    untested = {name for name in steps_of_the_house() - tested if name.split(".")[1] not in SAY_NOTHING}
    assert untested == set()


@pytest.mark.parametrize("name", STEPS)
def test_a_step_taken_twice_is_said_once(name: str) -> None:
    take = STEPS[name](people.lead())
    with suppress(DomainError):
        take()
    before = said()
    # Refused by its state, or found to be nothing: either way nobody hears of it again.
    with suppress(Exception):
        take()
    assert said() == before


def test_five_new_windows_at_once_from_one_page_are_one() -> None:
    interview = house.house("scheduled")
    seen, by = version_of(Interview.objects.get(pk=interview.pk)), people.recruiter()

    def move(days: int) -> str:
        try:
            with as_seen(interview, seen):
                scheduling.reschedule(interview_id=interview.pk, by=by, **window(days))
        except Refused as error:
            return error.code
        return "moved"

    assert sorted(move(days) for days in range(3, 8)) == [*["changed_meanwhile"] * 4, "moved"]
    assert house.told(interview).count(("candidate", "rescheduled", "planned")) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("windows", "moved"), [([3] * 5, 5), ([3, 4, 5, 6, 7], 1)])
def test_new_windows_from_five_sessions_at_the_same_instant_are_told_once(
    windows: list[int], moved: int
) -> None:
    interview = house.house("scheduled")
    seen, by, start = version_of(Interview.objects.get(pk=interview.pk)), people.recruiter(), Barrier(5)
    wanted = [window(days) for days in windows]

    def move(to: dict[str, Any]) -> str:
        try:
            start.wait(timeout=20)
            with as_seen(interview, seen):
                scheduling.reschedule(interview_id=interview.pk, by=by, **to)
        except Refused as error:
            return error.code
        finally:
            connection.close()
        return "moved"

    with ThreadPoolExecutor(5) as pool:
        answers = sorted(pool.map(move, wanted))

    assert answers == [*["changed_meanwhile"] * (5 - moved), *["moved"] * moved]
    assert list(Event.objects.filter(kind="interview_rescheduled").values_list("subject_id", flat=True)) == [
        interview.pk
    ]
    assert house.told(interview) == [
        ("candidate", "rescheduled", "planned"),
        ("specialist", "rescheduled", "planned"),
    ]


def test_a_page_that_is_out_of_date_says_so_and_shows_how_it_stands(client: Client) -> None:
    interview = house.house("scheduled")
    client.force_login(people.recruiter())
    address = reverse("admin:recruitment_interview_step", args=[interview.pk, "reschedule"])
    page = client.get(address)
    old = page.context["seen"]
    scheduling.reschedule(interview_id=interview.pk, by=people.lead(), **window(5))
    before = said()

    # Long enough to hold a working day's daytime, whenever the tests run.
    wanted = {"opens_at": window(6)["opens_at"], "closes_at": window(18)["closes_at"]}
    local = {name: f"{timezone.localtime(at):%Y-%m-%dT%H:%M}" for name, at in wanted.items()}
    answer = client.post(address, {**local, "keep_checkpoints": "on", "seen": old})
    assert answer.status_code == 422
    assert "已被修改" in answer.content.decode()
    assert said() == before

    # Whoever has read that, and wants it all the same, takes the step.
    again = client.post(address, {**local, "keep_checkpoints": "on", "seen": answer.context["seen"]})
    assert again.status_code == 302
    assert Event.objects.filter(kind="interview_rescheduled").count() == 2


def test_a_rejection_decided_on_an_older_stage_is_asked_again() -> None:
    application, by = make.application(stage="screening"), people.recruiter()
    seen = version_of(Application.objects.get(pk=application.pk))
    applications.plan_start(application_id=application.pk, planned_start=onboarding.soon(), by=by)
    with as_seen(application, seen), pytest.raises(Refused, match="changed_meanwhile"):
        applications.take_step(application_id=application.pk, step="reject", by=by, reason="why")
    assert Application.objects.get(pk=application.pk).stage == "screening"

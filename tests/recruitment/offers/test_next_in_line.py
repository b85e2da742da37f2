"""Who stands next when an offer came to nothing: by full score alone, once for each, until the next one is made."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recruitment.models import Application, Assessment, Opening, Round
from recruitment.offers import next_in_line
from recruitment.offers.services import offers
from recruitment.services import applications
from tests.core.admin.pages import address_of
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.offers.test_offers import Story, calendar, terms  # noqa: F401 -- its days off

pytestmark = pytest.mark.django_db


def standing(
    opening: Opening, name: str, value: int | None, basis: str = "full", **fields: Any
) -> Application:
    row = make.application(opening, stage="second_round", candidate=make.candidate(name), **fields)
    interview = make.interview(row, state="completed", completed_at=timezone.now())
    if value is not None:
        Assessment.objects.create(
            interview=interview,
            attempt=1,
            basis=basis,
            value=value,
            low=value - 3,
            high=value + 3,
            method="x/1",
        )
    return row


def fallen(story: Story) -> None:
    story.sent()
    offers.decline(application_id=story.application.pk, reason="pay")


def names(line: next_in_line.Line | None) -> tuple[list[str], list[str], list[str]] | None:
    if line is None:
        return None
    of = [[row.candidate.name for row in rows] for rows in (line.ranked, line.unranked)]
    return [f"{fall.name} {fall.how}" for fall in line.falls], of[0], of[1]


def seen(story: Story) -> tuple[list[str], list[str], list[str]] | None:
    return names(next_in_line.of_opening(Opening.objects.get(pk=story.opening.pk)))


@pytest.fixture
def story() -> Story:
    """张三 is offered the one place; behind him full scores, estimates as high as can be, and who is out of it."""
    story = Story("张三")
    for name, value, basis in (
        ("甲", 81, "full"), ("乙", 92, "full"), ("丙", 96, "partial"), ("丁", None, "full"), ("戊", 97, "fallback"),
    ):  # fmt: skip
        standing(story.opening, name, value, basis)
    beaten = standing(story.opening, "己", 95)
    slot = (timezone.now(), timezone.now() + timedelta(hours=1))
    Round.objects.create(
        interview=beaten.interviews.get(),
        slot=slot,
        outcome="not_passed",
        is_booked=False,
        settled_at=timezone.now(),
        settled_by=people.lead(),
    )
    make.application(story.opening, stage="rejected")
    standing(make.opening(), "别处", 97)
    return story


def test_full_scores_are_ranked_and_estimates_stand_apart(story: Story) -> None:
    story.sent()
    assert seen(story) is None
    offers.decline(application_id=story.application.pk, reason="pay")
    assert seen(story) == (["张三 declined"], ["乙", "甲"], ["丙", "丁", "戊"])


def test_the_next_offer_makes_it_good_and_the_next_fall_asks_again(story: Story) -> None:
    fallen(story)
    second = Application.objects.get(candidate__name="乙")
    made = offers.make(application_id=second.pk, terms=terms(), by=story.maker)
    assert seen(story) is None
    offers.approve(offer_id=made.pk, by=story.other)
    sent = offers.send(offer_id=made.pk, by=story.maker)
    with time_machine.travel(sent.answer_by + timedelta(minutes=1), tick=False):
        offers.expire_due()
    assert seen(story) == (["乙 expired"], ["甲"], ["丙", "丁", "戊"])


def test_who_was_hired_and_does_not_come_asks_too_and_a_filled_opening_does_not(story: Story) -> None:
    story.sent()
    offers.accept(application_id=story.application.pk, name="张三")
    assert seen(story) is None
    applications.take_step(
        application_id=story.application.pk, step="fall_through", by=story.maker, reason="另有去处"
    )
    assert seen(story) == (["张三 fell_through"], ["乙", "甲"], ["丙", "丁", "戊"])
    Opening.objects.filter(pk=story.opening.pk).update(state="closed")
    assert seen(story) is None
    Opening.objects.filter(pk=story.opening.pk).update(state="open")
    make.application(story.opening, stage="hired")
    assert seen(story) is None


def test_page_and_home_lead_to_the_next_offer_for_whoever_recruits(story: Story) -> None:
    fallen(story)
    second = Application.objects.get(candidate__name="乙")
    step = reverse("admin:recruitment_application_step", args=[second.pk, "draft-offer"])
    for person, told in ((story.maker, True), (people.lead(), True), (people.trainer(), False)):
        client = Client()
        client.force_login(person)
        for address in (address_of(story.opening), reverse("admin:index")):
            assert (step in client.get(address).content.decode()) == told
    beside = Client()
    beside.force_login(people.recruiter(department=people.department("旁边")))
    assert step not in beside.get(reverse("admin:index")).content.decode()


def test_the_first_page_forgets_after_sixty_days_and_the_opening_does_not(story: Story) -> None:
    fallen(story)
    assert [names(line) for line in next_in_line.recently(story.maker, most=8)] == [seen(story)]
    with time_machine.travel(timezone.now() + timedelta(days=61), tick=False):
        assert next_in_line.recently(story.maker, most=8) == []
        assert seen(story) is not None


def test_it_takes_as_many_queries_for_three_as_for_one(story: Story) -> None:
    fallen(story)
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            found = next_in_line.recently(people.lead(), most=8)
        counted.append(len(queries))
        for number in range(2):
            other = Story(f"王{number}")
            standing(other.opening, f"李{number}", 90)
            fallen(other)
    assert (counted[0], counted[1], len(found)) == (counted[0], counted[0], 3)

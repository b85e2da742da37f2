"""Offers: who makes, approves and sends them, what an answer changes, and what must not happen."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pypdf
import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from core.errors import DomainError, Forbidden, Invalid, Refused
from messaging import kinds
from messaging.models import Message
from onboarding.models import OnboardingCase
from onboarding.services import templates
from recruitment.models import Application, Offer
from recruitment.offers.services import offers
from recruitment.services import applications
from tests.factories import api, clocks, people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def calendar() -> None:
    today = timezone.localdate()
    api.calendar(today.year, today.year + 1)
    templates.ensure_one()


def a_monday() -> date:
    day = timezone.localdate() + timedelta(days=30)
    return day + timedelta(days=-day.weekday() % 7)


def terms(**fields: Any) -> offers.Terms:
    usual: dict[str, Any] = {
        "salary": Decimal("18000.00"), "period": "month", "start_on": a_monday(), "place": "上海市浦东新区",
        "answer_by": timezone.now() + timedelta(days=5), "conditions": "试用期 3 个月 #strong[x]",
    }  # fmt: skip
    return offers.Terms(**{**usual, **fields})


class Story:
    """An application in the second round, and whoever takes its steps."""

    def __init__(self, name: str = "吉野𠮷") -> None:
        self.maker, self.other, self.lead = people.recruiter(), people.recruiter(), people.lead()
        self.opening = make.opening(title="数据分析师", specialist=self.maker, headcount=1)
        who = make.candidate(name, email=f"{self.maker.pk}@example.com")
        self.application = make.application(self.opening, stage="second_round", candidate=who)
        self.interview = make.interview(self.application, state="completed", completed_at=timezone.now())

    def made(self, **fields: Any) -> Offer:
        return offers.make(application_id=self.application.pk, terms=terms(**fields), by=self.maker)

    def sent(self) -> Offer:
        made = self.made()
        offers.approve(offer_id=made.pk, by=self.other)
        return offers.send(offer_id=made.pk, by=self.maker)

    def stage(self) -> str:
        return Application.objects.get(pk=self.application.pk).stage

    def told(self) -> set[tuple[str, str]]:
        of_offers = Message.objects.filter(kind__in=kinds.family("offer_answer"))
        return set(of_offers.exclude(state="cancelled").values_list("kind", "audience"))


def refused(code: str, step: Any, **given: Any) -> None:
    with pytest.raises(DomainError) as raised:
        step(**given)
    assert raised.value.code == code


def test_an_accepted_offer_is_a_hire_with_its_case() -> None:
    story = Story()
    offer = story.sent()
    assert (offer.state, story.stage()) == ("sent", "offer")
    kept = bytes(Offer.objects.get(pk=offer.pk).letter or b"")
    assert offer.letter_sha256 == sha256(kept).hexdigest()
    said = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(kept)).pages).replace("\n", "")
    assert all(
        words in said for words in ("录用通知书", "吉野⟨U+20BB7⟩", "18,000", "试用期 3 个月 #strong[x]")
    )
    assert offer.letter_missing == "𠮷"
    assert story.told() == {("offer_sent", "candidate")}
    accepted = offers.accept(application_id=story.application.pk, name=" 吉野 𠮷 ")
    assert (accepted.state, accepted.signed_name, story.stage()) == ("accepted", "吉野 𠮷", "hired")
    case = OnboardingCase.objects.get(application=story.application)
    assert (case.planned_start, case.is_running) == (a_monday(), True)
    assert ("offer_answered", "specialist") in story.told()
    assert offers.accept(application_id=story.application.pk, name="吉野𠮷").ended_at == accepted.ended_at
    refused("offer_over", offers.decline, application_id=story.application.pk, reason="pay")


def test_one_turned_down_cancels_the_case_and_another_may_follow() -> None:
    story = Story("张三")
    applications.plan_start(application_id=story.application.pk, planned_start=a_monday(), by=story.maker)
    story.sent()
    refused("reason_unknown", offers.decline, application_id=story.application.pk, reason="")
    declined = offers.decline(application_id=story.application.pk, reason="process", words="等太久")
    assert (declined.state, declined.decline_words, story.stage()) == ("declined", "等太久", "offer")
    assert not OnboardingCase.objects.get(application=story.application).is_running
    assert ("offer_answered", "specialist") in story.told()
    refused("offer_over", offers.accept, application_id=story.application.pk, name="张三")
    assert story.made().state == "draft"


def test_whoever_made_it_does_not_approve_it_and_beyond_the_headcount_the_lead_does() -> None:
    story = Story()
    make.application(story.opening, stage="hired")
    made = story.made()
    refused("own_offer", offers.approve, offer_id=made.pk, by=story.maker)
    refused("lead_needed", offers.approve, offer_id=made.pk, by=story.other)
    refused("step_not_allowed", offers.send, offer_id=made.pk, by=story.maker)
    for stranger in (people.onboarder(), people.trainer(), people.manager()):
        with pytest.raises(Forbidden):
            offers.approve(offer_id=made.pk, by=stranger)
    assert Offer.objects.get(pk=made.pk).state == "draft"
    assert offers.approve(offer_id=made.pk, by=story.lead).state == "approved"


def test_two_people_make_one_offer() -> None:
    story = Story()
    story.made()
    refused("offer_open", offers.make, application_id=story.application.pk, terms=terms(), by=story.other)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.create(
            application=story.application, made_by=story.other, salary=1, start_on=a_monday(), place="a",
            answer_by=timezone.now(),
        )  # fmt: skip
    assert story.application.offers.count() == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"start_on": a_monday() + timedelta(days=5)}, "start_not_a_working_day"),
        ({"answer_by": datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone())}, "answer_too_early"),
        ({"answer_by": timezone.now() + timedelta(days=300)}, "start_before_answer"),
    ],
)
def test_terms_that_make_no_sense(fields: dict[str, Any], code: str) -> None:
    story = Story()
    with pytest.raises(Invalid) as raised:
        story.made(**fields)
    assert (raised.value.code, story.stage(), Offer.objects.count()) == (code, "second_round", 0)


def test_no_answer_in_time_ends_it_and_everybody_is_told_once() -> None:
    story = Story()
    offer = story.sent()
    assert offers.expire_due() == 0
    with time_machine.travel(offer.answer_by + timedelta(minutes=1), tick=False):
        refused("offer_over", offers.accept, application_id=story.application.pk, name="吉野𠮷")
        assert (offers.expire_due(), offers.expire_due()) == (1, 0)
    assert Offer.objects.get(pk=offer.pk).state == "expired"
    assert story.told() == {("offer_over", "candidate"), ("offer_answered", "specialist")}


def test_a_clock_that_was_set_forward_ends_no_offer() -> None:
    story = Story()
    offer = story.sent()
    with clocks.set_forward(offer.answer_by - timezone.now() + timedelta(hours=1)):
        assert offers.expire_due() == 0
        offers.accept(application_id=story.application.pk, name="吉野𠮷")
    assert Offer.objects.get(pk=offer.pk).state == "accepted"


def test_an_end_of_the_application_takes_the_offer_back_without_a_word_of_its_own() -> None:
    story = Story()
    offer = story.sent()
    applications.take_step(
        application_id=story.application.pk, step="reject", by=story.maker, reason="岗位取消"
    )
    assert Offer.objects.get(pk=offer.pk).state == "withdrawn"
    assert ("offer_over", "candidate") not in story.told()


def test_what_is_said_of_an_offer_holds_while_it_stands_so() -> None:
    story = Story()
    offer = story.sent()
    row = Message.objects.get(kind="offer_sent", audience="candidate")
    assert kinds.kind("offer_sent").holds(row)
    assert not kinds.kind("offer_over").holds(row)
    offers.withdraw(offer_id=offer.pk, reason="预算取消", by=story.maker)
    assert not kinds.kind("offer_sent").holds(row)
    assert kinds.kind("offer_over").holds(row)


def test_withdrawn_needs_its_reason() -> None:
    story = Story()
    offer = story.sent()
    refused("reason_missing", offers.withdraw, offer_id=offer.pk, reason=" ", by=story.maker)
    assert offers.withdraw(offer_id=offer.pk, reason="预算取消", by=story.maker).state == "withdrawn"
    assert ("offer_over", "candidate") in story.told()
    with pytest.raises(Refused):
        offers.accept(application_id=story.application.pk, name="吉野𠮷")


@pytest.mark.parametrize("change", ["state = 'accepted'", "salary = 1", "place = 'x'"])
def test_the_database_refuses_what_no_step_does(change: str) -> None:
    made = Story().made()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE recruitment_offer SET {change} WHERE id = %s", [made.pk])

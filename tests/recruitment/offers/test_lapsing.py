"""An offer that lapses soon: who is reminded, when, once, and of what nobody is reminded any more."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from messaging import kinds
from messaging.models import Message
from recruitment.models import Offer
from recruitment.offers.services import lapsing, offers
from tests.recruitment.offers.test_offers import Story, calendar  # noqa: F401 -- its days off

pytestmark = pytest.mark.django_db
DUE = {("offer_due", "candidate"), ("offer_due", "specialist")}
NOW = datetime(2026, 12, 1, 12, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("sent", "left", "near"),
    [
        (120, 25, False),
        (120, 24, True),
        (120, 0, False),
        (120, -1, False),
        (4, 5, False),
        (5, 5, True),
        (20, 24, False),
    ],
)
def test_when_the_end_is_near(sent: int, left: int, near: bool) -> None:
    """Hours since it was sent, and hours left: a day before, or when half of a shorter time is over."""
    assert lapsing.is_near(NOW - timedelta(hours=sent), NOW + timedelta(hours=left), NOW) == near


def test_a_day_before_candidate_and_specialist_are_reminded_once() -> None:
    story = Story()
    offer = story.sent()
    assert (lapsing.remind_due(), story.told()) == (0, {("offer_sent", "candidate")})
    with time_machine.travel(offer.answer_by - timedelta(hours=23), tick=False):
        assert (lapsing.remind_due(), lapsing.remind_due()) == (1, 0)
    assert story.told() == {("offer_sent", "candidate"), *DUE}
    assert Message.objects.filter(kind="offer_sent").count() == 1
    candidate = Message.objects.get(kind="offer_due", audience="candidate")
    assert "即将过期" in candidate.subject and offer.letter_text not in candidate.body
    assert "18,000" not in "".join(Message.objects.filter(kind="offer_due").values_list("body", flat=True))


@pytest.mark.parametrize("ended", ["accept", "decline", "withdraw", "late"])
def test_nobody_is_reminded_of_what_was_answered_or_is_over(ended: str) -> None:
    story = Story()
    offer = story.sent()
    with time_machine.travel(offer.answer_by - timedelta(hours=23), tick=False):
        lapsing.remind_due()
        rows = list(Message.objects.filter(kind="offer_due"))
        assert [kinds.kind("offer_due").holds(row) for row in rows] == [True, True]
        if ended == "accept":
            offers.accept(application_id=story.application.pk, name="吉野𠮷")
        elif ended == "decline":
            offers.decline(application_id=story.application.pk, reason="pay")
        elif ended == "withdraw":
            offers.withdraw(offer_id=offer.pk, reason="预算取消", by=story.maker)
    with time_machine.travel(offer.answer_by + timedelta(seconds=1 if ended == "late" else -60), tick=False):
        assert [kinds.kind("offer_due").holds(row) for row in rows] == [False, False]
        assert lapsing.remind_due() == 0
        if ended != "late":
            assert not story.told() & DUE


def test_what_has_ended_meanwhile_is_not_announced() -> None:
    story = Story()
    offer = story.sent()
    offers.decline(application_id=story.application.pk, reason="pay")
    assert lapsing.remind([offer.pk]) == 0
    assert Offer.objects.get(pk=offer.pk).reminded_at is None

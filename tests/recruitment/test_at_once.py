"""Two people at the same instant, each with a connection of their own: one wins, the other is told what stands."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.errors import DomainError
from core.events.models import Event
from core.many.models import ManyRow
from core.seen import version_of
from messaging.models import Message
from onboarding.services import templates
from people.models import User
from recruitment.models import Application, Interview, Offer, Round, Scorecard
from recruitment.offers.services import offers
from recruitment.rounds.services import cards
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.factories.rounds import HOUR, planned

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def calendar() -> None:
    today = timezone.localdate()
    api.calendar(today.year, today.year + 1)


def at_once(*steps: Callable[[], object]) -> list[str]:
    """Take the steps at one instant; for each "", or the code that it was refused with."""
    begin = Barrier(len(steps))

    def take(step: Callable[[], object]) -> str:
        try:
            begin.wait(10)
            step()
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(steps)) as everybody:
        return list(everybody.map(take, steps))


def held(*interviewers: User) -> Round:
    """A round that began a moment ago."""
    row = planned(*interviewers)
    began = timezone.now() - timedelta(minutes=5)
    Interview.objects.filter(pk=row.interview_id).update(window_opens_at=began, window_closes_at=began + HOUR)
    return Round.objects.get(pk=row.pk)


def typed(card: Scorecard, value: int, notes: str) -> dict[str, Any]:
    scores = dict.fromkeys(card.scores.values_list("competency", flat=True), value)
    return {
        "card_id": card.pk,
        "base": card.revision,
        "notes": notes,
        "scores": scores,
        "by": card.interviewer,
    }


def test_two_windows_that_save_one_scorecard_keep_the_first_whole() -> None:
    card = held(people.manager()).cards.get()
    pages = [typed(card, 4, "手机上写的"), typed(card, 1, "电脑上写的")]
    told = at_once(*(lambda page=page: cards.save(**page) for page in pages))
    assert sorted(told) == ["", "revision_conflict"]
    winner = pages[told.index("")]
    card.refresh_from_db()
    assert (card.revision, card.notes) == (1, winner["notes"])
    assert dict(card.scores.values_list("competency", "value")) == winner["scores"]


def test_two_interviewers_of_one_round_hand_in_at_once_and_both_cards_count() -> None:
    row = held(people.manager(), people.recruiter())
    pages = [typed(card, value, "") for card, value in zip(row.cards.order_by("pk"), (4, 2), strict=True)]
    assert at_once(*(lambda page=page: cards.hand_in(**page) for page in pages)) == ["", ""]
    values = {card.pk: set(card.scores.values_list("value", flat=True)) for card in row.cards.all()}
    assert values == {pages[0]["card_id"]: {4}, pages[1]["card_id"]: {2}}
    assert Interview.objects.get().state == "completed"
    assert Event.objects.filter(kind="interview_completed").count() == 1
    assert Event.objects.filter(kind="scorecard_handed_in").count() == 2


def a_monday() -> date:
    day = timezone.localdate() + timedelta(days=30)
    return day + timedelta(days=-day.weekday() % 7)


def test_two_people_who_make_one_offer_make_one() -> None:
    templates.ensure_one()
    recruiters = [people.recruiter(), people.recruiter()]
    row = make.application(make.opening(specialist=recruiters[0]), stage="second_round")

    def offer(salary: int, by: User) -> Offer:
        terms = offers.Terms(
            salary=Decimal(salary), period="month", start_on=a_monday(), place="上海市浦东新区",
            answer_by=timezone.now() + timedelta(days=5), conditions="",
        )  # fmt: skip
        return offers.make(application_id=row.pk, terms=terms, by=by)

    told = at_once(lambda: offer(18000, recruiters[0]), lambda: offer(21000, recruiters[1]))
    assert sorted(told) in (["", "offer_open"], ["", "taken_meanwhile"])
    made = Offer.objects.get()
    assert (made.made_by, made.salary) == (recruiters[told.index("")], (18000, 21000)[told.index("")])


def test_a_card_that_two_drag_at_once_goes_where_one_of_them_put_it() -> None:
    row = make.application()
    board = f"/admin/recruitment/opening/{row.opening_id}/pipeline/move/"
    seen = version_of(Application.objects.get(pk=row.pk))
    pages = []
    for to in ("screening", "rejected"):
        client = Client()
        client.force_login(people.lead())
        asked = client.post(board, {"application": row.pk, "to": to, "seen": seen})
        assert asked.status_code == 302
        pages.append((client, asked["Location"]))

    def yes(client: Client, address: str) -> None:
        client.post(address, {"reason": "岗位已招满"})

    at_once(*(lambda page=page: yes(*page) for page in pages))
    fates = dict(ManyRow.objects.values_list("run__step", "state"))
    assert sorted(fates.values()) in (["done", "left_out"], ["done", "refused"])
    (taken,) = [step for step, state in fates.items() if state == "done"]
    assert Application.objects.get().stage == {"screen": "screening", "reject": "rejected"}[taken]
    assert Message.objects.filter(kind="rejected").count() == (taken == "reject")
    # Whoever was second reads why on the page of their own move.
    ((client, address),) = [
        page for page, step in zip(pages, ("screen", "reject"), strict=True) if step != taken
    ]
    row = ManyRow.objects.exclude(state="done").get()
    assert row.said and row.said in client.get(address).content.decode()
    assert row.code == "changed_meanwhile"

"""Of the buttons that stand beside each other one at most stands out: the step that comes next."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from recruitment.offers.services import offers
from recruitment.rounds.services import outcomes
from recruitment.services import endings
from tests.factories import people
from tests.factories import recruitment as make
from tests.factories.rounds import planned
from tests.recruitment.offers.test_pay import an_offer

pytestmark = pytest.mark.django_db


def standing_out(client: Client, address: str) -> list[str]:
    """The names of the steps above a page that stand out."""
    page = client.get(address).content.decode()
    steps = page.partition('<div class="hs-steps" role="group">')[2].partition("</div>")[0]
    shown = [
        re.search(r'href="[^"]*/steps/([^/]+)/', link)
        for link in re.findall(r"<a [^>]*>", steps)
        if "primary" in link
    ]
    return [found[1] for found in shown if found]


def page_of(row: object) -> str:
    return f"/admin/recruitment/application/{row.pk}/change/"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("stage", "main"),
    [
        ("applied", ["schedule"]), ("screening", ["schedule"]), ("interviewing", ["schedule"]),
        ("second_round", ["plan-round"]), ("offer", ["draft-offer"]), ("hired", []), ("rejected", []),
        ("withdrawn", []),
    ],
)  # fmt: skip
def test_one_step_of_an_application_stands_out_at_most(client: Client, stage: str, main: list[str]) -> None:
    client.force_login(people.lead())
    application = make.application(make.opening(), stage=stage)
    assert standing_out(client, page_of(application)) == main


def test_after_a_round_its_outcome_says_which_comes_next(client: Client) -> None:
    lead = people.lead()
    client.force_login(lead)
    held = planned()
    application = held.interview.application
    assert application.stage == "second_round"
    # A round is planned, then held and to be decided: neither another one nor an offer comes next.
    assert standing_out(client, page_of(application)) == []
    for step in (held.interview.enter, held.interview.complete):
        step(at=timezone.now())
        held.interview.save()
    for outcome, main in (("not_passed", []), ("passed", ["draft-offer"])):
        outcomes.settle(interview_id=held.interview_id, outcome=outcome, reason="x", by=lead)
        assert standing_out(client, page_of(application)) == main


def test_a_round_that_was_called_off_is_planned_anew(client: Client) -> None:
    lead = people.lead()
    client.force_login(lead)
    interview = planned().interview
    endings.cancel(interview_id=interview.pk, by=lead)
    assert standing_out(client, page_of(interview.application)) == ["plan-round"]


def test_while_an_answer_is_awaited_no_other_offer_stands_out(client: Client) -> None:
    client.force_login(people.lead())
    offer = an_offer(make.opening())
    assert standing_out(client, page_of(offer.application)) == []
    offers.withdraw(offer_id=offer.pk, reason="x", by=people.lead())
    assert standing_out(client, page_of(offer.application)) == ["draft-offer"]

"""A recruiter's week in the back office: from an opening to the last word, counted in clicks.

One story: each step stands on the one before it. What was told to whom, and where everybody stands, is looked at as a
whole at the end.
"""

from collections import Counter
from collections.abc import Iterator
from operator import gt
from typing import Any

import pytest
from playwright.sync_api import Browser

from messaging.models import Message
from onboarding.models import OnboardingCase
from recruitment.models import Application
from tests.browser.week import ending, holding, setting_up
from tests.browser.week.candidates import GOOD
from tests.browser.week.desk import Desk
from tests.browser.week.holding import STRONG, WEAK
from tests.browser.week.house import House

# How many clicks and pages each job may take.
AT_MOST = {
    "a plan: copied, changed, published": (3, 3),
    "an opening on its one form": (10, 3),
    "100 candidates from a table": (4, 2),
    "the public page": (3, 1),
    "93 interviews scheduled in one go": (6, 2),
    "12 exits: claimed, called, closed": (8, 4),
    "3 rounds of two interviewers planned": (5, 3),
    "6 scorecards on the phone": (38, 8),
    "3 rounds decided": (6, 2),
    "3 offers drafted": (5, 3),
    "3 offers approved": (2, 1),
    "3 offers sent": (5, 3),
    "1 hire that fell through": (4, 3),
    "everybody else rejected in one go": (6, 3),
    "1 rejection taken back": (2, 2),
}
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]


@pytest.fixture
def house(transactional_db: None) -> House:
    return House()


@pytest.fixture
def desk(
    browser: Browser, live_server: Any, house: House, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    made = Desk(browser, live_server.url, house.recruiter.username)
    yield made
    with capsys.disabled():
        print(f"\n{made.table()}")


def test_a_recruiters_week(desk: Desk, house: House, browser: Browser, live_server: Any) -> None:
    setting_up.a_plan_from_the_library(desk)
    setting_up.an_opening_on_one_form(desk)
    setting_up.a_hundred_rows(desk)
    setting_up.somebody_applies_by_themselves(desk, browser)
    setting_up.everybody_is_scheduled(desk)
    strong, weak, left = holding.they_take_it(live_server.url)
    holding.they_are_called(desk, live_server.url, left)
    holding.rounds_are_held(desk, house, browser, strong)
    ending.offers_are_made(desk, house, browser, strong)
    ending.the_others_are_told(desk, strong, weak)
    where_everybody_stands_and_what_was_said(strong, weak, left)
    desk.close()
    assert set(desk.jobs) == set(AT_MOST)
    taken = {name: (job.clicks, job.pages) for name, job in desk.jobs.items()}
    assert {name: each for name, each in taken.items() if any(map(gt, each, AT_MOST[name]))} == {}


def where_everybody_stands_and_what_was_said(
    strong: list[Application], weak: list[Application], left: list[Application]
) -> None:
    stages = dict(Application.objects.values_list("pk", "stage"))
    own = [stages[one.pk] for one in strong]
    assert own == ["hired", "rejected", "fell_through"]
    assert stages[weak[0].pk] == "evaluating"
    rejected = GOOD + 1 - 3
    assert Counter(stages.values()) == {"hired": 1, "fell_through": 1, "evaluating": 1, "rejected": rejected}
    assert OnboardingCase.objects.filter(application=strong[0]).get().is_running
    assert not OnboardingCase.objects.filter(application=strong[2]).get().is_running
    said = Counter(
        (audience, kind, state == "cancelled")
        for audience, kind, state in Message.objects.values_list("audience", "kind", "state")
    )
    to_candidates = {kind: n for (who, kind, is_off), n in said.items() if who == "candidate" and not is_off}
    # Who was rejected hears that and nothing of the cancelled interview; who was taken back hears nothing at all.
    assert to_candidates == {
        "application_received": 1, "completed": 2 * STRONG + WEAK, "evaluated": STRONG + WEAK,
        "hired": 1, "fell_through": 1, "rejected": rejected,
    }  # fmt: skip
    assert said["candidate", "rejected", True] == 1
    assert {kind: n for (who, kind, _off), n in said.items() if who == "interviewer"} == {"round": 2 * STRONG}
    told = {kind: n for (who, kind, is_off), n in said.items() if who == "specialist" and not is_off}
    assert (told["interrupted"], told["resumed"], told["offer_answered"]) == (len(left), 1, STRONG)

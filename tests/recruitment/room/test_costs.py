"""What the candidate's pages cost: few queries, and as many for a candidate with much as for one with nothing."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.actors import Party
from recruitment.models import Interview
from recruitment.privacy.services import asking
from recruitment.services import interviews
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.factories.rounds import planned
from tests.recruitment.room.conftest import Browser, make_interview

PAGES = tuple(
    f"/room/{page}" for page in ("", "times/", "data", "application", "problem", "api/status", "api/slots")
)
MOST = 12
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _monday(db: None) -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 23, 8, tzinfo=SHANGHAI), tick=True):
        api.calendar(2026, 2027)
        yield


def costs(interview: Interview) -> dict[str, int]:
    """The queries of each page, the second time that it is asked for."""
    browser = Browser(interview).open()
    found = {}
    for address in (f"/i/{browser.token}", *PAGES):
        assert browser.client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            browser.client.get(address)
        found[address.replace(browser.token, "…")] = len(captured)
    return found


def test_no_page_takes_more_than_twelve_queries() -> None:
    interview = make_interview()
    fresh = costs(interview)
    make.saved_stage(interview, 1)
    for kind in ("data", "erasure"):
        asking.ask(candidate_id=interview.application.candidate_id, kind=kind, by=Party.CANDIDATE)
    interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
    )
    left = costs(interview)
    assert max(fresh.values()) <= MOST and max(left.values()) <= MOST


def met(*, day: int, rounds: int) -> Interview:
    """The AI interview of a candidate who was invited, with rounds to come and as many colleagues in each."""
    interview = make.interview(
        make.application(stage="second_round"), state="completed", completed_at=timezone.now()
    )
    team = [people.recruiter(name=f"面试官{number}") for number in range(rounds)]
    for number in range(rounds):
        begins = datetime(2026, 11, day, 9 + 2 * number, tzinfo=SHANGHAI)
        planned(*team, of=interview.application, at=begins, room=f"30{number}")
    return interview


def test_times_cost_the_same_for_one_round_and_for_three() -> None:
    one, three = costs(met(day=25, rounds=1)), costs(met(day=26, rounds=3))
    assert one == three
    assert max(one.values()) <= MOST

"""The own rounds in one's own calendar, behind a link that is kept as a hash and ends at a click."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from core.logs import cleaned
from people.actors import Party
from recruitment.models import CalendarLink, Interview, Round
from recruitment.rounds import pages
from recruitment.rounds.services import feeds, planning
from recruitment.services import endings
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.factories.rounds import HOUR, noon, planned

pytestmark = pytest.mark.django_db
PAGE, MAKE, END = (f"/admin/rounds/calendar/{part}" for part in ("", "link/", "link/end/"))


@pytest.fixture(autouse=True)
def known_years() -> None:
    api.calendar()


@pytest.fixture
def boss(client: Client) -> Any:
    person = people.manager(name="孙经理")
    client.force_login(person)
    return person


def read(token: str, **headers: str) -> Any:
    return Client().get(f"/feeds/{token}.ics", headers=headers)


def entries(token: str) -> list[Any]:
    answer = read(token)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_the_address_is_shown_once_kept_as_a_hash_and_opens_without_a_session(
    client: Client, boss: Any
) -> None:
    assert "还没有订阅地址" in client.get(PAGE).content.decode()
    answer = client.post(MAKE)
    (token,) = re.findall(r"/feeds/([\w-]{43})\.ics", answer.content.decode())
    assert ("no-store" in answer["Cache-Control"], answer["Content-Encoding"]) == (True, "identity")
    link = CalendarLink.objects.get()
    assert (token in str(vars(link)), len(link.token_hash)) == (False, 64)
    page = client.get(PAGE).content.decode()
    assert (token in page, "生成新的地址" in page) == (False, True)
    assert entries(token) == []
    assert token not in cleaned(f"GET /feeds/{token}.ics 200")
    # Nothing of a session is asked or set, and whoever asks changes nothing.
    answer = read(token)
    assert (answer.cookies, answer["Cache-Control"]) == ({}, "private, no-store")
    assert Client().post(f"/feeds/{token}.ics").status_code == 405


def test_a_new_address_ends_the_old_one_and_a_click_ends_it_for_good(client: Client, boss: Any) -> None:
    first = feeds.make(by=boss)
    second = feeds.make(by=boss)
    assert [read(one).status_code for one in (first, second)] == [404, 200]
    assert client.post(END).status_code == 302
    assert [read(one).status_code for one in (first, second, "x", "x" * 43)] == [404] * 4
    assert CalendarLink.objects.filter(revoked_at=None).count() == 0
    assert client.post(END).status_code == 302


def test_it_ends_with_the_account_and_with_the_right_to_hold_rounds(boss: Any) -> None:
    token = feeds.make(by=boss)
    boss.roles = []
    boss.save()
    assert read(token).status_code == 404
    boss.roles = ["interviewer"]
    boss.save()
    assert read(token).status_code == 200
    boss.is_active = False
    boss.save()
    assert read(token).status_code == 404


def test_who_never_holds_a_round_gets_no_address(client: Client) -> None:
    client.force_login(people.user())
    answer = client.post(MAKE)
    assert (answer.status_code, CalendarLink.objects.count()) == (403, 0)
    assert "只有担任面试官的同事" in answer.content.decode()
    assert Client().get(PAGE).status_code == 302


def test_it_says_when_where_and_which_round_and_names_no_candidate(boss: Any) -> None:
    of = make.application(
        make.opening(title="数据分析师"), candidate=make.candidate("欧阳保密"), stage="second_round"
    )
    held = planned(boss, of=of, room="301")
    planned(people.manager(name="钱经理"), room="302")
    token = feeds.make(by=boss)
    (event,) = entries(token)
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("面试：数据分析师，第 1 轮", "301")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (held.slot.lower, held.slot.upper)
    assert str(event["UID"]).startswith(str(held.uid))
    card = held.cards.get()
    assert str(event["DESCRIPTION"]).endswith(f"/admin/rounds/{card.pk}/")
    body = read(token).content.decode()
    assert ("欧阳" in body, of.candidate.email in body, boss.email in body) == (False, False, False)


def test_a_specialist_reads_the_rounds_of_the_own_openings_too_and_whoever_is_replaced_reads_nothing() -> (
    None
):
    hr, one, two = people.recruiter(), people.manager(name="孙经理"), people.manager(name="钱经理")
    mine = planned(one, of=make.application(make.opening(specialist=hr), stage="second_round"))
    planned(two, at=noon(3))
    assert [row.pk for row in pages.rounds_for(hr)] == [mine.pk]
    planning.arrange(
        interview_id=mine.interview_id, opens_at=noon(4), closes_at=noon(4) + HOUR, interviewers=[two.pk],
        room="301", by=Party.SYSTEM,
    )  # fmt: skip
    assert list(pages.rounds_for(one)) == []
    assert [row.pk for row in pages.rounds_for(two)][-1] == mine.pk
    (row,) = pages.rounds_for(hr)
    assert (row.own_card, row.slot.lower) == (None, noon(4))
    (event,) = entries(feeds.make(by=hr))
    assert str(event["DESCRIPTION"]).endswith(f"/admin/recruitment/interview/{mine.interview_id}/change/")
    # Who takes care of an opening and is no HR colleague any more reads what they hold, and no more.
    hr.roles = ["interviewer"]
    hr.save()
    assert list(pages.rounds_for(type(hr).objects.get(pk=hr.pk))) == []


def test_what_is_called_off_or_long_over_leaves_it_and_what_was_held_stays(boss: Any) -> None:
    held, off, old = (planned(boss, at=noon(days)) for days in (2, 3, 4))
    endings.cancel(interview_id=off.interview_id, by=Party.SYSTEM)
    long_ago = timezone.now() - timedelta(days=40)
    Interview.objects.filter(pk=old.interview_id).update(
        window_opens_at=long_ago, window_closes_at=long_ago + HOUR
    )
    row = Interview.objects.get(pk=held.interview_id)
    for step in (row.enter, row.complete):
        step(at=timezone.now())
        row.save()
    assert [row.pk for row in pages.rounds_for(boss)] == [held.pk]


def test_the_same_rounds_are_answered_304_and_a_change_is_news(boss: Any) -> None:
    held = planned(boss)
    token = feeds.make(by=boss)
    tag = read(token)["ETag"]
    same = read(token, if_none_match=tag)
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    Round.objects.filter(pk=held.pk).update(room="302")
    assert read(token, if_none_match=tag).status_code == 200


def test_it_reads_as_much_for_three_as_for_one_and_not_as_often_as_one_likes(boss: Any) -> None:
    token = feeds.make(by=boss)
    costs = []
    for days in (2, 3, 4):
        planned(boss, at=noon(days))
        with CaptureQueriesContext(connection) as captured:
            assert len(entries(token)) == days - 1
        costs.append(len(captured))
    assert costs == [3, 3, 3]
    answers = [read(token).status_code for _ in range(feeds.READS_A_MINUTE)]
    assert (answers[0], answers[-1]) == (200, 429)

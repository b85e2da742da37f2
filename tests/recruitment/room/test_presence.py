"""What a page says of itself: kept in order, only of a page that is alive, and never believed for the lease."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import CASCADE
from django.utils import timezone

from recruitment.models import HandoverCode, Interview, Lease, PresenceNote, RoomEntry
from recruitment.services import leases
from tests.recruitment.room.conftest import Browser, make_interview

RAW_LINES = [b"", b"not json", b"[1]", b"\xff\xfe", b"[" * 4000, b"x" * 5000, b'{"event": ["hidden"]}']


def tell(browser: Browser, event: Any, **more: Any) -> None:
    body = json.dumps({"epoch": browser.epoch, "event": event, **more})
    answer = browser.client.generic("POST", "/room/api/beacon", body, content_type="text/plain")
    assert (answer.status_code, answer.content) == (204, b"")


def told(interview: Interview) -> list[tuple[Any, ...]]:
    rows = PresenceNote.objects.filter(interview=interview).order_by("pk")
    return list(rows.values_list("attempt", "epoch", "event", "seconds"))


def test_every_word_of_the_living_page_is_kept_in_order(candidate: Browser) -> None:
    begin = timezone.now()
    tell(candidate, "hidden")
    tell(candidate, "visible")
    tell(candidate, "online", seconds=42)
    tell(candidate, "pagehide")
    candidate.enter()
    tell(candidate, "hidden", seconds=7)
    assert told(candidate.interview) == [
        (1, 1, "hidden", None),
        (1, 1, "visible", None),
        (1, 1, "online", 42),
        (1, 1, "pagehide", None),
        (1, 2, "hidden", None),
    ]
    moments = list(PresenceNote.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert timedelta(0) <= timezone.now() - moments[-1] <= timezone.now() - begin + timedelta(seconds=1)


@pytest.mark.parametrize(
    "seconds", [0, -1, 1.5, True, "9", None, [], leases.LONGEST_OFFLINE + 1, 2**40, 1e308]
)
def test_a_time_that_cannot_be_is_answered_204_and_not_kept(candidate: Browser, seconds: Any) -> None:
    tell(candidate, "online", seconds=seconds)
    tell(candidate, "online")
    assert told(candidate.interview) == []


@pytest.mark.parametrize("line", RAW_LINES)
def test_whatever_is_no_beacon_is_answered_204_and_not_kept(candidate: Browser, line: bytes) -> None:
    answer = candidate.client.generic("POST", "/room/api/beacon", line, content_type="text/plain")
    assert answer.status_code == 204
    tell(candidate, "asleep")
    tell(candidate, "hidden", epoch="1")
    tell(candidate, "hidden", epoch=None)
    assert told(candidate.interview) == []


def test_being_without_a_line_moves_no_lease(candidate: Browser) -> None:
    before = Lease.objects.values_list().get()
    tell(candidate, "online", seconds=30)
    assert Lease.objects.values_list().get() == before
    assert len(told(candidate.interview)) == 1


@pytest.mark.parametrize("event", ["hidden", "visible", "pagehide", "online"])
def test_the_word_of_a_page_that_is_not_alive_is_ignored(candidate: Browser, event: str) -> None:
    candidate.enter()
    candidate.epoch -= 1
    tell(candidate, event, seconds=5)
    candidate.epoch += 1
    Lease.objects.update(expires_at=timezone.now() - timedelta(minutes=10))
    tell(candidate, event, seconds=5)
    Lease.objects.update(expires_at=timezone.now() + timedelta(seconds=30), live=False)
    tell(candidate, event, seconds=5)
    assert told(candidate.interview) == []


def test_another_interview_hears_nothing(candidate: Browser, browser_of: Any) -> None:
    other = browser_of(make_interview(name="王芳")).enter()
    tell(other, "hidden")
    assert told(candidate.interview) == []
    assert told(other.interview) == [(1, 1, "hidden", None)]


def test_what_comes_after_the_cap_still_moves_the_lease(
    candidate: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "MOST_NOTES", 3)
    for _ in range(2):
        tell(candidate, "hidden")
        tell(candidate, "visible")
    tell(candidate, "pagehide")
    assert [row[2] for row in told(candidate.interview)] == ["hidden", "visible", "hidden"]
    assert Lease.objects.get().is_leaving
    Interview.objects.update(attempt=2)
    tell(candidate, "hidden")
    assert told(candidate.interview)[-1] == (2, 1, "hidden", None), "another attempt has a cap of its own"


def test_a_beacon_takes_two_statements_and_a_heartbeat_one(
    candidate: Browser, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        tell(candidate, "hidden")
    with django_assert_num_queries(1):
        tell(candidate, "online", seconds=9)
    with django_assert_num_queries(1):
        candidate.send("POST", "heartbeat", {"epoch": candidate.epoch})


@pytest.mark.parametrize("relation", [PresenceNote.interview, HandoverCode.link, RoomEntry.interview])
def test_they_go_with_the_interview_as_its_entries_do(relation: Any) -> None:
    assert relation.field.remote_field.on_delete is CASCADE

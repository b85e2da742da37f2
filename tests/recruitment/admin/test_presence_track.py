"""The event track beneath an answer also tells when the page was out of sight, closed, or without a line."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recruitment.enums import InterviewState
from recruitment.models import Answer, Interview, PresenceNote, RoomEntry
from recruitment.recordings.admin import event_track, playback
from tests.factories import recruitment as make
from tests.factories import segments

pytestmark = pytest.mark.django_db


@pytest.fixture
def begin() -> datetime:
    return timezone.now() - timedelta(hours=1)


@pytest.fixture
def row(begin: datetime) -> Interview:
    interview = make.interview(state=InterviewState.COMPLETED, started_at=begin)
    segments.segment(segments.answer(interview), at=begin)
    return interview


def say(row: Interview, event: str, at: datetime, seconds: int | None = None, epoch: int = 1) -> None:
    PresenceNote.objects.create(interview=row, attempt=1, epoch=epoch, event=event, seconds=seconds, at=at)


def enter(row: Interview, at: datetime, epoch: int = 2) -> None:
    entry = RoomEntry.objects.create(interview=row, attempt=1, epoch=epoch, device={})
    RoomEntry.objects.filter(pk=entry.pk).update(at=at)


def drawn(row: Interview, until: datetime | None = None) -> event_track.Track:
    found = playback._segments(list(Answer.objects.filter(interview=row)))
    return event_track.draw(
        segments=list(found.values()),
        silences=event_track.silences(list(found)),
        entries=list(row.entries.order_by("epoch")),
        exits=list(row.exits.order_by("left_at")),
        notes=list(row.presence_notes.order_by("pk")),
        finished_at=None,
        until=until,
    )


def spans(track: event_track.Track, begin: datetime) -> list[tuple[str, float, float]]:
    return [
        (each.name, (each.begin - begin).total_seconds(), (each.end - begin).total_seconds())
        for each in track.spans
        if each.name in ("unseen", "offline")
    ]


def after(begin: datetime, seconds: float) -> datetime:
    return begin + timedelta(seconds=seconds)


def test_out_of_sight_and_without_a_line_are_spans_with_words_and_times(
    row: Interview, begin: datetime
) -> None:
    say(row, "hidden", after(begin, 20))
    say(row, "visible", after(begin, 45))
    say(row, "online", after(begin, 90), 30)
    track = drawn(row)
    assert spans(track, begin) == [("unseen", 20, 45), ("offline", 60, 90)]
    assert [name for _when, _words, name in track.lines] == ["taken", "unseen", "offline"]
    assert [
        "25" in track.lines[1][1],
        "30" in track.lines[2][1],
        all(when and words for when, words, _name in track.lines),
    ] == [True] * 3
    places = [(float(each.left), float(each.left) + float(each.width)) for each in track.spans]
    assert all(0 <= left <= right <= 100.01 for left, right in places)


@pytest.mark.parametrize("end", ["enter", "exit", "hidden"])
def test_a_page_that_was_not_seen_again_ends_where_something_else_was_heard(
    row: Interview, begin: datetime, end: str
) -> None:
    say(row, "hidden", after(begin, 20))
    say(row, "online", after(begin, 30), 5)
    if end == "enter":
        enter(row, after(begin, 50))
    elif end == "exit":
        make.exit_(row, left_at=after(begin, 50), returned_at=after(begin, 500))
        enter(row, after(begin, 500))
    else:
        say(row, "pagehide", after(begin, 50))
    assert spans(drawn(row), begin)[0] == ("unseen", 20, 50)


@pytest.mark.parametrize("event", ["hidden", "pagehide"])
def test_without_any_end_it_is_a_moment(row: Interview, begin: datetime, event: str) -> None:
    say(row, event, after(begin, 20))
    track = drawn(row)
    assert spans(track, begin) == []
    assert [(mark.name, (mark.at - begin).total_seconds()) for mark in track.marks] == [("unseen", 20)]


def test_the_track_holds_only_its_own_time(row: Interview, begin: datetime) -> None:
    say(row, "hidden", after(begin, -60))
    say(row, "visible", after(begin, -30))
    say(row, "online", after(begin, 10), 40)
    say(row, "online", after(begin, 400), 20)
    assert spans(drawn(row, until=after(begin, 300)), begin) == [("offline", 0, 10)]


def test_the_page_reads_as_much_for_many_words_as_for_none(
    as_hr: Any, row: Interview, begin: datetime
) -> None:
    address = reverse("admin:recruitment_interview_change", args=[row.pk])

    def queries() -> tuple[int, str]:
        as_hr.get(address)
        with CaptureQueriesContext(connection) as captured:
            answer = as_hr.get(address)
        return len(captured), answer.content.decode()

    none, before = queries()
    for number in range(1, 40, 2):
        say(row, "hidden", after(begin, number * 10))
        say(row, "visible", after(begin, number * 10 + 5))
        say(row, "online", after(begin, number * 10 + 9), 3)
    many, html = queries()
    assert many == none
    assert "is-unseen" not in before
    assert (html.count('<i class="is-unseen"'), html.count('<i class="is-offline"')) == (20, 20)

"""Calendars that interviewers keep elsewhere: read by a job, kept as times without titles, and heeded by who plans."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from core.days import midnight
from core.errors import Forbidden, Invalid, Refused
from core.history.models import Change
from people.calendar import add_working_days
from people.models import User
from recruitment import tasks
from recruitment.models import BusyTime, OutsideCalendar, Round
from recruitment.rounds import busy, expanding, free
from recruitment.rounds.services import moving, outside, slots
from tests.emulators import getting
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.factories.rounds import HOUR, noon, planned

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
MINE = "/admin/rounds/calendar/"


@pytest.fixture(autouse=True)
def known_years(settings: Any) -> None:
    api.calendar()
    settings.VENDOR_NETWORKS = ["127.0.0.0/8"]


def file(*events: str, head: str = "") -> bytes:
    """A calendar file with these entries, each the lines between BEGIN and END."""
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}@x\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:绝密会议\r\n{event}\r\nEND:VEVENT\r\n"
        for number, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{head}{body}END:VCALENDAR\r\n".encode()


def lines(begin: datetime, end: datetime, *more: str) -> str:
    shape = "%Y%m%dT%H%M%SZ"
    utc = ZoneInfo("UTC")
    return "\r\n".join(
        [f"DTSTART:{begin.astimezone(utc):{shape}}", f"DTEND:{end.astimezone(utc):{shape}}", *more]
    )


@contextmanager
def serving(body: bytes, *, status: int = 200, tag: str = "") -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A calendar's server; its address, and the headers of what it was asked."""
    asked: list[dict[str, str]] = []

    def answer(request: BaseHTTPRequestHandler) -> getting.Answer:
        asked.append(dict(request.headers))
        same = bool(tag) and request.headers.get("If-None-Match") == tag
        return 304 if same else status, {"ETag": tag} if tag else {}, b"" if same else body

    with getting.serving(answer, "/secret-7f3a.ics") as address:
        yield address, asked


def heeded(person: User, address: str = "http://127.0.0.1:9/x.ics") -> OutsideCalendar:
    return outside.heed(address=address, by=person)


def busy_from(person: User, begin: datetime, end: datetime) -> BusyTime:
    """Somebody who is busy elsewhere, as a reading would have left it."""
    row = outside.of_person(person) or heeded(person)
    return BusyTime.objects.create(calendar=row, slot=(begin, end))


def times(of: OutsideCalendar) -> list[tuple[datetime, datetime]]:
    return [(slot.lower, slot.upper) for slot in of.busy.order_by("slot").values_list("slot", flat=True)]


@pytest.fixture
def boss() -> User:
    return people.manager(name="孙经理")


def test_what_is_read_is_kept_as_times_without_a_word_of_what_they_are(boss: User) -> None:
    body = file(lines(noon(2), noon(2) + HOUR), lines(noon(3), noon(3) + HOUR))
    with serving(body, tag='"one"') as (address, asked):
        row = heeded(boss, address)
        assert [tasks.read_calendars(), tasks.read_calendars()] == [2, 0]
        row.refresh_from_db()
        assert times(row) == [(noon(2), noon(2) + HOUR), (noon(3), noon(3) + HOUR)]
        assert (row.failing_code, row.tag, row.read_at is not None) == ("", '"one"', True)
        # Not again before it is time; and then nothing is sent that was read already.
        assert len(asked) == 1
        OutsideCalendar.objects.update(asked_at=timezone.now() - outside.READ_EVERY)
        assert tasks.read_calendars() == 0
        assert [one.get("If-None-Match") for one in asked] == [None, '"one"']
        # A day later the same file means other days: it is read as a whole.
        OutsideCalendar.objects.update(asked_at=None, whole_at=timezone.now() - timedelta(days=1))
        tasks.read_calendars()
        assert asked[2].get("If-None-Match") is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret_address FROM recruitment_outsidecalendar")
        assert "secret-7f3a" not in cursor.fetchone()[0]
    kept = json.dumps(list(Change.objects.values("before", "after")), default=str)
    assert ("secret-7f3a" in kept, "绝密" in kept, "busytime" in kept) == (False, False, False)


def test_it_is_read_as_soon_as_it_is_given(boss: User, django_capture_on_commit_callbacks: Any) -> None:
    before = OrmQ.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        heeded(boss)
    assert OrmQ.objects.count() == before + 1
    assert OrmQ.objects.latest("pk").task["func"] == "recruitment.tasks.read_calendar"
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Invalid):
        heeded(boss, "ftp://x")
    assert OrmQ.objects.count() == before + 1


def test_the_rows_become_what_stands_there_and_what_is_equal_stays(boss: User) -> None:
    row = heeded(boss)
    stays, goes = busy_from(boss, noon(2), noon(2) + HOUR), busy_from(boss, noon(3), noon(3) + HOUR)
    with serving(file(lines(noon(2), noon(2) + HOUR), lines(noon(4), noon(4) + HOUR))) as (address, _asked):
        OutsideCalendar.objects.update(secret_address=address)
        assert outside.read(calendar_id=row.pk) == 1
    assert times(row) == [(noon(2), noon(2) + HOUR), (noon(4), noon(4) + HOUR)]
    assert (row.busy.filter(pk=stays.pk).exists(), row.busy.filter(pk=goes.pk).exists()) == (True, False)
    with pytest.raises(IntegrityError, match="busy_once"), transaction.atomic():
        busy_from(boss, noon(2), noon(2) + 2 * HOUR)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"body": b"<html>", "status": 200}, "no_calendar"),
        ({"body": b"", "status": 404}, "gone"),
        ({"body": b"", "status": 302}, "moved"),
        ({"body": b"", "status": 503}, "unreachable"),
        ({"body": b"BEGIN:VCALENDAR\r\n" + b"x" * (outside.LARGEST_FILE + 1), "status": 200}, "too_much"),
        ({"body": file() + b"BEGIN:VEVENT\r\n" * (expanding.MOST_EVENTS + 1), "status": 200}, "too_much"),
    ],
)
def test_what_cannot_be_read_changes_nothing_and_says_why_and_since_when(
    client: Client, boss: User, answer: dict[str, Any], code: str
) -> None:
    busy_from(boss, noon(2), noon(2) + HOUR)
    with serving(**answer) as (address, _asked):
        OutsideCalendar.objects.update(secret_address=address)
        tasks.read_calendars()
        first = OutsideCalendar.objects.get()
        OutsideCalendar.objects.update(asked_at=None)
        tasks.read_calendars()
    row = OutsideCalendar.objects.get()
    assert (row.failing_code, row.failing_since, row.read_at) == (code, first.failing_since, None)
    assert times(row) == [(noon(2), noon(2) + HOUR)]
    client.force_login(boss)
    page = client.get(MINE).content.decode()
    assert ("起未能读取" in page, str(busy.explain(code)) in page, "secret-7f3a" in page) == (
        True,
        True,
        False,
    )
    assert str(busy.explain(code)) in client.get("/admin/rounds/").content.decode()


def test_a_meeting_in_every_second_costs_its_own_process_and_nothing_more(
    boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds = outside.BOUNDS
    monkeypatch.setattr(outside, "BOUNDS", type(bounds)(processor=1, patience=20, memory=bounds.memory))
    endless = file("DTSTART:19700101T000000Z\r\nDTEND:19700101T000001Z\r\nRRULE:FREQ=SECONDLY")
    with serving(endless) as (address, _asked):
        heeded(boss, address)
        tasks.read_calendars()
    assert OutsideCalendar.objects.get().failing_code == "too_much"


def test_inner_addresses_are_refused_when_they_are_given_and_when_they_are_asked(
    boss: User, settings: Any
) -> None:
    row = heeded(boss, "http://127.0.0.1:9/x.ics")
    settings.VENDOR_NETWORKS = []
    for address in (
        "http://example.org/x.ics", "https://127.0.0.1/x.ics", "https://10.0.0.5/x", "https://me:pw@example.org/x",
        "https://localhost/x", "file:///etc/passwd", "https://[::1]/x", "https://169.254.169.254/x",
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            heeded(boss, address)
        assert refused.value.code == "address_not_allowed"
    for address in ("", " ", "https://日历.example/x", "https://example.org/" + "x" * 2000):
        with pytest.raises(Invalid) as refused:
            heeded(boss, address)
        assert refused.value.code == "address_missing"
    outside.read(calendar_id=row.pk)
    row.refresh_from_db()
    assert (row.secret_address, row.failing_code) == ("http://127.0.0.1:9/x.ics", "address_not_allowed")
    assert heeded(boss, "webcal://example.org/x.ics").secret_address == "https://example.org/x.ics"


def test_everybody_gives_the_own_and_whoever_recruits_a_colleagues(client: Client, boss: User) -> None:
    other, hr = people.manager(name="钱经理"), people.recruiter(name="王HR")
    address = "https://calendar.example/x.ics"
    with pytest.raises(Forbidden):
        outside.heed(address=address, by=boss, person_id=other.pk)
    with pytest.raises(Forbidden):
        outside.heed(address=address, by=people.user())
    where = f"{MINE}of/{other.pk}/"
    client.force_login(boss)
    answers = [
        client.get(where),
        client.post(f"{where}heed/", {"calendar": address}),
        client.post(f"{where}forget/"),
    ]
    assert [one.status_code for one in answers] == [404] * 3
    assert OutsideCalendar.objects.count() == 0
    client.force_login(hr)
    assert client.post(f"{where}heed/", {"calendar": address})["Location"] == where
    page = client.get(where).content.decode()
    assert ("钱经理的日历" in page, "几分钟内读取" in page, address in page) == (True, True, False)
    client.force_login(other)
    assert "地址由王HR提供" in client.get(MINE).content.decode()
    refused = client.post(f"{MINE}of/{other.pk}/heed/", {"calendar": "ftp://x"})
    assert (refused.status_code, "ftp://x" in refused.content.decode()) == (422, True)
    assert client.post(f"{MINE}of/{other.pk}/forget/")["Location"] == MINE
    assert OutsideCalendar.objects.count() == 0


def test_another_address_forgets_what_was_read_and_it_ends_with_the_account(boss: User) -> None:
    busy_from(boss, noon(2), noon(2) + HOUR)
    old = OutsideCalendar.objects.get()
    assert heeded(boss).pk == old.pk
    assert heeded(boss, "https://other.example/x.ics").pk != old.pk
    assert BusyTime.objects.count() == 0
    assert outside.forget_leavers() == 0
    User.objects.filter(pk=boss.pk).update(is_active=False)
    assert outside.forget_leavers() == 1
    assert OutsideCalendar.objects.count() == 0


def test_what_lies_behind_goes_also_where_no_reading_goes_well(boss: User) -> None:
    now = timezone.now()
    busy_from(boss, now - timedelta(days=3), now - timedelta(days=2))
    ahead = busy_from(boss, now - timedelta(days=1), now + HOUR)
    assert outside.forget_past() == 0
    OutsideCalendar.objects.update(failing_since=now)
    assert outside.forget_past() == 1
    assert list(BusyTime.objects.all()) == [ahead]


WITHIN = (datetime(2026, 11, 30, tzinfo=ZONE), datetime(2026, 12, 14, tzinfo=ZONE))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        # Every Tuesday at ten, one of them left out, by the clock of Shanghai.
        (
            (
                "DTSTART;TZID=Asia/Shanghai:20260101T100000\r\nDTEND;TZID=Asia/Shanghai:20260101T110000\r\n"
                "RRULE:FREQ=WEEKLY;BYDAY=TU\r\nEXDATE;TZID=Asia/Shanghai:20261208T100000"
            ),
            ["12-01 10:00 12-01 11:00"],
        ),
        ("DTSTART;VALUE=DATE:20261202\r\nDTEND;VALUE=DATE:20261204", ["12-02 00:00 12-04 00:00"]),
        ("DTSTART;VALUE=DATE:20261202", ["12-02 00:00 12-03 00:00"]),
        ("DTSTART:20261202T090000\r\nDURATION:PT90M", ["12-02 09:00 12-02 10:30"]),
        ("DTSTART:20261202T090000Z\r\nDTEND:20261202T100000Z", ["12-02 17:00 12-02 18:00"]),
        # Longer than what is looked at: cut.
        ("DTSTART:20261101T000000\r\nDTEND:20261201T120000", ["11-30 00:00 12-01 12:00"]),
        ("DTSTART:20261202T090000\r\nDTEND:20261202T100000\r\nTRANSP:TRANSPARENT", []),
        ("DTSTART:20261202T090000\r\nDTEND:20261202T100000\r\nSTATUS:CANCELLED", []),
        ("DTSTART:20261202T090000\r\nDTEND:20261202T100000\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", []),
        ("DTSTART:20261202T090000\r\nDTEND:20261202T090000", []),
        ("DTSTART:20200102T090000\r\nDTEND:20200102T100000", []),
        ("DTSTART:20261202T090000\r\nDTEND:20261202T100000\r\nRRULE:FREQ=NONSENSE", []),
    ],
)  # fmt: skip
def test_what_an_entry_means(event: str, expected: list[str]) -> None:
    good = "DTSTART:20261210T090000\r\nDTEND:20261210T100000"
    found = expanding.busy(file(event, good), WITHIN, ZONE, "@hr.example")
    shown = [
        f"{one.astimezone(ZONE):%m-%d %H:%M} {other.astimezone(ZONE):%m-%d %H:%M}" for one, other in found
    ]
    assert shown == [*expected, "12-10 09:00 12-10 10:00"]


def test_a_series_of_which_one_was_moved_and_what_touches_is_one_and_ours_is_nobodys_business() -> None:
    series = (
        "BEGIN:VEVENT\r\nUID:s\r\nDTSTART:20261201T090000\r\nDTEND:20261201T100000\r\nRRULE:FREQ=DAILY;COUNT=3\r\n"
        "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:s\r\nRECURRENCE-ID:20261202T090000\r\nDTSTART:20261202T150000\r\n"
        "DTEND:20261202T160000\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a@hr.example\r\nDTSTART:20261205T150000\r\n"
        "DTEND:20261205T160000\r\nEND:VEVENT\r\n"
    )
    touching = "DTSTART:20261203T100000\r\nDTEND:20261203T103000"
    found = expanding.busy(file(touching, head=series), WITHIN, ZONE, "@hr.example")
    assert [f"{one:%d %H:%M} {other:%H:%M}" for one, other in found] == [
        "01 09:00 10:00", "02 15:00 16:00", "03 09:00 10:30",
    ]  # fmt: skip


def test_a_busy_time_is_not_offered_neither_by_hr_nor_for_a_move_and_costs_one_query(boss: User) -> None:
    held = planned(boss, at=noon(3))
    day = add_working_days(timezone.localdate(), 1).date
    asked: dict[str, Any] = {"interviewers": [boss.pk], "room": "", "length": HOUR, "first": day, "last": day}
    before, moves = free.free_times(**asked), moving.times_for(held.interview)
    assert before and any(timezone.localdate(begin) == day for begin, _end in moves)
    busy_from(boss, midnight(day), midnight(day) + timedelta(days=1))
    with CaptureQueriesContext(connection) as captured:
        assert free.free_times(**asked) == []
    assert sum("busytime" in one["sql"] for one in captured) == 1
    assert not any(timezone.localdate(begin) == day for begin, _end in moving.times_for(held.interview))
    # Another interviewer's day is their own.
    assert free.free_times(**{**asked, "interviewers": [people.manager(name="钱经理").pk]}) == before


def test_an_offered_time_over_which_something_came_is_taken_and_another_one_is_not(boss: User) -> None:
    first = planned(people.manager(name="钱经理"))
    span, other = (noon(4), noon(4) + HOUR), (noon(5), noon(5) + HOUR)
    offer = slots.offer_round(
        application_id=first.interview.application_id, times=[span, other], choose_by=noon(3), by=people.lead(),
        place=slots.Place(interviewers=[boss.pk], room="305"),
    )  # fmt: skip
    busy_from(boss, *span)
    rows = list(offer.slots.order_by("slot"))
    with pytest.raises(Refused) as refused:
        slots.choose(application_id=offer.application_id, slot_id=rows[0].pk)
    assert (refused.value.code, Round.objects.count()) == ("slot_taken", 1)
    slots.choose(application_id=offer.application_id, slot_id=rows[1].pk)
    assert Round.objects.count() == 2


def test_the_calendar_draws_it_by_day_without_a_title_for_the_interviewer_who_was_chosen(
    client: Client, boss: User
) -> None:
    day = timezone.localdate(noon(4))
    busy_from(boss, noon(4) + HOUR, midnight(day) + timedelta(days=2, hours=9))
    client.force_login(people.recruiter())
    page = "/admin/recruitment/interview/calendar/"
    assert "自己的日历有安排" not in client.get(page, {"on": day.isoformat()}).content.decode()
    for view in ("month", "week", "day"):
        words = client.get(
            page, {"on": day.isoformat(), "view": view, "interviewer": boss.pk}
        ).content.decode()
        assert ("自己的日历有安排 · 孙经理" in words, f"{MINE}of/{boss.pk}/" in words) == (True, True)
    asked = {"on": (day + timedelta(days=1)).isoformat(), "view": "day", "interviewer": boss.pk}
    assert "全天" in client.get(page, asked).content.decode()
    opening = make.opening(title="数据分析师")
    opening.interviewers.set([boss])
    by_opening = {"on": day.isoformat(), "view": "day", "opening": opening.pk}
    assert "自己的日历有安排 · 孙经理" in client.get(page, by_opening).content.decode()

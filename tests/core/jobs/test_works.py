"""Long work: in sets, with how far it is; killed it goes on, overtaken it begins anew, failed it is tried again."""

import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from core.errors import Refused
from core.events.models import Event
from core.jobs import works
from core.jobs.models import LongWork
from core.jobs.works import MOST_ATTEMPTS, WorkKind
from onboarding import works as of_onboarding
from onboarding.models import OnboardingCase
from people.services import calendar
from recruitment import works as of_recruitment
from tests.factories import onboarding, people, recruitment
from tests.factories.works import work_off
from training import works as of_training

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
MONDAY = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
# The day after the approval of a start on 14 December is due: made a holiday, approvals are due a day earlier.
HOLIDAY = date(2026, 12, 1)


@pytest.fixture
def in_twos(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Monday; onboarding is counted again two cases at a time."""
    monkeypatch.setattr(of_onboarding, "WORKS", [replace(of_onboarding.WORKS[0], at_once=2)])
    with time_machine.travel(MONDAY, tick=False):
        yield


def cases(count: int) -> list[OnboardingCase]:
    return [onboarding.case(recruitment.interview()) for _number in range(count)]


def approvals() -> list[date]:
    rows = OnboardingCase.objects.filter(steps__kind="approval").order_by("pk")
    return list(rows.values_list("steps__due_on", flat=True))


def make_holiday(is_working: bool = False, day: date = HOLIDAY) -> None:
    calendar.set_day(day=day, is_working=is_working, by=people.lead())


def standing(kind: str = "onboarding.recount") -> list[tuple[str, int, int | None]]:
    return list(LongWork.objects.filter(kind=kind).order_by("pk").values_list("state", "done", "total"))


def recount() -> LongWork:
    return LongWork.objects.filter(kind="onboarding.recount").earliest("pk")


def test_the_caller_waits_for_nothing_and_sets_are_done_one_by_one(in_twos: None) -> None:
    cases(3)
    before = approvals()

    make_holiday()

    assert (approvals(), standing()) == (before, [("waiting", 0, None)])
    seen = []
    while works.run_due():
        seen += [one for one in standing() if one not in seen]
    # Planned starts have their turn first.
    assert seen == [
        ("waiting", 0, None),
        ("running", 0, 3),
        ("running", 2, 3),
        ("running", 3, 3),
        ("done", 3, 3),
    ]
    assert approvals() == [date(2026, 11, 27)] * 3
    work = recount()
    assert (work.asked_by, work.because_of.kind) == (
        Event.objects.get(kind="calendar_year_loaded").by,
        "calendar_year_loaded",
    )
    assert None not in (work.began_at, work.done_at)


def test_an_edit_while_it_is_under_way_begins_it_anew(in_twos: None) -> None:
    cases(5)
    make_holiday()
    while standing()[0][1] < 2:
        works.run_due()

    make_holiday(day=date(2026, 12, 2))
    assert standing() == [("running", 2, 5), ("waiting", 0, None)]
    work_off()

    assert standing() == [("overtaken", 2, 5), ("done", 5, 5)]
    assert approvals() == [date(2026, 11, 26)] * 5


def test_edits_before_it_began_are_one_work(in_twos: None) -> None:
    cases(1)
    for day in (1, 2, 3):
        make_holiday(day=date(2026, 12, day))

    assert standing() == [("waiting", 0, None)]
    work_off()
    assert (standing(), approvals()) == ([("done", 1, 1)], [date(2026, 11, 25)])


def test_an_undone_edit_asks_for_nothing(in_twos: None) -> None:
    with transaction.atomic():
        make_holiday()
        transaction.set_rollback(True)
    assert standing() == []


def test_what_fails_is_undone_tried_later_and_waits_for_a_person_at_last(
    in_twos: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case,) = cases(1)
    before = case.planned_start

    def breaks(year: int, ids: list[int]) -> None:
        OnboardingCase.objects.filter(pk__in=ids).update(planned_start=date(2026, 12, 1))
        raise Refused("not_now", "not now")

    counting = of_onboarding.WORKS[0]
    monkeypatch.setattr(of_onboarding, "WORKS", [replace(counting, bring=breaks)])
    make_holiday()
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        work_off()
        tries = [recount().next_try_at - now]
        while recount().state == "running":
            clock.shift(timedelta(minutes=5))
            work_off()
    work = recount()
    assert tries == [timedelta(seconds=2)]
    assert (work.state, work.error, work.attempts, work.done) == ("failed", "not_now", MOST_ATTEMPTS, 0)
    assert OnboardingCase.objects.get().planned_start == before
    assert OnboardingCase.objects.with_recount().get().forecast_is_provisional

    monkeypatch.setattr(of_onboarding, "WORKS", [counting])
    make_holiday(day=date(2026, 12, 2))
    work_off()
    assert standing() == [("overtaken", 0, 1), ("done", 1, 1)]
    assert not OnboardingCase.objects.with_recount().get().forecast_is_provisional


def test_a_work_that_no_code_stands_behind_any_more_is_red(in_twos: None) -> None:
    make_holiday()
    LongWork.objects.filter(pk=recount().pk).update(kind="onboarding.gone")
    work_off()
    assert list(LongWork.objects.order_by("kind").values_list("kind", "state", "error")) == [
        ("onboarding.gone", "failed", "unknown_kind"),
        ("recruitment.starts", "done", ""),
        ("recruitment.windows", "done", ""),
        ("training.recount", "done", ""),
    ]


@pytest.mark.django_db(transaction=True)
def test_one_work_is_never_done_by_two_and_who_edits_does_not_wait(in_twos: None) -> None:
    people.lead(username="keeper")
    cases(1)
    make_holiday()
    while standing() != [("running", 0, 1)]:
        works.run_due()
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(LongWork.objects.filter(pk=recount().pk).select_for_update())
            is_held.set()
            may_go.wait(10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert is_held.wait(10)
        make_holiday(day=date(2026, 12, 2))
        work_off()
        # The later one is not begun beside the earlier one.
        assert standing() == [("running", 0, 1), ("waiting", 0, None)]
    finally:
        may_go.set()
        other.join()
    work_off()
    assert standing() == [("overtaken", 0, 1), ("done", 1, 1)]


KILLED = """
    import os, signal, sys
    import django
    django.setup()
    from dataclasses import replace
    import time_machine
    from django.db import connection
    from core.jobs import works
    from onboarding import works as of_onboarding

    of_onboarding.WORKS = [replace(of_onboarding.WORKS[0], at_once=2)]
    written = 0

    def dies(execute, sql, *rest):
        global written
        done = execute(sql, *rest)
        if sql.startswith('UPDATE "onboarding_onboardingstep"'):
            written += 1
            if written == 2:
                os.kill(os.getpid(), signal.SIGKILL)
        return done

    with time_machine.travel({now!r}, tick=False), connection.execute_wrapper(dies):
        while works.run_due():
            pass
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_of_a_set_it_goes_on_behind_the_last_whole_one(in_twos: None) -> None:
    cases(5)
    before = approvals()
    make_holiday()
    program = textwrap.dedent(KILLED).format(now=MONDAY.isoformat())

    killed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**_environment(), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=False,
    )

    assert killed.returncode == -9
    assert standing() == [("running", 2, 5)]
    assert approvals() == [date(2026, 11, 27)] * 2 + before[2:]
    work_off()
    assert standing() == [("done", 5, 5)]
    assert approvals() == [date(2026, 11, 27)] * 5


def _environment() -> dict[str, str]:
    import os

    from core.env import database_url

    base, _slash, _name = database_url().rpartition("/")
    return {**os.environ, "DATABASE_URL": f"{base}/{connection.settings_dict['NAME']}"}


def test_every_kind_is_named_once_and_walks_by_ids() -> None:
    kinds: list[WorkKind] = [*of_recruitment.WORKS, *of_onboarding.WORKS, *of_training.WORKS]
    assert set(works.declared_works()) == {
        "core.many", "exchange.apply", "exchange.apply_files", "exchange.check",
        "exchange.check_files", "exchange.export", "exchange.read", "exchange.undo",
        "onboarding.recount", "recruitment.starts", "reports.count_table", "recruitment.windows", "sealed.reseal",
        "training.recount",
    }  # fmt: skip
    for kind in kinds:
        assert kind.rows(2026).count() == 0

"""The chain of days holds over retention, erasure and clocks, and names the day that somebody rewrote."""

import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from core.history import retention, seals, tasks
from core.history.models import Change, Seal
from core.history.opening import opened
from core.trouble.models import WallClock
from people.models import Department
from tests.factories import people
from tests.factories.clocks import set_forward

pytestmark = pytest.mark.django_db


def sql(statement: str, *params: object) -> None:
    with opened(), connection.cursor() as cursor:
        cursor.execute(statement, params)


@pytest.fixture
def days() -> Iterator[list[date]]:
    """Three days with two changes each, four to two days ago; the day before yesterday's neighbour has none.

    It is noon: yesterday is over for long.
    """
    row = people.department()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE history_change")
    noon = timezone.localtime().replace(hour=12, minute=0)
    found = []
    for ago in (4, 3, 2):
        for name in "ab":
            Department.objects.filter(pk=row.pk).update(name_en=f"{name}{ago}")
        written = Change.objects.order_by("-id").values_list("pk", flat=True)[:2]
        sql(
            "UPDATE history_change SET at = %s WHERE id = ANY (%s)", noon - timedelta(days=ago), list(written)
        )
        found.append((noon - timedelta(days=ago)).date())
    with time_machine.travel(noon):
        assert seals.seal_days() == 4
        yield found


def broken() -> list[tuple[date, str]]:
    return [(each.day, each.what) for each in seals.check().broken]


def test_every_day_that_is_over_is_sealed_once_the_empty_one_too(days: list[date]) -> None:
    assert [(seal.day, seal.count) for seal in Seal.objects.order_by("day")] == [
        *((day, 2) for day in days), (days[-1] + timedelta(days=1), 0),
    ]  # fmt: skip
    assert seals.seal_days() == 0
    assert seals.check() == seals.Checked(days=4, changes=6, erased=0, broken=[])
    assert tasks.seal() == 0


def test_a_day_that_a_clock_set_forward_calls_over_is_not_sealed(days: list[date]) -> None:
    sealed = Seal.objects.count()
    with set_forward(timedelta(days=1)):
        assert seals.seal_days() == 0
    # What is written on it afterwards belongs to it.
    people.department()
    assert (Seal.objects.count(), broken()) == (sealed, [])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_change SET why = 'another' WHERE id = (SELECT first FROM history_seal WHERE day = %s)",
        "UPDATE history_change SET by_id = 1 WHERE id = (SELECT last FROM history_seal WHERE day = %s)",
        "DELETE FROM history_change WHERE id = (SELECT first FROM history_seal WHERE day = %s)",
    ],
)
def test_a_day_that_was_rewritten_is_named(days: list[date], statement: str) -> None:
    sql(statement, days[1])
    assert broken() == [(days[1], "rows")]
    with pytest.raises(tasks.HistoryBroken, match=days[1].isoformat()):
        tasks.seal()


def written(at: str) -> None:
    """A change that carries this time, an SQL expression."""
    sql(
        "INSERT INTO history_change (at, model, object_id, did, party, source, why, together)"
        f" VALUES ({at}, 'people.department', '1', 'D', '', '', '', 0)"
    )


def clock_was_set() -> None:
    WallClock.objects.update_or_create(pk=1, defaults={"times_set": 1})


def test_what_somebody_writes_into_a_day_that_is_over_is_named_before_and_after_its_own_seal(
    days: list[date],
) -> None:
    today = timezone.localdate()
    written("now() - interval '3 days'")
    assert broken() == [(today, "dated")]
    with time_machine.travel(timezone.localtime().replace(hour=12) + timedelta(days=1)):
        assert seals.seal_days() == 1
        assert broken() == [(today, "dated")]
        # The next day has nothing of it.
        assert seals.check(since=today + timedelta(days=1)).broken == []


@pytest.mark.parametrize("is_sealed_in_it", [True, False])
def test_a_clock_that_is_set_back_and_forth_breaks_no_seal(days: list[date], is_sealed_in_it: bool) -> None:
    yesterday, today = (timezone.localdate() - timedelta(days=ago) for ago in (1, 0))
    tomorrow = timezone.localtime().replace(hour=12) + timedelta(days=1)
    if is_sealed_in_it:
        # The job runs in the first seconds, before anybody has noted that the clock is wrong.
        with time_machine.travel(tomorrow):
            written("now() + interval '1 day'")
            assert seals.seal_days() == 1
    clock_was_set()
    for at in ("now()", "now() - interval '1 day'", "now() + interval '1 day'", "now()"):
        written(at)
    assert broken() == []
    with time_machine.travel(tomorrow + timedelta(days=1)):
        assert seals.seal_days() == 2 - is_sealed_in_it
    assert broken() == []
    counts = dict(Seal.objects.values_list("day", "count"))
    kept = (today, today + timedelta(days=1))
    assert (counts[yesterday], sum(counts[day] for day in kept)) == (0, 4 + is_sealed_in_it)
    held = Seal.objects.order_by("day").values_list("first", "last")
    assert all(first == last + 1 for (_first, last), (first, _last) in pairwise(held))


def test_a_seal_whose_numbers_were_moved_breaks_the_chain(days: list[date]) -> None:
    sql("UPDATE history_seal SET first = first + 1 WHERE day = %s", days[2])
    assert (days[2], "chain") in broken()


def test_seals_of_before_get_their_numbers_one_after_the_other(days: list[date]) -> None:
    fields = ("day", "first", "last", "earliest")
    held = list(Seal.objects.order_by("day").values_list(*fields))
    sql("ALTER TABLE history_seal ALTER first DROP NOT NULL, ALTER last DROP NOT NULL")
    sql("UPDATE history_seal SET earliest = NULL, first = CASE WHEN count > 0 THEN first END,"
        " last = CASE WHEN count > 0 THEN last END")  # fmt: skip
    sql(import_module("core.history.migrations.0004_seals_by_number").NUMBERS)
    assert list(Seal.objects.order_by("day").values_list(*fields)) == held
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_still_being_written_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, quick = people.department(), people.department()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE history_change")
    is_written, may_end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            Department.objects.filter(pk=slow.pk).update(name_en="slowly")
            is_written.set()
            may_end.wait(60)
        connection.close()

    other = threading.Thread(target=write_slowly)
    other.start()
    assert is_written.wait(60)
    Department.objects.filter(pk=quick.pk).update(name_en="quickly")
    with time_machine.travel(timezone.localtime().replace(hour=12) + timedelta(days=1)):
        with monkeypatch.context() as short:
            short.setattr(seals, "SETTLED_WITHIN", 0.3)
            with pytest.raises(seals.NotSettled):
                seals.seal_days()
        assert not Seal.objects.exists()
        threading.Timer(0.5, may_end.set).start()
        assert seals.seal_days() == 1
    other.join()
    assert [(seal.count, seal.last) for seal in Seal.objects.all()] == [(2, Change.objects.latest("pk").pk)]
    assert broken() == []


def test_a_seal_that_was_made_anew_breaks_the_chain_and_a_chain_made_anew_the_copy(
    days: list[date], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "chain.jsonl"
    call_command("history", export=copy)
    call_command("history", check=True, against=copy)
    sql(
        "UPDATE history_change SET why = 'another' WHERE id = (SELECT last FROM history_seal WHERE day = %s)",
        days[1],
    )
    seal = Seal.objects.get(day=days[1])
    again = seals._read(days[1], seal.first, seal.last).digest(days[1], seal.previous)
    sql("UPDATE history_seal SET digest = %s WHERE day = %s", again, days[1])
    assert broken() == [(days[2], "chain")]
    sql("DELETE FROM history_seal WHERE day >= %s", days[1])
    seals.seal_days()
    assert broken() == []
    capsys.readouterr()
    with pytest.raises(SystemExit):
        call_command("history", check=True, against=copy, json=True)
    said = json.loads(capsys.readouterr().out)
    assert [each["what"] for each in said["broken"]] == ["copy", "copy", "copy"]
    assert said["broken"][0]["day"] == days[1].isoformat()
    sql("DELETE FROM history_seal WHERE day = %s", days[1])
    assert (days[1], "missing") in broken()


def test_a_days_changes_are_exported_with_the_digests_that_were_sealed(
    days: list[date], tmp_path: Path
) -> None:
    to = tmp_path / "day.jsonl"
    call_command("history", export=to, day=days[0])
    rows = [json.loads(line) for line in to.read_text().splitlines()]
    assert [row["after"] for row in rows] == [{"name_en": "a4"}, {"name_en": "b4"}]
    assert all(len(row["digest"]) == 64 for row in rows)
    with pytest.raises(CommandError):
        call_command("history")


def test_what_retention_takes_leaves_the_chain_whole(days: list[date]) -> None:
    afternoon = timezone.localtime().replace(hour=13, minute=0)
    later = afternoon + timedelta(days=retention.DAYS - 3)
    with time_machine.travel(later):
        seals._let_go(timezone.localdate())
        gone = sum(keep.forget(timezone.now()) for keep in retention.KEPT)
        assert gone == 4
        assert Seal.objects.filter(dropped_at__isnull=False).count() == 2
        assert broken() == []
        assert not Change.objects.filter(at__date__lte=days[1]).exists()


def test_a_day_is_let_go_with_the_first_change_that_retention_takes_of_it(days: list[date]) -> None:
    """Its seal came a day after the time that one of its changes carries: the clock had been set back."""
    clock_was_set()
    written("now() - interval '1 day'")
    afternoon = timezone.localtime().replace(hour=13, minute=0)
    with time_machine.travel(afternoon + timedelta(days=1)):
        assert seals.seal_days() == 1
    with time_machine.travel(afternoon.replace(hour=23, minute=59) + timedelta(days=retention.DAYS - 1)):
        seals._let_go(timezone.localdate())
        assert sum(keep.forget(timezone.now()) for keep in retention.KEPT) == 7
        assert Seal.objects.filter(dropped_at=None, count__gt=0).count() == 0
        assert broken() == []

"""The chain of days holds over retention and erasure, and names the day that somebody rewrote."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from core.history import retention, seals, tasks
from core.history.models import Change, Seal
from core.history.opening import opened
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
        (
            "INSERT INTO history_change (at, model, object_id, did, party, source, why, together)"
            " SELECT at, model, object_id, did, '', '', '', 0 FROM history_change"
            " WHERE id = (SELECT first FROM history_seal WHERE day = %s)"
        ),
    ],
)
def test_a_day_that_was_rewritten_is_named(days: list[date], statement: str) -> None:
    sql(statement, days[1])
    assert broken() == [(days[1], "rows")]
    with pytest.raises(tasks.HistoryBroken, match=days[1].isoformat()):
        tasks.seal()


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
    again = seals._read(days[1]).digest(days[1], Seal.objects.get(day=days[1]).previous)
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

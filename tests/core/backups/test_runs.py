"""A backup is a run that is seen: one at a time, with its progress, its end and its last trial."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from core.backups import keys, postgres, restoring, runs, shelf, tasks
from core.backups.models import BackupRun, RunKind, RunState
from core.errors import DomainError, Forbidden, NotFound
from tests.factories import people


def row(kind: str = "backup", **values: Any) -> BackupRun:
    ended = {} if values.get("state") in RunState.unfinished else {"ended_at": timezone.now()}
    return BackupRun.objects.create(**{"kind": kind, "state": RunState.DONE, **ended, **values})


def test_made_tried_and_gone(company: None, shelf_folder: Path) -> None:
    found = runs.make(by="lin")
    drilled = runs.drill()
    made, tried = BackupRun.objects.with_trials().order_by("id")
    assert (made.state, made.name, made.by, made.bytes, made.files) == (
        RunState.DONE, found["name"], "lin", found["bytes"], 2,
    )  # fmt: skip
    assert (made.rows, tried.rows) == (found["rows"], drilled["rows"])
    assert made.passed > 3_000_000 and tried.passed > 0, "all that went through was counted"
    assert (made.tried_at, made.tried_error) == (tried.ended_at, "")
    assert shelf.manifest(found["name"])["database"]["rows"].get("core_backuprun") is None

    (shelf_folder / found["name"] / "manifest.json").unlink()
    runs.take_in()
    made.refresh_from_db()
    assert made.gone_at is not None


def test_what_was_made_elsewhere_is_taken_in(backup: dict[str, Any]) -> None:
    assert not BackupRun.objects.exists()
    runs.take_in()
    runs.take_in()
    (made,) = BackupRun.objects.all()
    assert (made.name, made.rows, made.files, made.ended_at) == (
        backup["name"], backup["rows"], 2, shelf.made_at(backup["name"]),
    )  # fmt: skip


def test_a_trial_that_fails_says_why_beside_its_backup(backup: dict[str, Any], shelf_folder: Path) -> None:
    runs.take_in()
    path = shelf_folder / backup["name"] / "files.sealed"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DomainError):
        runs.drill()
    made = BackupRun.objects.with_trials().get(kind=RunKind.BACKUP)
    assert (made.tried_error, made.tried_at is not None) == ("backup_damaged", True)


@pytest.mark.django_db
def test_one_at_a_time_and_a_dead_one_is_in_nobodys_way(shelf_folder: Path) -> None:
    running = row(state=RunState.RUNNING)
    for again in (runs.make, lambda: runs.ask("backup", by=people.user(is_superuser=True))):
        with pytest.raises(DomainError) as refused:
            again()
        assert refused.value.code == "backup_running"
    BackupRun.objects.filter(pk=running.pk).update(beat_at=timezone.now() - timedelta(hours=1))
    assert runs.ask("backup", by=people.user(username="root", is_superuser=True)).state == RunState.WAITING
    running.refresh_from_db()
    assert (running.state, running.error) == (RunState.FAILED, "cut_off")


@pytest.mark.django_db(transaction=True)
def test_asked_for_by_the_administrator_it_is_a_job_and_is_done_once(shelf_folder: Path) -> None:
    for person in (
        people.lead(),
        people.recruiter(),
        people.user(username="x", is_superuser=True, is_active=False),
    ):
        with pytest.raises(Forbidden):
            runs.ask("drill", by=person)
    asked = runs.ask("drill", by=people.user(username="root", is_superuser=True))
    assert OrmQ.objects.get().task["func"] == "core.backups.tasks.run"
    keys.make_or_read()
    with pytest.raises(NotFound):
        tasks.run(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.error) == (RunState.FAILED, "no_backup")
    assert tasks.run(asked.pk) is None, "another worker, or the queue once more"


@pytest.mark.django_db
def test_about_how_much_is_done() -> None:
    assert row(state=RunState.RUNNING, passed=50, expected=200).share == 25
    assert row("drill", state=RunState.RUNNING, passed=50).share is None
    assert BackupRun(passed=500, expected=200).share == 99, "never done before its end"


def test_an_earlier_releases_tables_are_backed_up_all_the_same(
    company: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the upgrade that brings the list of backups there is none to write to."""
    monkeypatch.setattr(BackupRun._meta, "db_table", "core_not_there_yet")
    assert runs.make()["rows"] > 0
    assert restoring.check(shelf.find(None), keys.read())["database"]["rows"]
    with postgres.connected() as inside:
        assert not postgres.is_empty(inside)

"""Backups and trials as runs that are seen: asked for on the page, by the nightly job or by the command."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from core.backups import making, restoring, shelf
from core.backups.models import BackupRun, RunKind, RunState
from core.backups.progress import MUTE, Progress, Step
from core.errors import DomainError, Forbidden, Refused

_EVERY = 1.0
logger = logging.getLogger(__name__)


def ask(kind: str, *, by: Any) -> BackupRun:
    """Have a backup made, or the newest tried, by a job.

    Forbidden: anybody but the administrator. Refused: backup_running.
    """
    if not (by.is_authenticated and by.is_active and by.is_superuser):
        raise Forbidden("administrator_only", _("Only the system administrator may do this."))
    with transaction.atomic():
        run = _begun(kind, by.get_username(), RunState.WAITING)
        transaction.on_commit(lambda: async_task("core.backups.tasks.run", run.pk, cluster="slow"))
    return run


def carry_out(pk: int) -> dict[str, Any] | None:
    """Do what was asked for; None where another worker has begun it. What fails stands in its row."""
    if not BackupRun.objects.filter(pk=pk, state=RunState.WAITING).update(
        state=RunState.RUNNING, beat_at=timezone.now()
    ):
        return None
    return _done(BackupRun.objects.get(pk=pk))


def make(*, by: str = "") -> dict[str, Any]:
    """A backup now. Refused: backup_running, and what `making.back_up` refuses."""
    return _seen(RunKind.BACKUP, by)


def drill(*, by: str = "") -> dict[str, Any]:
    """A trial of the newest now. Refused: backup_running, and what `restoring.restore` refuses."""
    return _seen(RunKind.DRILL, by)


def _seen(kind: str, by: str) -> dict[str, Any]:
    try:
        with transaction.atomic():
            run = _begun(kind, by, RunState.RUNNING)
    except ProgrammingError:
        # The tables are those of an earlier release, or none: it is made all the same, before the upgrade.
        return _WORK[kind](MUTE)
    return _done(run)


def _begun(kind: str, by: str, state: str) -> BackupRun:
    now = timezone.now()
    for run in BackupRun.objects.unfinished().filter(kind=kind).select_for_update():
        if run.is_cut_off:
            run.state, run.error, run.ended_at = RunState.FAILED, "cut_off", now
            run.save()
    last = BackupRun.objects.filter(kind=kind, state=RunState.DONE).order_by("-id").first()
    try:
        with transaction.atomic():
            return BackupRun.objects.create(
                kind=kind, state=state, by=by, beat_at=now, expected=last.passed if last else None
            )
    except IntegrityError:
        raise Refused("backup_running", _("One is being made already; wait until it has ended.")) from None


def _done(run: BackupRun) -> dict[str, Any]:
    try:
        found = _WORK[run.kind](Kept(run))
    except Exception as error:
        run.error = (error.code if isinstance(error, DomainError) else type(error).__name__)[:120]
        run.state, run.ended_at = RunState.FAILED, timezone.now()
        if run.kind == RunKind.DRILL and not run.name:
            run.name = next(iter(shelf.whole()), "")
        run.save()
        raise
    run.name, run.rows, run.files = found["name"], found["rows"], found["files"]
    run.bytes = found.get("bytes")
    run.state, run.ended_at = RunState.DONE, timezone.now()
    run.save()
    if run.kind == RunKind.BACKUP:
        take_in()
    return found


def take_in() -> None:
    """Bring the list to what lies in the place of backups: what is gone is gone, what was made elsewhere is there."""
    there = set(shelf.whole())
    BackupRun.objects.kept().exclude(name__in=there).update(gone_at=timezone.now())
    known = set(BackupRun.objects.filter(kind=RunKind.BACKUP, name__in=there).values_list("name", flat=True))
    for name in sorted(there - known):
        try:
            said = shelf.manifest(name)
            BackupRun.objects.create(
                kind=RunKind.BACKUP,
                state=RunState.DONE,
                name=name,
                asked_at=shelf.made_at(name),
                ended_at=shelf.made_at(name),
                bytes=said["database"]["bytes"] + said["files"]["bytes"],
                rows=sum(said["database"]["rows"].values()),
                files=said["files"]["count"],
            )
        except (ValueError, KeyError, TypeError):
            logger.warning("The manifest of %s cannot be read", name)


class Kept(Progress):
    """Progress that is written to the run's row, once a second at most."""

    def __init__(self, run: BackupRun) -> None:
        self._run, self._said, self._waiting = run, time.monotonic(), 0

    def step(self, step: Step) -> None:
        """This begins: said at once."""
        self._run.step = step
        self._say(step=step)

    def passed(self, count: int) -> None:
        """So many bytes went through."""
        self._run.passed += count
        self._waiting += count
        if time.monotonic() - self._said > _EVERY:
            self._say()

    def _say(self, **more: Any) -> None:
        BackupRun.objects.filter(pk=self._run.pk).update(
            passed=F("passed") + self._waiting, beat_at=timezone.now(), **more
        )
        self._said, self._waiting = time.monotonic(), 0


_WORK: dict[str, Callable[[Progress], dict[str, Any]]] = {
    RunKind.BACKUP: making.back_up,
    RunKind.DRILL: restoring.drill,
}

"""Long work: asked for by whoever needs it, carried out in sets by the pumps, one set a transaction.

Every app's `works.py` declares its kinds. A set and how far the work is are written together: `kill -9` at any line
leaves what was done done, and the next pump goes on behind it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_noop
from django_q.tasks import async_task

from core.collecting import declared
from core.errors import DomainError
from core.events import note
from core.events.models import Event
from core.events.reading import reading_once
from core.events.running import following
from core.jobs.models import LongWork, WorkState

# 2 + 4 + … + 128 s: four minutes of tries, then a person is asked.
MOST_ATTEMPTS = 8
# Where a work is done: in the pumps, or in the jobs cluster for what is long.
PUMPS, SLOW = "", "slow"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class WorkKind:
    """A long work: it goes through `rows(subject's id)` by their ids and lets `bring(subject's id, ids)` do `at_once`.

    `bring` locks, re-reads and brings these rows to the present, in sets; it is safe to run twice. `title` says on
    screen what is gone through. `ended(subject's id)` is called with the last set, `gave_up(subject's id, code)` with
    the last try that failed. With a `cluster` it is done there and not by the pumps.
    """

    code: str
    title: str | Promise
    rows: Callable[[int], "QuerySet[Any]"]
    bring: Callable[[int, list[int]], None]
    at_once: int = 200
    ended: Callable[[int], None] | None = None
    gave_up: Callable[[int, str], None] | None = None
    cluster: str = PUMPS


def declared_works() -> dict[str, WorkKind]:
    """Every kind of every app's works.py, by code."""
    return {kind.code: kind for module in declared("works") for kind in module.WORKS}


def ask(code: str, *, because_of: Event) -> None:
    """Have the work done about the event's subject: by what is committed together with this.

    One that waits already does it too; one that is under way begins anew at its next set. Nobody is waited for.
    """
    about = LongWork.objects.filter(
        kind=code, subject_type=because_of.subject_type, subject_id=because_of.subject_id
    )
    note(gettext_noop("Long work was asked for"))
    # Held until the caller commits: it begins after that.
    if about.filter(state=WorkState.WAITING).select_for_update(skip_locked=True).exists():
        return
    about.filter(state=WorkState.FAILED).update(state=WorkState.OVERTAKEN)
    LongWork.objects.create(
        kind=code,
        subject_type=because_of.subject_type,
        subject_id=because_of.subject_id,
        asked_by=because_of.by,
        because_of=because_of,
    )
    if declared_works()[code].cluster:
        # Nobody waits for the minute's turn.
        transaction.on_commit(lambda: async_task("core.jobs.tasks.work", cluster=SLOW))


def run_due(cluster: str = PUMPS) -> int:
    """Do one set of one work that is due here; 0 when none is. Several processes share the works, never one work."""
    with transaction.atomic():
        work = _claimed(cluster)
        if work is None:
            return 0
        _advance(work)
        work.save()
        return 1


def _claimed(cluster: str) -> LongWork | None:
    elsewhere = [code for code, kind in declared_works().items() if kind.cluster != cluster]
    same = LongWork.objects.filter(
        kind=OuterRef("kind"),
        subject_type=OuterRef("subject_type"),
        subject_id=OuterRef("subject_id"),
        state__in=WorkState.unfinished,
    )
    return (
        LongWork.objects.exclude(kind__in=elsewhere)
        .filter(
            ~Exists(same.filter(pk__lt=OuterRef("pk"))),
            state__in=WorkState.unfinished,
            next_try_at__lte=timezone.now(),
        )
        .annotate(is_overtaken=Exists(same.filter(pk__gt=OuterRef("pk"))))
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("because_of")
        .order_by("next_try_at", "id")
        .first()
    )


def _advance(work: Any) -> None:
    """Begin it, do its next set, or end it. The caller stores it."""
    kind = declared_works().get(work.kind)
    now = timezone.now()
    work.next_try_at = now
    if kind is None:
        work.state, work.error, work.done_at = WorkState.FAILED, "unknown_kind", now
    elif work.is_overtaken:
        work.state, work.done_at = WorkState.OVERTAKEN, now
    elif work.state == WorkState.WAITING:
        work.state, work.began_at, work.total = WorkState.RUNNING, now, kind.rows(work.subject_id).count()
    else:
        try:
            with following(work.because_of), reading_once(), transaction.atomic():
                ids = _next_set(kind, work)
                if ids:
                    kind.bring(work.subject_id, ids)
                elif kind.ended is not None:
                    kind.ended(work.subject_id)
        except Exception as error:
            if _is_gone(error):
                raise
            _failed(work, error)
            if work.state == WorkState.FAILED and kind.gave_up is not None:
                kind.gave_up(work.subject_id, work.error)
        else:
            _went_through(work, ids)


def _next_set(kind: WorkKind, work: LongWork) -> list[int]:
    rows = kind.rows(work.subject_id).filter(pk__gt=work.bookmark).order_by("pk")
    return list(rows.values_list("pk", flat=True)[: kind.at_once])


def _went_through(work: LongWork, ids: list[int]) -> None:
    work.attempts, work.error = 0, ""
    if not ids:
        work.state, work.done_at, work.total = WorkState.DONE, timezone.now(), work.done
        return
    work.bookmark, work.done = ids[-1], work.done + len(ids)
    # Rows that came meanwhile are gone through, too.
    work.total = max(work.total or 0, work.done)


def _failed(work: LongWork, error: Exception) -> None:
    """The set was undone; it is tried again, and at last waits for a person."""
    work.attempts += 1
    work.error = (error.code if isinstance(error, DomainError) else type(error).__name__)[:120]
    logger.error("long work %s failed: %s", work.pk, work.error)
    if work.attempts >= MOST_ATTEMPTS:
        work.state, work.done_at = WorkState.FAILED, timezone.now()
    else:
        work.next_try_at = timezone.now() + timedelta(seconds=2**work.attempts)


def _is_gone(error: Exception) -> bool:
    connection = transaction.get_connection().connection
    return isinstance(error, OperationalError | InterfaceError) and (connection is None or connection.closed)

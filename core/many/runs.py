"""A run over many rows: drafted, asked for once, taken row by row, and taken back.

Each row is its own transaction, and what became of it is written in it: whoever is killed in the middle has neither
lost a row nor done one twice. A few are done at once, many by the pumps.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Model, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import seen
from core.admin.steps import sentence
from core.errors import Forbidden, Refused
from core.history.context import acting
from core.jobs.models import LongWork
from core.many.declaring import ManyStep, plain, step_of
from core.many.models import ManyRow, ManyRun, RowState
from core.middleware import as_domain_error

WORK = "core.many"
# More than anybody looks through before saying yes.
MOST = 2000
# So many are done while one waits for the answer.
AT_ONCE = 20
# What an answer that was cut off left over, the pumps take up after this.
GRACE = timedelta(seconds=30)
logger = logging.getLogger(__name__)
_running: ContextVar[ManyRun | None] = ContextVar("core.many", default=None)


def draft(*, step: ManyStep, rows: Sequence[Model], by: Any, takes_back: ManyRun | None = None) -> ManyRun:
    """Keep what was chosen, and how it was seen; nothing happens to it. Refused: nothing_chosen, too_many."""
    if not rows:
        raise Refused("nothing_chosen", _("Nothing was chosen."))
    versions = {row.pk: seen.version_of(row) for row in rows}
    return _drafted(type(rows[0]), step, versions, by=by, takes_back=takes_back)


def _drafted(
    model: type[Model], step: ManyStep, versions: Mapping[int, str], *, by: Any, takes_back: ManyRun | None
) -> ManyRun:
    if len(versions) > MOST:
        raise Refused(
            "too_many",
            _("At most %(most)s can be done in one go: narrow the list down.") % {"most": MOST},
        )
    with transaction.atomic():
        run = ManyRun.objects.create(
            model=model._meta.label_lower,
            step=step.name,
            by=by,
            by_name=str(by)[:150],
            language=translation.get_language() or "",
            takes_back=takes_back,
        )
        ManyRow.objects.bulk_create(
            ManyRow(run=run, row_id=pk, version=version) for pk, version in versions.items()
        )
    return run


def ask(
    *,
    run_id: int,
    by: Any,
    values: Mapping[str, Any],
    left_out: Mapping[int, object],
    each: Mapping[int, dict[str, Any]],
) -> ManyRun:
    """Say yes: those of `left_out` stay as they are for the reason given, the others take their turn.

    Asked a second time it is the same run. A few are done when this returns, many follow.
    Forbidden: not_permitted. Refused: nobody_left.
    """
    with transaction.atomic():
        run = ManyRun.objects.select_for_update(of=("self",)).get(pk=run_id)
        if run.by_id != by.pk:
            raise Forbidden("not_permitted", _("Somebody else has chosen these rows."))
        if run.asked_at is not None:
            return run
        rows = list(run.rows.all())
        for row in rows:
            if row.row_id in left_out:
                row.state, row.code = RowState.LEFT_OUT, "left_out"
                row.said, row.at = str(left_out[row.row_id])[:300], timezone.now()
            else:
                row.values = plain(each[row.row_id]) if row.row_id in each else None
        waiting = sum(row.state == RowState.WAITING for row in rows)
        if not waiting:
            raise Refused("nobody_left", _("There is nobody left to whom this could be done."))
        ManyRow.objects.bulk_update(rows, ["state", "code", "said", "at", "values"], batch_size=500)
        run.values, run.asked_at = plain(values), timezone.now()
        run.save(update_fields=["values", "asked_at"])
        is_small = waiting <= AT_ONCE
        LongWork.objects.create(
            kind=WORK,
            subject_type=ManyRun._meta.label_lower,
            subject_id=run.pk,
            asked_by=run.by_name[:80],
            next_try_at=timezone.now() + (GRACE if is_small else timedelta()),
        )
    if is_small:
        _go(run)
    return run


def waiting(run_id: int) -> "QuerySet[ManyRow]":
    """The rows whose turn has not come."""
    return ManyRow.objects.filter(run=run_id, state=RowState.WAITING)


def bring(run_id: int, ids: Iterable[int]) -> None:
    """Take the step on these rows of the run, each for itself. Safe to run twice."""
    for pk in ids:
        _take(pk)


def _go(run: ManyRun) -> None:
    """All of a small run, now; where the database gives way, the pumps go on."""
    for pk in waiting(run.pk).order_by("pk").values_list("pk", flat=True):
        try:
            _take(pk)
        except (OperationalError, InterfaceError):
            logger.warning("run %s goes on in the background", run.pk)
            return


def _take(pk: int) -> None:
    with transaction.atomic():
        row = ManyRow.objects.select_for_update(of=("self",)).select_related("run__by").get(pk=pk)
        if row.state != RowState.WAITING:
            return
        with translation.override(row.run.language):
            _have_its_turn(row)
        row.at = timezone.now()
        row.save(update_fields=["state", "code", "said", "after", "at"])


def _have_its_turn(row: ManyRow) -> None:
    """Take the step on one row, and note what became of it. What the database gives way to is tried again by others."""
    step, model = step_of(row.run.model, row.run.step), apps.get_model(row.run.model)
    row.state = RowState.REFUSED
    if step is None or row.run.by is None:
        row.code, row.said = "unknown_step", gettext("There is no such step any more.")
        return
    try:
        with (
            transaction.atomic(),
            seen.as_seen(model(pk=row.row_id), row.version),
            _acting(row.run),
            _within(row.run),
        ):
            step.take(row.run.by, row.row_id, row.asked)
            row.after = seen.version_of(seen.without_bytes(model._base_manager.all()).get(pk=row.row_id))
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        domain = as_domain_error(error)
        if domain is None:
            logger.exception("run %s: row %s", row.run_id, row.row_id)
            row.code = type(error).__name__[:60]
            row.said = gettext("This is a fault of ours; it is written down for the administrator.")
            return
        row.code, row.said = domain.code[:60], str(sentence(error))[:300]
    else:
        row.state = RowState.DONE


def _acting(run: ManyRun) -> AbstractContextManager[None]:
    """In the history it is whoever said yes, by this run, for its reason."""
    said = (str(run.values.get(name) or "") for name in ("reason", "why"))
    return acting(source=f"many:{run.pk}", by=run.by_id, why=" · ".join(filter(None, said)))


@contextmanager
def _within(run: ManyRun) -> Iterator[None]:
    token = _running.set(run)
    try:
        yield
    finally:
        _running.reset(token)


def running() -> ManyRun | None:
    """The run whose step is being taken here, where it is taken on more than one row."""
    run = _running.get()
    if run is None:
        return None
    taken = ManyRow.objects.filter(run=run).exclude(state=RowState.LEFT_OUT)
    return run if len(taken.values_list("pk")[:2]) > 1 else None


def counts(run: ManyRun) -> dict[str, int]:
    """How many rows stand in which state, each state named."""
    found = dict.fromkeys(RowState.values, 0)
    found |= dict(run.rows.order_by().values_list("state").annotate(n=Count("pk")))
    return found


def take_back(*, run_id: int, by: Any) -> ManyRun:
    """A draft that brings back what the run did, as far as it still stands as the run left it. Twice it is the same.

    Refused: not_taken_back where the step cannot be, nothing_chosen where it did nothing.
    """
    with transaction.atomic():
        run = ManyRun.objects.select_for_update(of=("self",)).get(pk=run_id)
        known = ManyRun.objects.filter(takes_back=run).first()
        if known is not None and (known.asked_at is not None or known.by_id == by.pk):
            return known
        if known is not None:
            known.delete()  # somebody else looked at it and went away
        step = step_of(run.model, run.step)
        undo = step_of(run.model, step.undo) if step and step.undo else None
        if undo is None or waiting(run.pk).exists():
            raise Refused("not_taken_back", _("This cannot be taken back as a whole."))
        versions = dict(run.rows.filter(state=RowState.DONE).values_list("row_id", "after"))
        if not versions:
            raise Refused("nothing_chosen", _("Nothing was done that could be taken back."))
        return _drafted(apps.get_model(run.model), undo, versions, by=by, takes_back=run)

"""Changing the key while the suite runs: asked for by an administrator, done table by table as long work."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Refused
from core.jobs import works
from core.jobs.models import LongWork
from core.sealed import registry, resealing, ring, tallies
from core.sealed.models import SealedTable, SealingKey
from core.sealed.signals import sealing_asked

RESEAL = "sealed.reseal"


def require_keeper(person: Any) -> None:
    """Forbidden for anybody but an active administrator."""
    if not (getattr(person, "is_superuser", False) and person.is_active):
        raise Forbidden("not_permitted", _("Only an administrator may do this."))


def under_way() -> QuerySet[LongWork]:
    """Tables that are being sealed anew, or could not be."""
    return LongWork.objects.owed().filter(kind=RESEAL)


def rotate(*, by: Any) -> str:
    """A new key, and every table is sealed under it; its number. Older keys are retired when none has a value any more.

    1. The new key is in the ring, and known to the database, before anything is sealed under it.
    2. One long work for each table; the number of the key stands in its event.
    Cut off between the two, `go_on` asks for what is left. Forbidden: not_permitted. Refused: sealing_under_way.
    """
    require_keeper(by)
    _require_none_under_way()
    number = ring.add_key()
    registry.keep()
    _ask(tallies.tables(), by=by)
    return number


def go_on(*, by: Any) -> int:
    """Every table that has values plain or under an older key, or was not counted since the present one is known, is
    asked for again; how many. Forbidden: not_permitted. Refused: sealing_under_way."""
    require_keeper(by)
    _require_none_under_way()
    present = ring.ring().present
    since = SealingKey.objects.get(pk=present).known_at
    stale = [tally.table for tally in tallies.known() if _has_others(tally, present, since=since)]
    _ask(stale, by=by)
    return len(stale)


def rows_of(table_id: int) -> QuerySet[Any]:
    """All rows of the table: by their ids the work goes."""
    return SealedTable.objects.get(pk=table_id).model._base_manager.all()


def bring(table_id: int, ids: list[int]) -> None:
    """Seal these rows under the present key; what is sealed so already is left alone. One SELECT, one UPDATE."""
    model = SealedTable.objects.get(pk=table_id).model
    resealing.seal_rows(model, resealing.sealed_columns(model), ids)


def ended(table_id: int) -> None:
    """The table is counted. With the last one all are, and the keys that no value has are retired."""
    if under_way().exclude(subject_id=table_id).exists():
        tallies.count(SealedTable.objects.get(pk=table_id))
    else:
        registry.retire(set(ring.ring().keys) - {ring.ring().present} - tallies.count_all().keys())


def _has_others(tally: tallies.Tally, present: str, *, since: datetime) -> bool:
    """Whether the table has values plain or under an older key, or was not counted since the present key is known."""
    if tally.by_key is None or (tally.counted_at is not None and tally.counted_at < since):
        return True
    return bool(set(tally.by_key) - {present})


def _require_none_under_way() -> None:
    if LongWork.objects.filter(kind=RESEAL, state__in=("waiting", "running")).exists():
        raise Refused(
            "sealing_under_way", _("Values are being sealed anew already. Please wait until that is done.")
        )


def _ask(tables: Iterable[SealedTable], *, by: Any) -> None:
    with transaction.atomic():
        for table in tables:
            event = sealing_asked.emit(
                subject=table, facts={"key": ring.ring().present}, by=by.get_username()
            )
            works.ask(RESEAL, because_of=event)

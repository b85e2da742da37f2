"""How many values each key has sealed, table by table: counted by a job, since counting reads whole tables.

A small table is counted as it is asked for; of a large one stands what the last count found, and when.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils import timezone

from core.counts import REACH
from core.sealed import resealing
from core.sealed.models import SealedTable


@dataclass(frozen=True, slots=True)
class Tally:
    """One table: how many values each key has sealed, "" those that stand plain; and since when that is known, None
    for what was counted just now. `by_key` is None where nobody has counted yet."""

    table: SealedTable
    by_key: dict[str, int] | None
    counted_at: datetime | None = None


def known() -> Iterator[Tally]:
    """Every table, by its label. One statement, and two for each table that is small."""
    for table in tables():
        if _is_small(table.model):
            yield Tally(table, resealing.counted_in(table.model))
        else:
            yield Tally(table, table.values_by_key, table.counted_at)


def count(table: SealedTable) -> dict[str, int]:
    """Count one table, keep what was found, and answer it. One statement for each column reads the whole table."""
    began = timezone.now()
    found = resealing.counted_in(table.model)
    # A count that began later knows better.
    older = models.Q(counted_at=None) | models.Q(counted_at__lt=began)
    SealedTable.objects.filter(older, pk=table.pk).update(values_by_key=found, counted_at=began)
    return found


def count_all() -> dict[str, int]:
    """Count every table; how many values each key has sealed in all."""
    return resealing.summed(count(table) for table in tables())


def tables() -> Iterator[SealedTable]:
    """Those that still have sealed columns; a table that was taken out of the code is none."""
    present = {model._meta.label_lower for model, _fields in resealing.columns()}
    return (table for table in SealedTable.objects.all() if table.label in present)


def _is_small(model: type[models.Model]) -> bool:
    return model._base_manager.order_by().values("pk")[: REACH + 1].count() <= REACH

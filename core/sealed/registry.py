"""The database knows by number which keys it needs: a start without one of them is refused, and nothing is written."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.utils import timezone

from core.sealed import resealing, ring
from core.sealed.models import SealedTable, SealingKey


def keep(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After every migration, and when a key was added: the keys of the ring are known here, and
    which tables have sealed columns. Refused as `require`."""
    if using != DEFAULT_DB_ALIAS or not _is_there():
        return
    require()
    known = set(SealingKey.objects.values_list("number", flat=True))
    SealingKey.objects.bulk_create(
        [SealingKey(number=number) for number in ring.numbers() if number not in known], ignore_conflicts=True
    )
    if _is_there(SealedTable._meta.db_table):
        labels = [model._meta.label_lower for model, _fields in resealing.columns()]
        SealedTable.objects.bulk_create([SealedTable(label=label) for label in labels], ignore_conflicts=True)


def require() -> None:
    """The ring holds every key that values of this database may need. Two statements.

    Refused: key_ring_missing, key_ring_unreadable, sealing_key_missing.
    """
    if not _is_there():
        return
    held = set(ring.numbers())
    wanted = SealingKey.objects.filter(retired_at=None).order_by("number").values_list("number", flat=True)
    if lacking := [number for number in wanted if number not in held]:
        raise ring.missing(lacking)


def retire(unused: set[str]) -> list[str]:
    """Nothing is sealed under these keys any more: known, and no longer needed. Those that were needed until now."""
    needed = SealingKey.objects.filter(number__in=unused, retired_at=None)
    numbers = sorted(needed.values_list("number", flat=True))
    needed.update(retired_at=timezone.now())
    return numbers


def _is_there(table: str = ring.REGISTRY) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        return bool(cursor.fetchone()[0])

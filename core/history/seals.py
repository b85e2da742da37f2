"""The chain of days: each day's changes get a digest that holds the one of the day before.

Whoever rewrites a change that was sealed must make every later day's digest anew; the copy that was exported before
shows it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core.days import midnight
from core.history.models import Change, Seal
from core.history.opening import opened
from core.history.retention import DAYS
from core.trouble import wall

# What began before midnight has ended by then.
SEALED_AFTER = timedelta(minutes=30)
# Of an erased change the digest that it had stands in its row.
DIGEST = """
    coalesce(erased, sha256(convert_to(concat_ws(chr(31),
        id, (extract(epoch FROM at) * 1000000)::bigint, model, object_id, did, coalesce(before::text, ''),
        coalesce(after::text, ''), coalesce(unseen::text, ''), coalesce(by_id::text, ''), party, source, why, together
    ), 'UTF8')))
"""
_DAY = f"""
    SELECT count(*), min(id), max(id), count(erased),
        encode(sha256(coalesce(string_agg({DIGEST}, ''::bytea ORDER BY id), ''::bytea)), 'hex')
    FROM history_change WHERE at >= %s AND at < %s
"""  # noqa: S608 -- of the texts of this module


@dataclass(frozen=True, slots=True)
class Broken:
    """A day whose seal does not hold: `what` is rows, chain, missing or copy."""

    day: date
    what: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What counting again found: days, changes in them, erased ones among these, and what is broken."""

    days: int
    changes: int
    erased: int
    broken: list[Broken]


@dataclass(frozen=True, slots=True)
class _Day:
    count: int
    first: int | None
    last: int | None
    erased: int
    rows: str

    def digest(self, day: date, previous: str) -> str:
        """The day's digest behind that of the day before."""
        return hashlib.sha256(
            f"{previous}\n{day.isoformat()}\n{self.count}\n{self.rows}".encode()
        ).hexdigest()


def seal_days() -> int:
    """Seal every day that is over, from the first one with changes on, each in a transaction of its own; how many.

    Over by every clock: what is written after one was set forward belongs to the same day, and would break its seal.
    """
    over = timezone.localdate(wall.earliest() - SEALED_AFTER)
    sealed = 0
    while (day := _next()) is not None and day < over:
        with transaction.atomic():
            last = Seal.objects.order_by("-day").values_list("digest", flat=True).first() or ""
            found = _read(day)
            Seal.objects.create(
                day=day,
                count=found.count,
                first=found.first,
                last=found.last,
                digest=found.digest(day, last),
                previous=last,
            )
        sealed += 1
    _let_go(over)
    return sealed


def check(*, since: date | None = None, copy: Iterable[dict[str, Any]] = ()) -> Checked:
    """Count every sealed day again, and compare with the seals, the chain, and a copy that was exported before.

    One statement for each day, and one for all seals. Days that retention has let go are held to the chain alone.
    """
    exported = {each["day"]: each["digest"] for each in copy}
    broken: list[Broken] = []
    days = changes = erased = 0
    before: Seal | None = None
    for seal in Seal.objects.order_by("day"):
        if before is not None and seal.day != before.day + timedelta(days=1):
            broken.append(Broken(before.day + timedelta(days=1), "missing"))
        if before is not None and seal.previous != before.digest:
            broken.append(Broken(seal.day, "chain"))
        if exported.pop(seal.day.isoformat(), seal.digest) != seal.digest:
            broken.append(Broken(seal.day, "copy"))
        before = seal
        if since is not None and seal.day < since:
            continue
        days += 1
        if seal.dropped_at is None:
            found = _read(seal.day)
            changes, erased = changes + found.count, erased + found.erased
            if found.digest(seal.day, seal.previous) != seal.digest:
                broken.append(Broken(seal.day, "rows"))
    broken += [Broken(date.fromisoformat(day), "copy") for day in exported]
    return Checked(days, changes, erased, broken)


def exported() -> Iterator[dict[str, Any]]:
    """The chain as it is kept outside: a line for each day."""
    for seal in Seal.objects.order_by("day").iterator():
        yield {
            "day": seal.day.isoformat(), "count": seal.count, "first": seal.first, "last": seal.last,
            "digest": seal.digest, "previous": seal.previous,
        }  # fmt: skip


def changes_of(day: date) -> Iterator[dict[str, Any]]:
    """A day's changes as they are kept outside, each with its digest."""
    rows = Change.objects.filter(at__gte=midnight(day), at__lt=midnight(day + timedelta(days=1))).order_by(
        "id"
    )
    for one in rows.extra(select={"digest": f"encode({DIGEST}, 'hex')"}).iterator():  # noqa: S610 -- as above
        yield {
            "id": one.pk, "at": one.at.isoformat(), "model": one.model, "object": one.object_id, "did": one.did,
            "before": one.before, "after": one.after, "unseen": one.unseen, "by": one.by_id, "party": one.party,
            "source": one.source, "why": one.why, "together": one.together, "digest": one.digest,
        }  # fmt: skip


def _next() -> date | None:
    last = Seal.objects.order_by("-day").values_list("day", flat=True).first()
    if last is not None:
        return last + timedelta(days=1)
    first = Change.objects.order_by("id").values_list("at", flat=True).first()
    return None if first is None else timezone.localdate(first)


def _let_go(today: date) -> None:
    """Days whose first change retention takes tonight are held to their seal from now on."""
    with opened():
        Seal.objects.filter(day__lte=today - timedelta(days=DAYS), dropped_at=None).update(
            dropped_at=timezone.now()
        )


def _read(day: date) -> _Day:
    with connection.cursor() as cursor:
        cursor.execute(_DAY, [midnight(day), midnight(day + timedelta(days=1))])
        return _Day(*cursor.fetchone())

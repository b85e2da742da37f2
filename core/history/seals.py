"""The chain of seals: each night the changes since the seal before get a digest that holds the one of that seal.

Whoever rewrites a change that was sealed must make every later digest anew; the copy that was exported before shows it.

A seal holds its changes by their numbers, which only grow. Their times are the clock's, and what is written while that
is set back carries a day that may be sealed already: it belongs to the seal that comes next.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.days import midnight
from core.history.models import Change, Seal
from core.history.opening import opened
from core.history.retention import DAYS
from core.trouble import wall

ONE_DAY = timedelta(days=1)
# A number and its time are taken in the same moment; two machines that take over from each other differ by less.
NEAR = timedelta(minutes=5)
# A transaction of the suite takes seconds.
SETTLED_WITHIN, LOOKED_EVERY = 60.0, 0.2
# Of an erased change the digest that it had stands in its row.
DIGEST = """
    coalesce(erased, sha256(convert_to(concat_ws(chr(31),
        id, (extract(epoch FROM at) * 1000000)::bigint, model, object_id, did, coalesce(before::text, ''),
        coalesce(after::text, ''), coalesce(unseen::text, ''), coalesce(by_id::text, ''), party, source, why, together
    ), 'UTF8')))
"""
_HELD = f"""
    SELECT count(*), count(erased), count(*) FILTER (WHERE at < %s OR at >= %s), min(at),
        encode(sha256(coalesce(string_agg({DIGEST}, ''::bytea ORDER BY id), ''::bytea)), 'hex')
    FROM history_change WHERE id BETWEEN %s AND %s
"""  # noqa: S608 -- of the texts of this module
_HANDED_OUT = """
    SELECT last_value, pg_snapshot_xmax(pg_current_snapshot())::text::numeric FROM history_change_id_seq
"""
_IS_AT_WORK = """
    SELECT count(*) FROM pg_snapshot_xip(pg_current_snapshot()) AS each (xid) WHERE each.xid::text::numeric < %s
"""

# What is wrong with a day, in words.
WRONG: dict[str, Promise] = {
    "rows": _("its changes are not those that were sealed"),
    "chain": _("it does not follow from the day before"),
    "missing": _("its seal is missing"),
    "copy": _("its seal is not the one that was exported"),
    "dated": _("changes in it carry another day, and no clock was set"),
}


class NotSettled(Exception):
    """Something writes for longer than the seal waits: the job fails, and the next one seals what is left."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A day whose seal does not hold: `what` is a key of `WRONG`."""

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
class _Changes:
    """`otherwise`: how many carry another day than the seal's; `earliest`: the first time that one carries."""

    count: int
    erased: int
    otherwise: int
    earliest: datetime | None
    rows: str

    def digest(self, day: date, previous: str) -> str:
        """The day's digest behind that of the day before."""
        return hashlib.sha256(
            f"{previous}\n{day.isoformat()}\n{self.count}\n{self.rows}".encode()
        ).hexdigest()


def seal_days() -> int:
    """Seal every day that is over by every clock, from the first one with changes on, each in a transaction of its own;
    how many.

    What was written until then and carries no later day is its own. NotSettled: something is still being written.
    """
    over = timezone.localdate(wall.earliest())
    before = Seal.objects.order_by("-day").first()
    day = _first_day() if before is None else before.day + ONE_DAY
    sealed = 0
    if day is not None and day < over:
        settled, times_set = _settled(), wall.times_set()
        while day < over:
            before = _seal(day, before, settled, times_set)
            day += ONE_DAY
            sealed += 1
    _let_go(over)
    return sealed


def check(*, since: date | None = None, copy: Iterable[dict[str, Any]] = ()) -> Checked:
    """Count every sealed day again, and compare with the seals, the chain, and a copy that was exported before.

    One statement for each day, and three besides. Days that retention has let go are held to the chain alone. Changes
    that carry a day which was sealed before they were written are right while a clock was set, and wrong without.
    """
    exported = {each["day"]: each["digest"] for each in copy}
    broken: list[Broken] = []
    days = changes = erased = 0
    before: Seal | None = None
    for seal in Seal.objects.order_by("day"):
        if before is not None and seal.day != before.day + ONE_DAY:
            broken.append(Broken(before.day + ONE_DAY, "missing"))
        if before is not None and (seal.previous, seal.first) != (before.digest, before.last + 1):
            broken.append(Broken(seal.day, "chain"))
        if exported.pop(seal.day.isoformat(), seal.digest) != seal.digest:
            broken.append(Broken(seal.day, "copy"))
        times_set = before.times_set if before else 0
        before = seal
        if since is not None and seal.day < since:
            continue
        days += 1
        if seal.dropped_at is None:
            found = _read(seal.day, seal.first, seal.last)
            changes, erased = changes + found.count, erased + found.erased
            if found.digest(seal.day, seal.previous) != seal.digest:
                broken.append(Broken(seal.day, "rows"))
            elif found.otherwise and seal.times_set == times_set:
                broken.append(Broken(seal.day, "dated"))
    if before is not None and _is_dated_back(before):
        broken.append(Broken(before.day + ONE_DAY, "dated"))
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
    """A day's changes as they are kept outside, each with its digest; of a sealed day those that its seal holds."""
    seal = Seal.objects.filter(day=day).first()
    rows = Change.objects.order_by("id")
    if seal is None:
        rows = rows.filter(at__gte=midnight(day), at__lt=midnight(day + ONE_DAY))
    else:
        rows = rows.filter(pk__range=(seal.first, seal.last))
    for one in rows.extra(select={"digest": f"encode({DIGEST}, 'hex')"}).iterator():  # noqa: S610 -- as above
        yield {
            "id": one.pk, "at": one.at.isoformat(), "model": one.model, "object": one.object_id, "did": one.did,
            "before": one.before, "after": one.after, "unseen": one.unseen, "by": one.by_id, "party": one.party,
            "source": one.source, "why": one.why, "together": one.together, "digest": one.digest,
        }  # fmt: skip


def _first_day() -> date | None:
    first = Change.objects.order_by("id").values_list("at", flat=True).first()
    return None if first is None else timezone.localdate(first)


def _settled() -> int:
    """The last number that was handed out, once all who wrote then are done: no change with a lower one comes later."""
    ends = time.monotonic() + SETTLED_WITHIN
    with connection.cursor() as cursor:
        cursor.execute(_HANDED_OUT)
        number, next_one = cursor.fetchone()
        while _value(cursor, _IS_AT_WORK, next_one):
            if time.monotonic() > ends:
                raise NotSettled(f"for {SETTLED_WITHIN:.0f} s something has been writing")
            time.sleep(LOOKED_EVERY)
    return int(number)


def _value(cursor: Any, statement: str, *params: Any) -> Any:
    cursor.execute(statement, params)
    return cursor.fetchone()[0]


def _seal(day: date, before: Seal | None, settled: int, times_set: int) -> Seal:
    first, previous = (before.last + 1, before.digest) if before else (1, "")
    with transaction.atomic():
        its = Change.objects.filter(pk__range=(first, settled), at__lt=midnight(day + ONE_DAY))
        last = its.aggregate(last=Max("pk"))["last"] or first - 1
        found = _read(day, first, last)
        return Seal.objects.create(
            day=day,
            count=found.count,
            first=first,
            last=last,
            earliest=found.earliest,
            times_set=times_set,
            digest=found.digest(day, previous),
            previous=previous,
        )


def _read(day: date, first: int, last: int) -> _Changes:
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [midnight(day) - NEAR, midnight(day + ONE_DAY) + NEAR, first, last])
        return _Changes(*cursor.fetchone())


def _is_dated_back(last: Seal) -> bool:
    """Whether something that is not sealed yet carries a day that is, and no clock was set."""
    begins = midnight(last.day + ONE_DAY) - NEAR
    return (
        Change.objects.filter(pk__gt=last.last, at__lt=begins).exists() and wall.times_set() == last.times_set
    )


def _let_go(today: date) -> None:
    """Days whose first change retention takes tonight are held to their seal from now on."""
    goes = midnight(today - timedelta(days=DAYS - 1))
    with opened():
        Seal.objects.filter(earliest__lt=goes, dropped_at=None).update(dropped_at=timezone.now())

"""Looking, and mending what was found."""

import logging
import time
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.checks.declaring import Found, Invariant, declared_invariants
from core.checks.models import Check
from core.errors import DomainError, Forbidden, NotFound

# So many rows are kept of a look, and so many are mended in one go.
SHOWN = 100
# Beyond these nobody needs the last digit.
MOST_COUNTED = 10_000
# The longest that one statement of a look may take: by night nobody waits, and nothing else may wait for it.
STATEMENT_SECONDS = 60
logger = logging.getLogger(__name__)


def check_all(*, by: str = "") -> int:
    """Look at every promise, each in a transaction of its own; how many are broken or could not be looked at.

    What is declared no longer is no promise any more: its last look is no latest one.
    """
    promises = declared_invariants()
    Check.objects.latest_of_each().exclude(code__in=promises).update(is_latest=False)
    return sum(check(one, by=by).is_red for one in promises.values())


def check(invariant: Invariant, *, by: str = "") -> Check:
    """Look at one promise and keep what was found; an error of the look itself is kept, too, and is red."""
    began, error = time.monotonic(), ""
    found: list[dict[str, Any]] = []
    counted: int | None = None
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('statement_timeout', %s, true)", [f"{STATEMENT_SECONDS * 1000}"]
                )
            found, counted = _look(invariant)
            # A test's look shares its transaction with others.
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except Exception as raised:  # noqa: BLE001 -- one look that fails keeps nobody from the others
        error = (raised.code if isinstance(raised, DomainError) else type(raised).__name__)[:120]
        logger.error("data check %s failed: %s", invariant.code, error)
    now, seconds = timezone.now(), round(time.monotonic() - began, 3)
    with transaction.atomic():
        last = (
            Check.objects.select_for_update().filter(code=invariant.code, is_latest=True).order_by().first()
        )
        if last is not None:
            Check.objects.filter(pk=last.pk).update(is_latest=False)
        is_red = counted is None or counted > 0
        since = (last.broken_since if last else None) or now
        return Check.objects.create(
            code=invariant.code,
            at=now,
            seconds=seconds,
            count=None if counted is None else min(counted, MOST_COUNTED),
            is_more=counted is not None and counted > MOST_COUNTED,
            rows=found,
            error=error,
            by=by,
            broken_since=since if is_red else None,
        )


def repair(*, code: str, by: Any) -> tuple[int, int]:
    """Mend the rows that the last look kept, each through its own service, then look again: (mended, left).

    Each row is its own transaction; what a service refuses is left for a person. Forbidden: anybody but the lead.
    NotFound: a promise that nobody declares, or one that only a person can mend.
    """
    require_keeper(by)
    invariant = declared_invariants().get(code)
    if invariant is None or invariant.repair is None:
        raise NotFound("no_repair", _("This is mended by a person."))
    last = Check.objects.latest_of_each().filter(code=code).first()
    mended = 0
    for row in last.rows if last is not None else ():
        try:
            with transaction.atomic():
                invariant.repair(int(row["key"]))
            mended += 1
        except Exception as raised:  # noqa: BLE001 -- what is wrong with one row stays with it
            logger.error("data check %s: row %s was not mended: %s", code, row["key"], type(raised).__name__)
    again = check(invariant, by=by.get_username())
    return mended, again.count or 0


def check_now(*, code: str, by: Any) -> Check:
    """Look at one promise at once. Forbidden: anybody but the lead; NotFound: unknown."""
    require_keeper(by)
    invariant = declared_invariants().get(code)
    if invariant is None:
        raise NotFound("unknown_promise", _("Nobody promises this any more."))
    return check(invariant, by=by.get_username())


def require_keeper(person: Any) -> None:
    """Forbidden for anybody but an active lead: what is found is about everybody."""
    if not (person.is_authenticated and person.is_active and person.keeps_house):
        raise Forbidden("lead_only", _("Only the HR lead may do this."))


def _look(invariant: Invariant) -> tuple[list[dict[str, Any]], int]:
    """The first rows, and how many there are: at most one more than MOST_COUNTED."""
    if invariant.rows is not None:
        rows = invariant.rows().order_by("pk")
        label = rows.model._meta.label_lower
        keys = list(rows.values_list("pk", flat=True)[: MOST_COUNTED + 1])
        return [_kept(Found(label, key)) for key in keys[:SHOWN]], len(keys)
    assert invariant.look is not None  # noqa: S101 -- one of the two is there
    found = list(islice(invariant.look(), MOST_COUNTED + 1))
    return [_kept(one) for one in found[:SHOWN]], len(found)


def _kept(found: Found) -> dict[str, Any]:
    return {"model": found.model, "key": found.key, "name": found.name}

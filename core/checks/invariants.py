"""What the ground promises: nothing is owed for long, the history holds, numbers are handed out once."""

from collections.abc import Iterator
from datetime import timedelta

import pgtrigger.registry as guards
from django.apps import apps
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.checks.declaring import Found, Invariant
from core.events.models import Reaction, ReactionState
from core.events.relay import run_again
from core.history import seals, triggers
from core.jobs.models import LongWork, WorkState

# A receiver is tried for some minutes; what is owed for longer, nobody tries any more.
OWED_FOR = timedelta(minutes=15)
LOOKED_BACK = timedelta(days=31)


def owed_reactions() -> QuerySet[Reaction]:
    """Reactions that failed, or that are pending for too long."""
    return Reaction.objects.filter(
        Q(state=ReactionState.FAILED)
        | Q(state=ReactionState.PENDING, event__at__lt=timezone.now() - OWED_FOR),
        ~Q(state=ReactionState.DONE),
    )


def stuck_works() -> QuerySet[LongWork]:
    """Long works that failed, or whose turn has been due for too long."""
    late = Q(state__in=WorkState.unfinished, next_try_at__lt=timezone.now() - OWED_FOR)
    return LongWork.objects.owed().filter(Q(state=WorkState.FAILED) | late)


def broken_seals() -> Iterator[Found]:
    """Days of the last month that are not as they were sealed."""
    for one in seals.check(since=timezone.localdate() - LOOKED_BACK).broken:
        yield Found(name=f"{one.day}: {seals.WRONG[one.what]}")


def missing_triggers() -> Iterator[Found]:
    """Triggers that the code declares and the database does not have, or has switched off."""
    for name in triggers.missing():
        yield Found(name=name)
    wanted = {(model._meta.db_table, trigger.get_pgid(model)) for model, trigger in guards.registered()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal"
        )
        standing = {(table.strip('"'), name): enabled for table, name, enabled in cursor.fetchall()}
    for table, name in sorted(wanted):
        if standing.get((table, name), "D") == "D":
            yield Found(name=f"{table}: {name}")


def sequences_behind() -> Iterator[Found]:
    """Tables whose next number was given out already: the next row could not be written."""
    for table, last, highest in _sequences():
        if highest is not None and highest > last:
            yield Found(name=f"{table}: {last} < {highest}")


def _sequences() -> Iterator[tuple[str, int, int | None]]:
    """(table, the number before the next one, the highest in use) of each table that hands out numbers."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            key = model._meta.pk
            if (
                not model._meta.managed
                or model._meta.proxy
                or key is None
                or key.column is None
                or key.remote_field
            ):
                continue
            # A table of one row, whose number its own rule says, hands none out.
            if any(getattr(one, "condition", None) == Q(pk=1) for one in model._meta.constraints):
                continue
            table, column = model._meta.db_table, key.column
            quoted = connection.ops.quote_name(table)
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quoted, column])
            if (name := cursor.fetchone()[0]) is None:
                continue
            # One that was set to a number and has handed out none yet hands out that number itself.
            cursor.execute(f"SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM {name}")  # noqa: S608
            last = cursor.fetchone()[0]
            cursor.execute(f"SELECT max({connection.ops.quote_name(column)}) FROM {quoted}")  # noqa: S608
            yield table, last, cursor.fetchone()[0]


INVARIANTS = [
    Invariant(
        code="core.owed",
        title=_("Whatever follows from an event has taken place a quarter of an hour later."),
        advice=_("Run it again; if it fails again, its error says what is in the way."),
        rows=owed_reactions,
        repair=lambda key: run_again(reaction_id=key),
    ),
    Invariant(
        code="core.works",
        title=_("Long work goes on by itself until it is done."),
        advice=_("Ask for it again on the page of what it is about."),
        rows=stuck_works,
    ),
    Invariant(
        code="core.seals",
        title=_("The history of the last month is as it was sealed."),
        advice=_(
            "Somebody rewrote the history in the database, or wrote into the past: compare with the exported copy"
            " of the seals."
        ),
        look=broken_seals,
    ),
    Invariant(
        code="core.triggers",
        title=_("The database's own guards stand and are switched on."),
        advice=_("Run manage.py migrate: it sets them up again."),
        look=missing_triggers,
    ),
    Invariant(
        code="core.sequences",
        title=_("The next number of every table is free."),
        advice=_("Rows were loaded past the suite: set the sequence with manage.py sqlsequencereset."),
        look=sequences_behind,
    ),
]

"""Tables that were counted before: what takes longer than a second is kept, and said with its moment.

Counting as it is asked stays the rule. What HR asked for and took longer than LIVE_SECONDS, or was broken off by the
web's limit, becomes a row: it answers at once from then on, as of its moment, and is counted anew every hour while
somebody reads it. Whoever sees a part only is always counted for as they ask.
"""

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from hashlib import sha256
from json import dumps
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task

from core.bounded import TOO_SLOW, TooSlow, as_bounded, takes_nothing
from core.errors import DomainError, Refused
from core.figures import Exclusion, Rate
from core.jobs.models import LongWork
from core.jobs.works import SLOW
from core.version import VERSION
from people.rules import is_hr
from reports.asking import REPORTS, asked_for, report_named
from reports.exclusions import Reason
from reports.lines import table_of
from reports.models import KeptTable
from reports.registry import Asked, Measure, Report, Row, Spread, Table, Value

if TYPE_CHECKING:
    from people.models import User

WORK = "reports.count_table"
# A table is counted anew and stays for so long after somebody read it last.
READ_WITHIN = timedelta(days=3)
# How old it is when it is counted anew, and how long one turn of the job goes on.
ANEW_AFTER, TURN_SECONDS = timedelta(minutes=50), 900.0
# When somebody read it last is noted this often; a counting ends after so long.
NOTED_EVERY, MOST_SECONDS = timedelta(minutes=10), 300


class BeingCounted(DomainError):
    """It takes longer than anybody waits: a job counts it."""

    status = 503

    def headers(self) -> dict[str, str]:
        """In a moment."""
        return {"Retry-After": "5"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A report as it can be shown: its table, where it is kept the row, or the row alone while nothing is counted."""

    table: Table | None
    kept: KeptTable | None = None

    @property
    def has_failed(self) -> bool:
        """Whether the job had to give up: nobody counts it before somebody asks for it anew."""
        return self.table is None and self.kept is not None and bool(self.kept.error)

    @property
    def is_being_counted(self) -> bool:
        """Whether a job counts it now."""
        return self.kept is not None and self.kept.wanted_at is not None


def opened(report: Report, asked: Asked, *, is_usual: bool) -> Opened:
    """The report: counted now, or kept. `is_usual`: without days in the address, which go along with the day.

    What is counted now and takes long is kept; what the web breaks off is given to a job. One statement more than
    counting. DomainError: what counting raises.
    """
    if not is_hr(asked.user) or asked.openings is not None:
        return Opened(table_of(report, asked))
    key, parameters = _key(report, asked, is_usual=is_usual)
    row = KeptTable.objects.filter(key=key).first()
    if row is None:
        return _counted(report, asked, key, parameters)
    _note_reader(row, asked.user)
    if row.error:
        return Opened(None, row)
    if row.content is None or (row.first, row.last) != (asked.first, asked.last):
        want(row, asked.user)
        return Opened(None, row)
    return Opened(_read(row, report, asked), row)


def table_for(report: Report, asked: Asked, *, is_usual: bool) -> Table:
    """The table for a program or a file.

    BeingCounted `being_counted`: ask again after `Retry-After`; TooSlow `too_slow`: the job had to give up, too.
    """
    found = opened(report, asked, is_usual=is_usual)
    if found.has_failed:
        raise TooSlow("too_slow", TOO_SLOW)
    if found.table is None:
        raise BeingCounted("being_counted", _("This is being counted. Please ask again in a moment."))
    return found.table


def anew(report: Report, asked: Asked, *, is_usual: bool) -> None:
    """Have the kept table counted anew; nothing where none is kept. However often it is asked, one job counts."""
    key, _parameters = _key(report, asked, is_usual=is_usual)
    row = KeptTable.objects.filter(key=key).first()
    if row is not None and is_hr(asked.user):
        want(row, asked.user)


def want(row: KeptTable, user: "User") -> None:
    """Have a job count the row, unless one is asked for already. `wanted_at` of the row in hand says since when."""
    now = timezone.now()
    with transaction.atomic():
        if not KeptTable.objects.filter(pk=row.pk, wanted_at=None).update(wanted_at=now, error=""):
            row.refresh_from_db(fields=["wanted_at"])
            return
        row.wanted_at, row.error = now, ""
        LongWork.objects.create(
            kind=WORK,
            subject_type=KeptTable._meta.label_lower,
            subject_id=row.pk,
            asked_by=f"user:{user.pk}",
        )
        transaction.on_commit(lambda: async_task("core.jobs.tasks.work", cluster=SLOW))


def count(pk: int) -> None:
    """Count the row's table and keep it. Killed, the old one stands. What takes no second any more is not kept longer,
    nor what its reader may not ask any more; what takes minutes is given up, and says so.

    Refused `counted_elsewhere`: another job counts it now.
    """
    with transaction.atomic():
        _alone(pk)
        row = KeptTable.objects.select_related("reader").filter(pk=pk).first()
        if row is None:
            return
        try:
            with transaction.atomic(), translation.override(row.language), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{MOST_SECONDS}s'")
                table, seconds = _timed(row)
        except DomainError:
            row.delete()
        except OperationalError as error:
            if not isinstance(as_bounded(error), TooSlow):
                raise
            gave_up(pk, "too_slow")
        else:
            if seconds < settings.REPORT_LIVE_SECONDS:
                row.delete()
            else:
                KeptTable.objects.filter(pk=pk).update(**_written(table, seconds), wanted_at=None, error="")


def gave_up(pk: int, code: str) -> None:
    """Nobody counts it until somebody asks again."""
    KeptTable.objects.filter(pk=pk).update(wanted_at=None, error=code or "failed")


def count_due() -> int:
    """Throw away what nobody reads or what means something else by now, and count anew what is read: the longest ago
    first, for a quarter of an hour at most. How many were counted. Safe to run twice, and beside itself.
    """
    now = timezone.now()
    current = {definition_of(one) for report in REPORTS.values() for one in report.versions}
    KeptTable.objects.filter(Q(read_at__lt=now - READ_WITHIN) | ~Q(definition__in=current)).delete()
    # As of a past day nothing changes.
    due = KeptTable.objects.filter(Q(counted_at=None) | Q(counted_at__lt=now - ANEW_AFTER), error="").exclude(
        counted_at__isnull=False, parameters__has_key="as_of"
    )
    counted, until = 0, monotonic() + TURN_SECONDS
    for pk in due.order_by(F("counted_at").asc(nulls_first=True), "pk").values_list("pk", flat=True):
        if monotonic() > until:
            break
        with suppress(Refused):
            count(pk)
            counted += 1
    return counted


def check() -> int:
    """Count one kept table of a past day anew, the one that was compared longest ago, and set it right: of these days
    nothing changes any more. How many of its lines differed; 0 where none is kept."""
    with transaction.atomic():
        rows = KeptTable.objects.filter(parameters__has_key="as_of", content__isnull=False)
        row = rows.select_related("reader").order_by(F("checked_at").asc(nulls_first=True), "pk").first()
        if row is None:
            return 0
        _alone(row.pk)
        with translation.override(row.language):
            try:
                table, seconds = _timed(row)
            except DomainError:
                row.delete()
                return 0
        written = _written(table, seconds)
        found = differing(row.content, written["content"])
        KeptTable.objects.filter(pk=row.pk).update(**written, differences=found, checked_at=timezone.now())
        return found


def differing(one: Any, other: Any) -> int:
    """How many lines, the total among them, are not the same in both."""
    mine, theirs = (
        {dumps(row[0]): row[2] for row in each["rows"]} | {"": each["totals"]} for each in (one, other)
    )
    return sum(mine.get(key) != theirs.get(key) for key in mine.keys() | theirs.keys())


def definition_of(report: Report) -> str:
    """What a report's figures mean, and by which release they are counted."""
    measures = [f"{one.name}/{one.version}" for one in report.measures]
    return _digest([report.name, report.version, measures, VERSION])


def _counted(report: Report, asked: Asked, key: str, parameters: dict[str, str]) -> Opened:
    began = perf_counter()
    try:
        with transaction.atomic():
            table = table_of(report, asked)
    except OperationalError as error:
        if not isinstance(as_bounded(error), TooSlow):
            raise
        row = _kept(report, asked, key, parameters, {})
        want(row, asked.user)
        return Opened(None, row)
    seconds = perf_counter() - began
    if seconds < settings.REPORT_LIVE_SECONDS:
        return Opened(table)
    try:
        with transaction.atomic():
            return Opened(table, _kept(report, asked, key, parameters, _written(table, seconds)))
    except DatabaseError as error:
        if not takes_nothing(error):
            raise
        return Opened(table)


def _kept(
    report: Report, asked: Asked, key: str, parameters: dict[str, str], written: dict[str, Any]
) -> KeptTable:
    facts = {
        "report": report.name,
        "definition": definition_of(report),
        "parameters": parameters,
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "reader": asked.user,
        "read_at": timezone.now(),
        "first": asked.first,
        "last": asked.last,
    }
    return KeptTable.objects.get_or_create(key=key, defaults={**facts, **written})[0]


def _key(report: Report, asked: Asked, *, is_usual: bool) -> tuple[str, dict[str, str]]:
    """Under what the table is kept, and the parameters that ask for it again."""
    given: dict[str, Any] = {
        "by": asked.by,
        "across": asked.across,
        "measure": asked.measure,
        "only": ",".join(f"{way}:{key}" for way, key in asked.only),
        "opening": asked.opening,
        "department": asked.department,
        # Of today is now: tomorrow that day is over.
        "as_of": asked.as_of if asked.until is not None else None,
        "recovered": asked.recovered,
        "days": asked.days or None,
        "version": report.version,
    }
    if not is_usual or asked.as_of is not None:
        given |= {"from": asked.first, "to": asked.last}
    parameters = {name: str(value) for name, value in given.items() if value not in (None, "")}
    language = translation.get_language() or settings.LANGUAGE_CODE
    return _digest([definition_of(report), parameters, language]), parameters


def _digest(what: Any) -> str:
    return sha256(dumps(what, sort_keys=True).encode()).hexdigest()


def _note_reader(row: KeptTable, user: "User") -> None:
    now = timezone.now()
    if row.read_at > now - NOTED_EVERY:
        return
    try:
        with transaction.atomic():
            KeptTable.objects.filter(pk=row.pk).update(read_at=now, reader=user)
    except DatabaseError as error:
        if not takes_nothing(error):
            raise


def _alone(pk: int) -> None:
    """Until the end of the transaction no other job counts this row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)", [WORK, pk])
        if not cursor.fetchone()[0]:
            raise Refused("counted_elsewhere", _("This is being counted. Please ask again in a moment."))


def _timed(row: KeptTable) -> tuple[Table, float]:
    """The row's table, counted now for its reader, and how many seconds it took."""
    report = report_named(row.report, row.parameters.get("version", ""))
    began = perf_counter()
    asked = asked_for(report, row.parameters, row.reader)
    if not is_hr(row.reader):
        raise Refused("no_reader")
    return table_of(report, asked), perf_counter() - began


def _written(table: Table, seconds: float) -> dict[str, Any]:
    measures = [
        asdict(replace(one, title=str(one.title), words=str(one.words))) for one in table.report.measures
    ]
    rows = [[row.key, row.label, _values(row.values)] for row in table.rows]
    return {
        "first": table.asked.first,
        "last": table.asked.last,
        "as_of": table.as_of,
        "counted_at": timezone.now(),
        "seconds": seconds,
        "content": {"measures": measures, "rows": rows, "totals": _values(table.totals)},
    }


def _read(row: KeptTable, report: Report, asked: Asked) -> Table:
    content: Any = row.content
    measures = tuple(Measure(**one) for one in content["measures"])
    rows = [Row(key, label, _figures(values)) for key, label, values in content["rows"]]
    as_of: Any = row.as_of
    return Table(replace(report, measures=measures), asked, as_of, rows, _figures(content["totals"]))


def _values(values: dict[str, Value]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Value) -> Any:
    match value:
        case Rate():
            excluded = [[one.reason.value, one.count] for one in value.excluded]
            return {"rate": [value.numerator, value.denominator, value.definition, excluded, value.exits]}
        case Spread():
            return {"spread": [value.count, value.median, value.quarter, value.three_quarters]}
        case int():
            return value
        case _:
            raise TypeError("what is withheld is never kept")


def _figures(values: dict[str, Any]) -> dict[str, Value]:
    return {name: _figure(value) for name, value in values.items()}


def _figure(value: Any) -> Value:
    match value:
        case {"rate": [numerator, denominator, definition, excluded, exits]}:
            reasons = tuple(Exclusion(Reason(reason), number) for reason, number in excluded)
            return Rate(numerator, denominator, definition, reasons, exits)
        case {"spread": [number, median, quarter, three_quarters]}:
            return Spread(number, median, quarter, three_quarters)
        case _:
            return int(value)

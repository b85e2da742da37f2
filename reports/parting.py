"""How the rows of a report are parted: by what, under which keys, and what these are called."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import DateField, F, Model
from django.db.models.functions import Cast, TruncMonth, TruncWeek
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Department, User
from recruitment.models import Opening
from reports.registry import Asked, Facts

if TYPE_CHECKING:
    from django.db.models import QuerySet

LINE = "_line"
WEEK, LONGER_THAN_A_MONTH = timedelta(days=7), timedelta(days=31)


def keyed(facts: Facts, asked: Asked, way: str, name: str = LINE) -> "QuerySet[Any]":
    """The rows, each with what it is parted by under `name`."""
    zone, past = timezone.get_current_timezone(), asked.past
    shared: dict[str, Any] = {
        "opening": f"{facts.opening}__pk",
        "department": past.value(Opening, "department_id", f"{facts.opening}__"),
        "specialist": past.value(Opening, "specialist_id", f"{facts.opening}__"),
        "week": Cast(TruncWeek(facts.at, tzinfo=zone, output_field=DateField()), DateField()),
        "month": Cast(TruncMonth(facts.at, tzinfo=zone, output_field=DateField()), DateField()),
    }
    shared |= {one: past.value(facts.rows.model, f"{one}_id") for one in facts.people}
    own = {**facts.own, **facts.named}
    expression = own[way][0] if way in own else shared[way]
    return facts.rows.annotate(**{name: F(expression) if isinstance(expression, str) else expression})


def narrowed(facts: Facts, asked: Asked) -> Facts:
    """The same facts over what the filters leave. A statement for each filter; of a line that is not there nothing."""
    for number, (way, text) in enumerate(asked.only):
        name = f"_only{number}"
        rows = keyed(facts, asked, way, name)
        left = of_line(rows, name, text)
        facts = replace(facts, rows=rows.none() if left is None else left)
    return facts


def of_line(rows: "QuerySet[Any]", name: str, text: str) -> "QuerySet[Any] | None":
    """The rows of the line whose key reads `text`, or None: there is no such line. One statement."""
    keys = rows.order_by().values_list(name, flat=True).distinct()
    found = [key for key in keys if key_text(key_of(key)) == text]
    if not found:
        return None
    return rows.filter(**({f"{name}__isnull": True} if found[0] is None else {name: found[0]}))


def arranged(facts: Facts, way: str, keys: Iterable[Any]) -> list[Any]:
    """The keys as their lines stand below each other; of weeks and months also those between the first and the last in
    which nothing happened: a gap is seen."""
    found = list(keys)
    if way in facts.order:
        return sorted(found, key=facts.order[way].index)
    if way not in ("week", "month") or not found:
        return found
    day, last = found[0], found[-1]
    whole = [day]
    while day < last:
        day = day + WEEK if way == "week" else (day + LONGER_THAN_A_MONTH).replace(day=1)
        whole.append(day)
    return whole


def label_of(facts: Facts, way: str, keys: Iterable[Any]) -> Callable[[Any], str]:
    """What each of these keys is called; a statement where they are records."""
    if way in facts.own:
        return facts.own[way][1]
    if way in facts.named:
        words = facts.named[way][1](list(keys))
        return lambda key: words.get(key, _("not known"))
    if way == "week":
        return _week
    if way == "month":
        return lambda day: f"{day:%Y-%m}"
    models: dict[str, type[Model]] = {"opening": Opening, "department": Department}
    named = {row.pk: str(row) for row in models.get(way, User)._default_manager.filter(pk__in=list(keys))}
    return lambda key: named.get(key, _("gone"))


def key_of(value: Any) -> Any:
    """A key as programs read it."""
    return value.isoformat() if isinstance(value, date) else value


def key_text(key: Any) -> str:
    """A line's key as an address spells it."""
    return "-" if key is None else str(key)


def _week(day: date) -> str:
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02d}"

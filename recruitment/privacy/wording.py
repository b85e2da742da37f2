"""How the rows of a person's copy read on its page: by names in words, the empty and the technical left out.

`data.json` has every column of the same rows as it is stored.
"""

from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from core import contacts
from core.language import has_words
from core.persons import Person, reached
from messaging.models import Message
from recruitment.models import Question

# How something was carried, kept or computed: no word to or about anybody. Who heard and read stands by itself.
CARRIED = frozenset({
    "messaging.delivery", "messaging.conversationlink", "recruitment.chunk", "recruitment.earlierscore",
    "recruitment.handovercode", "recruitment.lease", "recruitment.presencenote", "recruitment.probe",
    "recruitment.recordingaccess", "recruitment.resumeaccess", "recruitment.roomlink", "recruitment.roomsession",
    "recruitment.scoring",
})  # fmt: skip
# What speaks of a piece of evidence; the rest are numbers of rows and weights.
_TELLING = ("label", "point", "quote", "value", "points")


def is_told(model: type[models.Model]) -> bool:
    """Whether rows of this model stand on the page."""
    return not model._meta.auto_created and model._meta.label_lower not in CARRIED


def named(columns: list[Any], person: Person) -> list[Any]:
    """Of these columns those that a person can read: with a name of their own, leading to nobody else."""
    return [column for column in columns if has_words(column) and not _is_left_out(column)]


def line(row: models.Model, columns: list[Any], person: Person) -> dict[str, str]:
    """What this row says, by the columns' names."""
    said = {str(column.verbose_name): _value(row, column, person) for column in columns}
    return {name: words for name, words in said.items() if words}


def _is_left_out(column: Any) -> bool:
    """Its number; when the row last changed; colleagues; and whom it hangs on, which need not be said of each row."""
    if column.primary_key or not column.is_relation:
        return bool(column.primary_key or column.name == "updated_at")
    label = column.related_model._meta.label_lower
    return label in ("recruitment.candidate", "events.event") or label.startswith("people.")


def _value(row: models.Model, column: Any, person: Person) -> str:
    if column.is_relation:
        return _other(row, column, person)
    if column.choices:
        return str(getattr(row, f"get_{column.name}_display")() or "")
    if isinstance(row, Message) and column.name == "body":
        return row.shown_body
    value = getattr(row, column.attname)
    if column.name == "phone" and value:
        return contacts.shown(value)
    return in_words(value)


def _other(row: models.Model, column: Any, person: Person) -> str:
    """What the other row is called; of one that hangs on somebody, only where that is this person."""
    number, model = getattr(row, column.attname), column.related_model
    label = model._meta.label_lower
    if number is None or (label in reached(person.root) and number not in person.of(model)):
        return ""
    other = getattr(row, column.name)
    return other.wording if isinstance(other, Question) else str(other)


def in_words(value: Any) -> str:
    """A value as a person reads it; nothing for nothing."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "Y-m-d H:i")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "\n".join(filter(None, map(in_words, value)))
    if isinstance(value, dict):
        told = [in_words(value[key]) for key in _TELLING if key in value]
        return " · ".join(filter(None, told))
    return str(value)

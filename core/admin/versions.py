"""Two people at one form: the later save says what the earlier one changed, and nothing is undone unseen.

A page carries a short mark of every value that it was opened with. When it is saved, the marks are compared with what
the database holds by then. Where they differ the form is refused once (`changed_meanwhile`) and nothing is saved: what
only the other changed is shown as it is now; what both changed shows both values, and one is chosen. Saving again is
then a decision.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.joining import joined

# What the page carries, and the boxes by which one takes the other's value.
FIELD, TAKE = "_opened_with", "_theirs"
MARK, SHOWN = 10, 80
MAIN, WHEN = "", "@"

Marks = dict[str, dict[str, str]]


def _plain(value: Any) -> str:
    """One spelling of a value, whether it comes from the database or from a form."""
    if value is None or value is False:
        return ""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, bool):
        return "1"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        aware = timezone.make_aware(value) if timezone.is_naive(value) else value
        return str(int(aware.timestamp()) // 60)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, Iterable):
        return "\n".join(sorted(_plain(each) for each in value))
    return str(value)


def _mark(value: Any) -> str:
    return hashlib.sha256(_plain(value).encode()).hexdigest()[:MARK]


def _present(form: Any, name: str) -> Any:
    return form.get_initial_for_field(form.fields[name], name)


def _watched(form: Any) -> Iterator[str]:
    """The fields that a person fills in; keys, files and passwords are no values that could be compared."""
    for name, field in form.fields.items():
        is_key = isinstance(field, forms.models.InlineForeignKeyField) or name in ("id", "DELETE")
        if not (is_key or field.disabled or isinstance(field, forms.FileField) or "password" in name):
            yield name


def _marks_of(form: Any) -> dict[str, str]:
    return {name: _mark(_present(form, name)) for name in _watched(form)}


def _key(formset: Any, form: Any) -> str:
    return f"{formset.prefix}/{form.instance.pk}"


def _rows(formset: Any) -> Iterator[Any]:
    return (form for form in formset.initial_forms if form.instance.pk is not None)


def carried(form: Any, formsets: Iterable[Any]) -> str:
    """What the page carries: the marks of the form and of every row of its inlines, and since when."""
    found: Marks = {MAIN: _marks_of(form), WHEN: {"at": str(timezone.now().timestamp())}}
    for formset in formsets:
        found |= {_key(formset, row): _marks_of(row) for row in _rows(formset)}
    return json.dumps(found, separators=(",", ":"))


def opened_with(data: Any) -> Marks:
    """The marks that came back; a page without them, made by a program, is not held to any."""
    try:
        found = json.loads(data.get(FIELD) or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: marks for key, marks in found.items() if isinstance(marks, dict)}


def _shown(form: Any, name: str, value: Any) -> str:
    """A value in the words of its field."""
    field = form.fields[name]
    if value is None or value in ("", []):
        return _("empty")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field, forms.ModelMultipleChoiceField):
        return joined(value)
    if isinstance(field, forms.ModelChoiceField):
        row = value if isinstance(value, Model) else field.queryset.filter(pk=value).first()  # type: ignore[union-attr]
        return str(row or value)
    chosen = value if isinstance(value, list | tuple) else [value]
    if isinstance(field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in field.choices}  # type: ignore[union-attr]
        return joined(labels.get(str(each), str(each)) for each in chosen)
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "Y-m-d H:i")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    text = joined(chosen)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _both(form: Any, name: str, mine: str) -> SafeString:
    """Both values, and the box to take the other's."""
    return format_html(
        '{} <label class="hs-theirs"><input type="checkbox" name="{}" value="{}"> {}</label>',
        _("Saved by somebody else: “%(theirs)s”. Yours: “%(mine)s”. Saving again keeps yours.")
        % {"theirs": _shown(form, name, _present(form, name)), "mine": mine},
        TAKE,
        form.add_prefix(name),
        _("Take theirs"),
    )


def _compare(form: Any, marks: dict[str, str]) -> list[str]:
    """Say beside each field of a checked form what both changed; answer the lines for what only the other did."""
    lines: list[str] = []
    for name in list(_watched(form)):
        opened, present = marks.get(name), _present(form, name)
        if opened is None or opened == _mark(present):
            continue
        mine = getattr(form, "cleaned_data", {}).get(name)
        is_valid = name not in form.errors
        if is_valid and _mark(mine) == _mark(present):
            continue
        if is_valid and _mark(mine) == opened:
            # Nothing was typed here: the box takes over what is there now.
            _show_present(form, name)
            words = {"field": form.fields[name].label, "theirs": _shown(form, name, present)}
            lines.append(_("“%(field)s” is “%(theirs)s” now; the form shows it.") % words)
        else:
            typed = _shown(form, name, mine) if is_valid else str(form[name].data or "")[:SHOWN]
            form.add_error(name, ValidationError(_both(form, name, typed), code="changed_meanwhile"))
    return lines


def _show_present(form: Any, name: str) -> None:
    form.fields[name].bound_data = lambda data, initial: initial


def _taken(form: Any) -> list[str]:
    """The fields in which this person takes the other's value: what was typed there is left aside."""
    chosen = form.data.getlist(TAKE) if hasattr(form.data, "getlist") else []
    found = [name for name in _watched(form) if form.add_prefix(name) in chosen]
    for name in found:
        form.fields[name].disabled = True
    return found


def _give_back(form: Any, names: Iterable[str]) -> None:
    _unchanged = form.changed_data
    for name in names:
        form.fields[name].disabled = False
        _show_present(form, name)


def _who_and_when(record: Model, marks: Marks) -> str:
    """The first line of a refusal: who saved since the page was opened, as far as the pages' log knows."""
    try:
        since = datetime.fromtimestamp(float(marks[WHEN]["at"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        since = timezone.now()
    last = (
        LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(record),
            object_id=str(record.pk),
            action_time__gte=since,
        )
        .select_related("user")
        .order_by("-action_time")
        .first()
    )
    if last is None:
        return _(
            "This record was changed while you had it open; nothing of yours is saved yet. Look at what is marked "
            "below, then save again."
        )
    return _(
        "%(who)s saved this record at %(at)s while you had it open; nothing of yours is saved yet. Look at what is "
        "marked below, then save again."
    ) % {"who": last.user, "at": date_format(timezone.localtime(last.action_time), "H:i")}


def _conflict(lines: Iterable[str]) -> list[ValidationError]:
    return [ValidationError(line, code="changed_meanwhile") for line in lines]


class Versioned:
    """For a page's main form: refused once when the row is no longer what the page was opened with."""

    def full_clean(self: Any) -> None:
        """Check the form, then its marks."""
        if not self.is_bound or self.instance.pk is None:
            super().full_clean()  # type: ignore[misc]
            return
        taken = _taken(self)
        super().full_clean()  # type: ignore[misc]
        _give_back(self, taken)
        marks = opened_with(self.data)
        before = set(self.errors)
        lines = _compare(self, marks.get(MAIN, {}))
        if lines or set(self.errors) - before:
            self.add_error(None, _conflict([_who_and_when(self.instance, marks), *lines]))


def compare_rows(formset: Any) -> None:
    """Refuse an inline's rows that are no longer what the page was opened with, those that are gone included."""
    marks = opened_with(formset.data)
    for form in formset.initial_forms:
        if form.instance.pk is None and formset.can_delete:
            # Its row is gone: the page lets go of it too.
            form.data = form.data.copy()
            form.data[form.add_prefix("DELETE")] = "on"
    taken = [(form, _taken(form)) for form in formset.initial_forms]
    formset.full_clean()
    for form, names in taken:
        _give_back(form, names)
    here = {_key(formset, form): form for form in _rows(formset)}
    lines: list[str] = []
    for key, form in here.items():
        before = set(form.errors)
        found = _compare(form, marks.get(key, {}))
        lines += [f"{form.instance}: {line}" for line in found]
        if not (found or set(form.errors) - before):
            continue
        if formset.can_delete and formset._should_delete_form(form):
            lines.append(
                _("“%(row)s” was changed meanwhile; you marked it to be deleted.") % {"row": form.instance}
            )
        else:
            form.add_error(None, _conflict([_("This row was changed while you had the page open.")]))
    if any(key.startswith(f"{formset.prefix}/") and key not in here for key in marks):
        lines.append(_("A row was deleted by somebody else meanwhile; it is no longer on this page."))
    if lines:
        formset._non_form_errors.extend(_conflict(lines))

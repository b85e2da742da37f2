"""Changes in sentences: who changed what from what to what, from where and why."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.history.models import Change, Did
from core.joining import joined
from core.language import has_words
from core.sealed.fields import Sealed

LONGEST_VALUE = 120
# (model, column) whose values a reader may not see.
Hidden = frozenset[tuple[str, str]]
HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one person did at one moment: its sentences, where it was done and why."""

    at: datetime
    where: str
    why: str
    sentences: list[str]


class Words:
    """The words for a set of changes. What they refer to is read once for each kind of record, however many."""

    def __init__(self, changes: Iterable[Change], *, hidden: Hidden = frozenset(), own: str = "") -> None:
        self._changes = list(changes)
        self._hidden = hidden
        self._own = own
        self._names: dict[tuple[str, str], str] = {}
        self._look_up(self._wanted())

    def also(self, model: type[models.Model], states: Iterable[dict[str, Any] | None]) -> None:
        """Look up as well what these states of a record refer to."""
        wanted: dict[type[models.Model], set[str]] = {}
        for state in states:
            for column, value in (state or {}).items():
                self._refer(wanted, model, column, value)
        self._look_up(wanted)

    def entries(self) -> list[Entry]:
        """What was written together is told together, the newest first."""
        found = []
        for _together, group in groupby(
            self._changes, key=lambda one: (one.together, one.by_id, one.source, one.why)
        ):
            rows = list(group)
            sentences = [said for one in reversed(rows) for said in self.sentences(one)]
            if sentences:
                found.append(Entry(rows[0].at, place(rows[0].source), rows[0].why, sentences))
        return found

    def who(self, one: Change) -> str:
        """The colleague's name; else the party; else what runs by itself."""
        if one.by_id is not None:
            name = self._names.get((_users()._meta.label_lower, str(one.by_id)))
            return name or _("account %(id)s") % {"id": one.by_id}
        return _(one.party) if one.party else _("The system")

    def sentences(self, one: Change) -> list[str]:
        """One sentence for each column that changed, or one for the whole record."""
        model = model_of(one.model)
        said: dict[str, Any] = {"who": self.who(one), "record": self._record(one, model)}
        part = one.model != self._own
        if one.did == Did.CREATED:
            return [(_("%(who)s added %(record)s") if part else _("%(who)s made this record")) % said]
        if one.did == Did.DELETED:
            return [_("%(who)s deleted %(record)s") % said]
        changed, lost = (
            _("%(who)s changed “%(field)s” from %(old)s to %(new)s"),
            _("%(who)s changed “%(field)s”; what it held is not kept"),
        )
        if part:
            changed = _("%(who)s changed “%(field)s” of %(record)s from %(old)s to %(new)s")
            lost = _("%(who)s changed “%(field)s” of %(record)s; what it held is not kept")
        found = []
        for column in sorted(filter(partial(is_named, model), one.after or {}), key=_place_of(model)):
            words = {
                "field": label_of(model, column),
                "old": self.value(model, column, (one.before or {}).get(column)),
                "new": self.value(model, column, (one.after or {}).get(column)),
            }
            found.append(changed % {**said, **words})
        unseen = filter(partial(is_named, model), one.unseen or ())
        found += [lost % {**said, "field": label_of(model, column)} for column in unseen]
        return found or [_("%(who)s changed what the program notes for itself") % said]

    def value(self, model: type[models.Model] | None, column: str, value: Any) -> str:
        """A value as a page would show it."""
        if model is not None and (model._meta.label_lower, column) in self._hidden:
            return HIDDEN
        if value in (None, "") or value == []:
            return _("(empty)")
        field = _fields(model).get(column)
        if isinstance(field, models.ForeignKey):
            name = self._names.get((field.related_model._meta.label_lower, str(value)))
            return name or f"{field.related_model._meta.verbose_name} {value}"
        return _shown(field, value)

    def _record(self, one: Change, model: type[models.Model] | None) -> str:
        if model is None:
            return f"{one.model} {one.object_id}"
        kind = str((_joining(model) if model._meta.auto_created else model._meta).verbose_name)
        name = self._names.get((one.model, one.object_id)) or self._of_values(model, one.before or one.after)
        return _("%(kind)s “%(name)s”") % {"kind": kind, "name": name} if name else f"{kind} {one.object_id}"

    def _of_values(self, model: type[models.Model], before: dict[str, Any] | None) -> str:
        """What a deleted record was called: the row that it joined to its owner, or its name."""
        if model._meta.auto_created:
            column = _joining(model).m2m_reverse_name()
            return self.value(model, column, before[column]) if before and column in before else ""
        return next(
            (str(before[name]) for name in ("name", "title", "label") if before and before.get(name)), ""
        )

    def _wanted(self) -> dict[type[models.Model], set[str]]:
        wanted: dict[type[models.Model], set[str]] = {}
        users = _users()
        for one in self._changes:
            model = model_of(one.model)
            if one.by_id is not None:
                wanted.setdefault(users, set()).add(str(one.by_id))
            if model is None:
                continue
            if one.model != self._own and one.did != Did.DELETED:
                wanted.setdefault(model, set()).add(one.object_id)
            for values in (one.before, one.after):
                for column, value in (values or {}).items():
                    self._refer(wanted, model, column, value)
        return wanted

    def _refer(
        self, wanted: dict[type[models.Model], set[str]], model: type[models.Model], column: str, value: Any
    ) -> None:
        field = _fields(model).get(column)
        is_seen = (model._meta.label_lower, column) not in self._hidden
        if isinstance(field, models.ForeignKey) and value is not None and is_seen:
            wanted.setdefault(field.related_model, set()).add(str(value))

    def _look_up(self, wanted: dict[type[models.Model], set[str]]) -> None:
        for model, keys in wanted.items():
            missing = [key for key in keys if (model._meta.label_lower, key) not in self._names]
            if not missing:
                continue
            for row in _named(model).filter(pk__in=missing):
                self._names[model._meta.label_lower, str(row.pk)] = _called(row)


def names_of(records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What these records (label of the model, key) are called now; of those that are gone nothing. A statement for each
    kind."""
    found = Words([])
    wanted: dict[type[models.Model], set[str]] = {}
    for label, key in records:
        model = model_of(label)
        if model is not None and key.isdigit():
            wanted.setdefault(model, set()).add(key)
    found._look_up(wanted)
    return found._names


def label_of(model: type[models.Model] | None, column: str) -> str:
    """The field's name on screen; of a column that is gone its own."""
    field = _fields(model).get(column)
    return _(str(field.verbose_name)) if field is not None else column


def is_named(model: type[models.Model] | None, column: str) -> bool:
    """Whether people have a word for this column; what the program notes for itself (keys of searches) has none."""
    field = _fields(model).get(column)
    return field is None or isinstance(field, Sealed | models.ForeignKey) or has_words(field)


def place(source: str) -> str:
    """Where something was done, in words; "" where nobody can say."""
    kind, _colon, rest = source.partition(":")
    if kind == "page":
        return _page(rest)
    words = {
        "api": _("through the API"),
        "door": _("on their own page"),
        "job": _("by a scheduled job (%(name)s)"),
        "callback": _("by a button in WeCom"),
        "import": _("with the import %(name)s"),
        "loop": _("by what runs all the time (%(name)s)"),
        "command": _("by the command %(name)s"),
        "sql": _("directly in the database, as %(name)s"),
    }.get(kind, "")
    return words % {"name": rest} if "%(name)s" in words else words


def _page(path: str) -> str:
    try:
        match = resolve(path)
    except Resolver404:
        return path
    from django.contrib import admin  # noqa: PLC0415 -- its pages import this module

    for model, page in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        if match.url_name == f"{name}_step":
            step = next(
                (s for s in getattr(page, "all_steps", ()) if s.name == match.kwargs.get("name")), None
            )
            return _("with the step “%(step)s”") % {"step": step.title if step else match.kwargs.get("name")}
        if (match.url_name or "").startswith(f"{name}_"):
            return _("on the page “%(page)s”") % {"page": model._meta.verbose_name}
    return path


def _named(model: type[models.Model]) -> Any:
    """Rows with what their names are made of: whatever they must refer to comes with the same statement."""
    return model._base_manager.select_related()


def _called(row: models.Model) -> str:
    """A row's name; of one that only joins another to its owner, the other's."""
    if not row._meta.auto_created:
        return str(row)
    return str(getattr(row, _joining(type(row)).m2m_reverse_field_name()))


def _joining(model: type[models.Model]) -> Any:
    """The field for several rows that made this table."""
    owner: Any = model._meta.auto_created
    return next(one for one in owner._meta.many_to_many if one.remote_field.through is model)


def model_of(label: str) -> type[models.Model] | None:
    """The model of this label, one that only joins two included; None for one that is gone, or for no label."""
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        for model in apps.get_models(include_auto_created=True):
            if model._meta.label_lower == label:
                return model
    return None


def _fields(model: type[models.Model] | None) -> dict[str, models.Field[Any, Any]]:
    return {str(field.column): field for field in model._meta.local_concrete_fields} if model else {}


def _place_of(model: type[models.Model] | None) -> Any:
    order = {column: number for number, column in enumerate(_fields(model))}
    return lambda column: (order.get(column, len(order)), column)


def _shown(field: models.Field[Any, Any] | None, value: Any) -> str:
    if isinstance(field, Sealed):
        plain = field.unseal(str(value))
        return field.mask(plain) if field.mask is not None else _short(plain)
    kind = getattr(field, "base_field", field)
    choices = dict(kind.flatchoices) if kind is not None and kind.flatchoices else {}
    if isinstance(value, list):
        return _short(joined(_shown(field, each) for each in value))
    if isinstance(value, dict):
        return _short(json.dumps(value, ensure_ascii=False))
    if value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, models.DateField):
        try:
            moment = field.to_python(value)
        except ValidationError:
            return str(value)
        if isinstance(moment, datetime):
            return date_format(timezone.localtime(moment), "Y-m-d H:i")
        return date_format(moment, "Y-m-d")
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def _users() -> type[models.Model]:
    return apps.get_model(settings.AUTH_USER_MODEL)

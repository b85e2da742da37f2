"""How rows stood at a moment of the past, as expressions of one statement.

What carries its own moment (an exit, a call, a report) was there when its moment lies before. What may be written over
is read from the history: the value that the first later change replaced, else the value of today. Rows that did not
change since are not looked up. What was deleted since has its last values there, too.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Exists,
    F,
    Func,
    JSONField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    When,
)
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Coalesce

from core.changes import Dated
from core.history.models import Change, Did


class AsJson(Func):
    """A column's value as the history writes values."""

    function = "to_jsonb"
    output_field = JSONField()


class Plain(Func):
    """A value of the history as text; a JSON null is none."""

    template = "(%(expressions)s #>> '{}')"
    output_field = TextField()


@dataclass(frozen=True, slots=True)
class Past:
    """Rows as they stood right before `moment`; None: as they stand. `knows_gone`: with what was deleted since."""

    moment: datetime | None
    knows_gone: bool = True

    def value(self, model: type[Model], column: str, path: str = "") -> Any:
        """The value of a column then; `path` leads to the row of `model` from the one that is read (`interview__`)."""
        if self.moment is None:
            return F(f"{path}{column}")
        field = next(one for one in model._meta.concrete_fields if one.column == column)
        kind = BigIntegerField() if field.is_relation else field.clone()
        replaced = self._replaced(model, Cast(OuterRef(f"{path}pk"), CharField()), column)
        then = Cast(Plain(Coalesce(replaced, AsJson(F(f"{path}{column}")))), kind)
        if not issubclass(model, Dated):
            return then
        return Case(
            When(**{f"{path}updated_at__lt": self.moment}, then=F(f"{path}{column}")),
            default=then,
            output_field=kind,
        )

    def _replaced(self, model: type[Model], key: Any, column: str) -> Subquery:
        """What the first change since put another value in place of, or took away with the row."""
        later = Change.objects.filter(
            model=model._meta.label_lower, object_id=key, at__gte=self.moment, before__has_key=column
        ).order_by("pk")
        return Subquery(later.values(was=KeyTransform(column, "before"))[:1], output_field=JSONField())

    def gone(self, model: type[Model], *columns: str) -> "QuerySet[Any] | None":
        """What was there and was deleted since: the change that says so of each, with the values of these columns then
        as `<column>_then`; None where nothing is looked for. What was erased besides is null."""
        if self.moment is None or not self.knows_gone:
            return None
        since = Change.objects.filter(model=model._meta.label_lower, at__gte=self.moment)
        made = since.filter(object_id=OuterRef("object_id"), did=Did.CREATED)
        kinds = {one.column: one for one in model._meta.concrete_fields}
        values = {
            f"{column}_then": Cast(
                Plain(self._replaced(model, OuterRef("object_id"), column)),
                BigIntegerField() if kinds[column].is_relation else kinds[column].clone(),
            )
            for column in columns
        }
        return since.filter(~Exists(made), did=Did.DELETED).order_by().annotate(**values)

    def was_there(self, model: type[Model]) -> Q:
        """Rows that were made by then, of a model that keeps no moment of it."""
        if self.moment is None:
            return Q()
        made = Change.objects.filter(
            model=model._meta.label_lower,
            object_id=Cast(OuterRef("pk"), CharField()),
            at__gte=self.moment,
            did=Did.CREATED,
        )
        there = ~Q(Exists(made))
        # What has not changed since was there: only the rest is looked up.
        return Q(updated_at__lt=self.moment) | there if issubclass(model, Dated) else there

    def by(self, field: str) -> Q:
        """What had happened by then."""
        return Q() if self.moment is None else Q(**{f"{field}__lt": self.moment})

    def moment_of(self, field: str) -> Any:
        """The moment of something that happens once; none where it was still to come."""
        return F(field) if self.moment is None else Case(When(self.by(field), then=F(field)))

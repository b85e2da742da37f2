"""What endpoints share: read-only pages, ids that never break the database, fields in words, figures as numbers."""

from collections.abc import Mapping
from enum import Enum
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from drf_spectacular.drainage import set_override
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request

from core.api.filters import SAID
from core.errors import Invalid, NotFound
from core.history import looks
from core.history.models import LookKind
from core.language import in_language
from core.numbers import row_number


def row_id(text: str) -> int:
    """An id out of an address. NotFound("not_found") for anything that can be none."""
    number = row_number(text)
    if number is None:
        raise NotFound("not_found", _("There is no such record."))
    return number


# How an answer is written, which Django REST framework looks at by itself.
_ALWAYS_KNOWN = ("format",)
# As the log of looks names what was read here, beside kinds of files.
_FORMAT = "API"


class AskedViewSet(viewsets.GenericViewSet):
    """An endpoint that knows what it may be asked: a parameter that it does not know is refused, not passed over.

    `parameters` names, for each action, those that are no filter and no page. What is read of its records is noted as
    `looked_at`, one record by itself and rows as taken away; None where they are of nobody.
    """

    parameters: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    looked_at: ClassVar[LookKind | None] = LookKind.PAGE

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who asks, whether they may, and what. Invalid: `unknown_parameter` with those that are known, and
        `empty_parameter`: a filter by nothing would answer everything."""
        super().initial(request, *args, **kwargs)
        if self.action is None or self.action == "metadata":
            return
        known = self.known_parameters()
        for name, value in request.query_params.items():
            if name not in known and name not in _ALWAYS_KNOWN:
                raise Invalid(
                    "unknown_parameter",
                    _("This address knows no parameter “%(name)s”.") % {"name": name[:_LONGEST_NAME]},
                    parameter=name[:_LONGEST_NAME],
                    known=known,
                )
            if not value and name in self._filters():
                raise Invalid(
                    "empty_parameter",
                    _("“%(name)s” says nothing: leave it out.") % {"name": name},
                    parameter=name,
                )

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer; first it is noted who read what. One statement, none for an empty list."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if request.method == "GET" and answer.status_code == HTTPStatus.OK and self.looked_at is not None:
            self._note(request, self.looked_at, answer.data)
        return answer

    def _note(self, request: Request, kind: LookKind, shown: Any) -> None:
        """One record and what hangs on it is looked at; rows of a list are taken away."""
        model = self.queryset.model  # type: ignore[union-attr, arg-type]
        if self.detail:
            looks.note(request, kind, model(pk=self.kwargs["pk"]), format=_FORMAT)
            return
        rows = shown["results"] if self.paginator else shown
        if rows:
            by = looks.narrowed_by(request.query_params)
            looks.note_export(request, model._meta.label_lower, count=len(rows), format=_FORMAT, by=by)

    def known_parameters(self) -> list[str]:
        """What the present action may be asked, in order of the alphabet."""
        known = set(self.parameters.get(self.action, ())) | self._filters()
        if self.action == "list":
            known |= (
                {one["name"] for one in self.paginator.get_schema_operation_parameters(self)}
                if self.paginator
                else set()
            )
        return sorted(known)

    def _filters(self) -> set[str]:
        """The filters of the list, by name."""
        filters: Any = getattr(self, "filterset_class", None)
        return set(filters.base_filters) if filters and self.action == "list" else set()


_LONGEST_NAME = 60


class ByIdMixin:
    """Records are addressed by their id; what can be none is not found."""

    kwargs: dict[str, Any]

    def get_object(self) -> Any:
        """The record, if this person may see it; else 404."""
        row_id(self.kwargs["pk"])
        return super().get_object()  # type: ignore[misc]


class ReadOnlyViewSet(ByIdMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, AskedViewSet):
    """A list in pages and each record by id."""


# What fields of these names say wherever no serializer says more.
COMMON_WORDS = {
    "id": "Its number: it never changes and is never given again.",
    "state": "The present state.",
    "created_at": "When it was made.",
    "updated_at": "When the record itself last changed; `?updated_since=` also finds what is shown with it.",
    "application": "The application's id.",
    "interview": "The interview's id.",
    "attempt": "Which attempt, from 1; a new window after an exit is a new attempt.",
    "value": "The figure itself.",
    "low": "Not less than this.",
    "high": "Not more than this.",
    "basis": "What it rests on: full, partial (the stages that were finished), or fallback (other evidence).",
}


class Worded:
    """Fields say in the schema what they are: the serializer's `words` by name, else the common ones."""

    words: ClassVar[Mapping[str, str]] = {}

    def get_fields(self) -> Any:
        """The fields, with their words."""
        fields = super().get_fields()  # type: ignore[misc]
        for name, field in fields.items():
            text = self.words.get(name) or field.help_text or COMMON_WORDS.get(name)
            if text:
                field.help_text = text
        return fields


class SaidField(serializers.CharField):
    """A text that has to be said: the schema refuses blanks alone, as the field does."""

    def __init__(self, *, max_length: int) -> None:
        super().__init__(max_length=max_length)
        set_override(
            self, "field", {"type": "string", "minLength": 1, "maxLength": max_length, "pattern": SAID}
        )


class WordedSerializer(Worded, serializers.Serializer):
    """A value in words."""


class RowSerializer(Worded, serializers.ModelSerializer):
    """A row in words; decimal figures are numbers, as all figures are."""

    serializer_field_mapping: ClassVar[Any] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DecimalField: serializers.FloatField,
    }

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """As Django REST framework builds it, without what only a decimal field takes."""
        kind, options = super().build_standard_field(field_name, model_field)
        if issubclass(kind, serializers.FloatField):
            options = {
                name: value for name, value in options.items() if name not in ("max_digits", "decimal_places")
            }
        return kind, options


class IntervalSerializer(WordedSerializer):
    """A figure between its bounds, 0 to 100; null where nothing is known."""

    value = serializers.FloatField(read_only=True, allow_null=True)
    low = serializers.FloatField(read_only=True, allow_null=True)
    high = serializers.FloatField(read_only=True, allow_null=True)


class LocalNameField(serializers.CharField):
    """The name of a competency or skill: the English one where English is asked for and there is one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "read_only": True})

    def to_representation(self, value: Any) -> str:
        """The name in the reader's language."""
        return in_language(value.name, value.name_en)


def counts_by(states: type[Enum]) -> serializers.Serializer:
    """A field that holds a number for each of these states, under the state's own name."""
    numbers: dict[str, Any] = {str(state.value): serializers.IntegerField(read_only=True) for state in states}
    name = f"{states.__name__}CountsSerializer"
    words = {str(state.value): f"How many are {str(state.value).replace('_', ' ')}." for state in states}
    return type(name, (WordedSerializer,), {**numbers, "words": words})(read_only=True)

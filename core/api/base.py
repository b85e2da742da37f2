"""What endpoints share: read-only pages, ids that never break the database, figures as numbers."""

from enum import Enum
from typing import Any

import django_filters
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, serializers, viewsets

from core.errors import NotFound

HIGHEST_ID = 2**63 - 1


def row_id(text: str) -> int:
    """An id out of an address. NotFound("not_found") for anything that can be none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST_ID)) else 0
    if not 0 < number <= HIGHEST_ID:
        raise NotFound("not_found", _("There is no such record."))
    return number


class ByIdMixin:
    """Records are addressed by their id; what can be none is not found."""

    kwargs: dict[str, Any]

    def get_object(self) -> Any:
        """The record, if this person may see it; else 404."""
        row_id(self.kwargs["pk"])
        return super().get_object()  # type: ignore[misc]


class ReadOnlyViewSet(ByIdMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """A list in pages and each record by id."""


class IdField(forms.IntegerField):
    """An id in a query: a whole number that the database can hold."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "min_value": 1, "max_value": HIGHEST_ID})


class IdFilter(django_filters.NumberFilter):
    """`?field=<id>`; an id that does not exist finds nothing, what is no id is 422."""

    field_class = IdField

    def get_max_validator(self) -> None:
        """The field checks its own bounds."""


class IntervalSerializer(serializers.Serializer):
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
        english = (get_language() or "").startswith("en")
        return str(value.name_en if english and value.name_en else value.name)


def counts_by(states: type[Enum]) -> serializers.Serializer:
    """A field that holds a number for each of these states, under the state's own name."""
    numbers: dict[str, Any] = {str(state.value): serializers.IntegerField(read_only=True) for state in states}
    name = f"{states.__name__}CountsSerializer"
    return type(name, (serializers.Serializer,), numbers)(read_only=True)

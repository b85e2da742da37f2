"""Form fields in the back office's clothes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from core.admin.steps import Text
from core.text import is_written_number

CLASSES = " ".join(INPUT_CLASSES)
MINUTE = "%Y-%m-%dT%H:%M"


class DecimalField(forms.DecimalField):
    """A number as people write it. 1e2 and 1_0, which Python reads as 100 and 10, are none: `invalid`."""

    def to_python(self, value: Any) -> Any:
        """The number."""
        if isinstance(value, str) and value.strip() and not is_written_number(value):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


# For the pages and inlines that take such numbers: a test names the one without it.
WRITTEN_NUMBERS: dict[Any, Any] = {models.DecimalField: {"form_class": DecimalField}}


def moment(label: Text, **options: Any) -> forms.DateTimeField:
    """A date and a time of day, in the browser's own picker."""
    widget = forms.DateTimeInput(format=MINUTE, attrs={"type": "datetime-local", "class": CLASSES})
    return forms.DateTimeField(label=label, widget=widget, **options)


def day(label: Text, **options: Any) -> forms.DateField:
    """A date, in the browser's own picker."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": CLASSES})
    return forms.DateField(label=label, widget=widget, **options)


def choice(label: Text, choices: Any, **options: Any) -> forms.ChoiceField:
    """One of a few."""
    return forms.ChoiceField(label=label, choices=choices, widget=UnfoldAdminSelectWidget(), **options)


def row(label: Text, relation: Any, queryset: Any, **options: Any) -> forms.ModelChoiceField:
    """One of many records behind a foreign key, searched on the server: the page stays small with 10,000 of them."""
    widget = AutocompleteSelect(relation, admin.site)
    return forms.ModelChoiceField(label=label, queryset=queryset, widget=widget, **options)


def looked_up(relation: Any) -> AutocompleteSelectMultiple:
    """The box for several of many records behind a relation, searched on the server, each chosen with a tap."""
    return AutocompleteSelectMultiple(relation, admin.site)


def ticks() -> UnfoldAdminCheckboxSelectMultipleWidget:
    """The box for several of a few: each has its tick."""
    return UnfoldAdminCheckboxSelectMultipleWidget()


def words(label: Text, *, lines: int = 3, **options: Any) -> forms.CharField:
    """Free text."""
    return forms.CharField(label=label, widget=UnfoldAdminTextareaWidget(attrs={"rows": lines}), **options)


def boxed(box: type[forms.CharField], label: Text, *, attrs: Any = None, **options: Any) -> forms.CharField:
    """One line, by a box that knows how it is spelt."""
    widget = box.widget(attrs={"class": CLASSES, **(attrs or {})})  # type: ignore[operator]
    return box(label=label, widget=widget, **options)


def number(label: Text, **options: Any) -> forms.IntegerField:
    """A whole number."""
    return forms.IntegerField(label=label, widget=forms.NumberInput(attrs={"class": CLASSES}), **options)


def decimal(label: Text, **options: Any) -> forms.DecimalField:
    """A number with two places."""
    widget = forms.NumberInput(attrs={"class": CLASSES, "step": "0.01"})
    return DecimalField(label=label, widget=widget, decimal_places=2, **options)


def file(label: Text, *, accept: str, **options: Any) -> forms.FileField:
    """A file from the reader's machine; `accept` is what its own dialog offers, and no check."""
    # The page's script writes the chosen name into this widget's box, and throws where there is none.
    widget = UnfoldAdminFileFieldWidget(attrs={"accept": accept})
    return forms.FileField(label=label, widget=widget, **options)


def tick(label: Text, **options: Any) -> forms.BooleanField:
    """Yes or no."""
    return forms.BooleanField(label=label, required=False, widget=UnfoldBooleanWidget(), **options)

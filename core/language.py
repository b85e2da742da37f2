"""A name in two languages, as the reader speaks."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Field
from django.utils.functional import Promise
from django.utils.translation import get_language


def is_english() -> bool:
    """Whether English is spoken here."""
    return (get_language() or "").startswith("en")


def in_language(own: str, english: str) -> str:
    """The English wording where English is spoken and there is one, else its own."""
    return english if english and is_english() else own


def has_words(field: Field[Any, Any]) -> bool:
    """Whether somebody gave this column a name for people; else Django makes one of the column's own."""
    return isinstance(field.verbose_name, Promise) or str(field.verbose_name) != field.name.replace("_", " ")


def labelled(own: str, english: str) -> dict[str, str]:
    """A name as kept evidence carries it: `label`, and `label_en` where there is an English one."""
    return {"label": own, **({"label_en": english} if english else {})}


def label_of(piece: Mapping[str, Any]) -> str:
    """The name that a kept piece of evidence carries, as the reader speaks; "" where it was erased."""
    return in_language(str(piece.get("label", "")), str(piece.get("label_en", "")))


def spoken(piece: Mapping[str, Any]) -> dict[str, Any]:
    """The kept piece with its name as the reader speaks; one whose name was erased has none."""
    found = {key: value for key, value in piece.items() if key != "label_en"}
    return {**found, "label": label_of(piece)} if "label" in piece else found

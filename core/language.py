"""A name in two languages, as the reader speaks."""

from django.utils.translation import get_language


def in_language(own: str, english: str) -> str:
    """The English wording where English is spoken and there is one, else its own."""
    return english if english and (get_language() or "").startswith("en") else own

"""Documents as PDF: a template in typst's language, and data beside it that is never part of the template's text."""

from core.pdf.fonts import missing_in
from core.pdf.making import Document, DocumentError, make

__all__ = ["Document", "DocumentError", "make", "missing_in"]

"""That a report was taken away as a file."""

from django.http import HttpRequest
from django.utils import translation
from rest_framework.request import Request

from core.history import looks
from reports.registry import Report


def note(request: HttpRequest | Request, report: Report, *, lines: int, kind: str) -> None:
    """Who took how many lines of it, as which kind of file. The title is noted untranslated: its reader has a language
    of their own."""
    with translation.override(None):
        title = str(report.title)
    looks.note_export(request, report.name, count=lines, title=title, format=kind)

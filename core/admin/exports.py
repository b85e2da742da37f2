"""A list as it is shown, as a table to take away: its columns, filters, search and sort; row by row, in sets.

Columns of buttons stay on the screen; in place of what writes days in words stand the days (`in_copies`). Personal
columns (`personal` of the list's page) go only with who may change such rows, masked as on the screen, or in full for a
reason. What is taken away is logged: who, of which list, how many rows, which columns, and why; never what was searched
for.
"""

import html
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.admin import masking
from core.admin.looks import Drawn
from core.errors import Invalid
from core.history import looks
from core.joining import joined
from core.text import one_line

AT_ONCE = 500
# A page waits for so many; more are made beside, and so many at most.
MOST_AT_ONCE, MOST = 2_000, 100_000
# What stands apart on the page: lines, and an element behind another one.
_APART = re.compile(r"<br\s*/?>|</(div|p|li|tr)>|</\w+>(?=<)", re.IGNORECASE)


class Exported:
    """One list, as this request asks for it; with numbers and addresses in full where `why` says what for."""

    def __init__(self, model_admin: Any, request: HttpRequest, *, why: str = "") -> None:
        if not model_admin.has_view_permission(request):
            raise PermissionDenied
        self.model_admin = model_admin
        self.request = request
        self.changes = model_admin.get_changelist_instance(request)
        self.why = why if why in masking.WHY_TAKEN and masking.may_be_taken(model_admin, request) else ""
        self.columns = [
            column
            for name in self.changes.list_display
            if self._is_taken(str(name))
            for column in model_admin.in_copies.get(str(name), (name,))
        ]

    def _is_taken(self, name: str) -> bool:
        page = self.model_admin
        if name == "action_checkbox" or name in page.only_on_screen:
            return False
        return name not in page.personal or page.may_take_personal(self.request)

    def ids(self, *, only: Collection[Any] | None = None) -> list[Any]:
        """The rows, or those of them that were chosen, in their order. Invalid: export_too_large."""
        rows = self.changes.queryset if only is None else self.changes.queryset.filter(pk__in=only)
        ids = list(rows.values_list("pk", flat=True)[: MOST + 1])
        if len(ids) > MOST:
            raise Invalid(
                "export_too_large",
                _("More than %(most)s rows: please narrow the list by its filters.") % {"most": MOST},
            )
        return ids

    def headings(self) -> list[str]:
        """As they stand above the list."""
        model, page = self.changes.model, self.model_admin
        return [one_line(str(label_for_field(name, model, page))) for name in self.columns]

    def rows(self, ids: Sequence[Any]) -> Iterator[list[Any]]:
        """What each row shows; three queries or so for five hundred rows."""
        for start in range(0, len(ids), AT_ONCE):
            rows = self.changes.rows_of(ids[start : start + AT_ONCE])
            if not self.why:
                masking.hide(rows)
            for row in rows:
                yield [self._cell(name, row) for name in self.columns]

    def _cell(self, name: Any, row: Model) -> Any:
        try:
            field, _attribute, value = lookup_field(name, row, self.model_admin)
        except ObjectDoesNotExist:
            return None
        if isinstance(field, Field) and field.choices:
            value = dict(field.flatchoices).get(value, value)
        return plain(value)

    def log(self, count: int, kind: str) -> None:
        """That it was taken away."""
        looks.note_export(
            self.request,
            self.changes.model._meta.label_lower,
            count=count,
            format=kind,
            columns=[str(name) for name in self.columns],
            by=looks.narrowed_by(self.request.GET),
            **({"why": self.why} if self.why else {}),
        )


def plain(value: Any) -> Any:
    """What a cell of a list says, without how it looks: numbers, days and times as such, everything else as text."""
    match value:
        case None | "" | "–" | "-":
            return None
        case bool():
            return _("yes") if value else _("no")
        case int() | float() | Decimal() | datetime() | date():
            return value
        case tuple() | list():
            # A label: its colour, and its words.
            return plain(value[-1]) if value else None
        case QuerySet():
            return joined(value)
        case Drawn():
            return value.words or None
        case SafeString():
            text = html.unescape(strip_tags(_APART.sub(" ", value)))
            return one_line(text) or None
    return str(value)

"""The history of a page's record: what was changed by whom, in sentences, and how the record stood on a day.

Whoever may open the page may read it. What the page hides of a record, its history hides too (`history_hides`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms.models import _get_foreign_key
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.days import midnight
from core.history import looks, past, words
from core.history.models import LookKind
from core.history.recording import recorded
from core.numbers import row_number

AT_ONCE = 50
# A part's rows on one page; more stand on pages of their own.
MOST_PARTS = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One field as it was on a day and as it is now."""

    label: str
    then: str
    now: str

    @property
    def differs(self) -> bool:
        """Whether it has changed since."""
        return self.then != self.now


class WithHistory:
    """For every ModelAdmin: <record>/history/ reads the database's own history."""

    # Columns whose values this page shows nobody, by name; a page with rights by field overrides the method.
    hides: tuple[str, ...] = ()

    def history_hides(self, request: HttpRequest, record: Model) -> frozenset[tuple[str, str]]:
        """(model, column) whose values this person may not read here."""
        return frozenset((record._meta.label_lower, column) for column in self.hides)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was changed, the newest first, fifty at a time; with `?on=2026-12-01` how the record stood then."""
        record = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        if not self.has_view_or_change_permission(request, record):  # type: ignore[attr-defined]
            raise PermissionDenied
        if self.looked_at is not None:  # type: ignore[attr-defined]
            looks.note(request, LookKind.HISTORY, record)
        model: type[Model] = self.model  # type: ignore[attr-defined]
        label, hidden = model._meta.label_lower, self.history_hides(request, record)
        changes = past.of_record(
            model,
            record.pk,
            parts=list(self._parts(request, record)),
            before=row_number(request.GET.get("before")),
            limit=AT_ONCE + 1,
        )
        told = words.Words(changes[:AT_ONCE], hidden=hidden, own=label)
        day = _day(request.GET.get("on"))
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("History: %(record)s") % {"record": record},
            "subtitle": None,
            "opts": self.opts,  # type: ignore[attr-defined]
            "object": record,
            "module_name": str(capfirst(self.opts.verbose_name_plural)),  # type: ignore[attr-defined]
            "preserved_filters": self.get_preserved_filters(request),  # type: ignore[attr-defined]
            "entries": told.entries(),
            "is_recorded": label in recorded(),
            "earlier": changes[AT_ONCE - 1].pk if len(changes) > AT_ONCE else None,
            "on": day,
            "asked": request.GET.get("on", ""),
            "today": timezone.localdate(),
            "begins": past.begins(),
            **(self._stood(record, day, told) if day else {}),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, "core/admin/history.html", context)

    def _stood(self, record: Model, day: Any, told: words.Words) -> dict[str, Any]:
        model = type(record)
        end = midnight(day + timedelta(days=1))
        then, now = past.as_of(model, record.pk, end), past.now_of(model, record.pk)
        told.also(model, [then, now])
        lines = [
            Line(
                capfirst(words.label_of(model, column)),
                told.value(model, column, (then or {}).get(column)),
                told.value(model, column, (now or {}).get(column)),
            )
            for column in now or {}
            if column != model._meta.pk.column and words.is_named(model, column)
        ]
        return {"was_there": then is not None, "lines": lines}

    def _parts(self, request: HttpRequest, record: Model) -> Iterator[past.Part]:
        """The rows that stand on this page: those of its inlines, and what its many-to-many fields join."""
        for inline in self.get_inline_instances(request, record):  # type: ignore[attr-defined]
            key = _get_foreign_key(type(record), inline.model, fk_name=inline.fk_name)
            yield self._part(inline.model, key.attname, inline.get_queryset(request), record)
        for field in type(record)._meta.many_to_many:
            through: Any = field.remote_field.through
            if through._meta.auto_created:
                column = field.m2m_column_name()
                yield self._part(through, column, through._default_manager.all(), record)

    def _part(self, model: Any, column: str, rows: Any, record: Model) -> past.Part:
        keys = rows.filter(**{column: record.pk}).order_by("pk").values_list("pk", flat=True)[:MOST_PARTS]
        return past.Part(model, column, list(keys))


def _day(text: str | None) -> Any:
    try:
        return parse_date(text or "")
    except ValueError:
        return None

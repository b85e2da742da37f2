"""Long lists as files: asked for, made beside by whoever asked, with what they may see at that moment."""

import io
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from core.admin.exports import Exported
from core.errors import DomainError, Refused
from core.exchange import signals, writing
from core.exchange.models import Export
from core.jobs import works

MAKE = "exchange.export"
MOST_UNDER_WAY = 3


def ask(*, model: str, query: str, kind: str, by: Any, why: str = "") -> Export:
    """Have the list of `model` made into a file, as its address `query` shows it; asked once more, it is the same one.
    `why`: what numbers and addresses are wanted in full for.

    Refused: exports_under_way.
    """
    with transaction.atomic():
        waiting = Export.objects.visible_to(by).filter(made_at__isnull=True, error="")
        same = waiting.filter(model=model, query=query, format=kind, why=why).first()
        if same is not None:
            return same
        if waiting.count() >= MOST_UNDER_WAY:
            raise Refused(
                "exports_under_way",
                _("Several of your exports are being made. Please wait until one is there."),
            )
        export = Export.objects.create(model=model, query=query, format=kind, owner_id=by.pk, why=why)
        event = signals.export_asked.emit(
            subject=export, facts={"model": model, "format": kind}, by=str(by)[:80]
        )
        works.ask(MAKE, because_of=event)
        return export


def to_make(export_id: int) -> "QuerySet[Export]":
    """What the work goes through: the one file, while it is not there."""
    return Export.objects.filter(pk=export_id, made_at__isnull=True, error="")


def make(*, export_id: int) -> None:
    """Write the file, with what its owner may see now, and log it. Safe to run twice: what is there stays."""
    export = to_make(export_id).select_related("owner").select_for_update(of=("self",)).first()
    if export is None:
        return
    model_admin = next(
        page for model, page in admin.site._registry.items() if model._meta.label_lower == export.model
    )
    with translation.override(getattr(export.owner, "language", None) or translation.get_language()):
        try:
            if not export.owner.is_active:
                raise PermissionDenied
            exported = Exported(model_admin, _as_asked(export), why=export.why)
            content = io.BytesIO()
            title = str(model_admin.opts.verbose_name_plural)
            export.rows = writing.write(
                export.format, content, exported.headings(), exported.rows(exported.ids()), title=title
            )
        except (PermissionDenied, IncorrectLookupParameters, DomainError) as error:
            export.error = error.code if isinstance(error, DomainError) else "not_permitted"
            export.save(update_fields=["error"])
            return
    export.content, export.made_at = content.getvalue(), timezone.now()
    export.save(update_fields=["content", "made_at", "rows"])
    exported.log(export.rows or 0, export.format)


def _as_asked(export: Export) -> HttpRequest:
    """The request for the list, as its owner would send it now."""
    request = HttpRequest()
    request.method, request.path = "GET", "/admin/"
    request.GET = QueryDict(export.query)
    request.user = export.owner
    request._messages = _Unheard()  # type: ignore[attr-defined]
    return request


class _Unheard:
    """What a list says beside its rows has nobody to read it here."""

    def add(self, *_said: Any) -> None:
        """Nothing."""


def gave_up(export_id: int, code: str) -> None:
    """It failed again and again."""
    Export.objects.filter(pk=export_id, made_at__isnull=True).update(error=code[:60])

"""Who looked at whose record, or took which out of the house: one insert for a page, and how it is read.

Recordings have a log of their own, with who heard what and for how long.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from rest_framework.request import Request

from core.history.models import Look, LookKind, Why


def note(request: HttpRequest | Request, kind: LookKind, record: Model, **facts: Any) -> None:
    """This person opened this record. One statement, before the page is sent: what cannot be noted is not shown."""
    _write(request, kind, record._meta.label_lower, object_id=str(record.pk), facts=facts)


def note_each(request: HttpRequest, kind: LookKind, records: Sequence[Model]) -> None:
    """`note` of each of these, which one page shows together. One statement, none for none."""
    by = _viewer(request)
    Look.objects.bulk_create(
        Look(by_id=by, kind=kind, model=row._meta.label_lower, object_id=str(row.pk)) for row in records
    )


def note_export(request: HttpRequest | Request, what: str, *, count: int, **facts: Any) -> None:
    """This person took so many rows of `what` (a model's label, a report's name) as a file. One statement."""
    _write(request, LookKind.EXPORT, what, count=count, facts=facts)


def of_records(records: Iterable[tuple[str, Iterable[Any]]]) -> QuerySet[Look]:
    """Looks at these records, by the model's label and their keys; the newest first."""
    wanted = Q(pk__in=[])
    for label, keys in records:
        wanted |= Q(model=label, object_id__in=[str(key) for key in keys])
    return Look.objects.filter(wanted).select_related("by").order_by("-id")


def title_of(look: Look) -> str:
    """What kind of record was looked at, in words."""
    return str(apps.get_model(look.model)._meta.verbose_name)


def viewer_of(look: Look) -> str:
    """Who looked; of an account that is gone its number."""
    return str(look.by) if look.by is not None else _("account %(id)s") % {"id": look.by_id}


def reason_of(look: Look) -> str:
    """What it was needed for, in words; nothing where nobody was asked."""
    why = look.facts.get("why", "")
    return str(Why(why).label) if why in Why.values else why


def narrowed_by(asked: QueryDict) -> list[str]:
    """By what a list was narrowed, as a look keeps it: the names, never what was searched for."""
    return sorted(name for name, value in asked.items() if value)


def _write(request: HttpRequest | Request, kind: LookKind, model: str, **what: Any) -> None:
    Look.objects.create(by_id=_viewer(request), kind=kind, model=model, **what)


def _viewer(request: HttpRequest | Request) -> int | None:
    """Who sees the page as somebody else is still the one who sees it."""
    user = getattr(request, "viewer", None) or request.user
    return user.pk if user.is_authenticated else None

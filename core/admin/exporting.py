"""What becomes of a wish to take a list away: a file at once, or one that is made beside while its page waits."""

import io
from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core.admin.exports import MOST_AT_ONCE, Exported
from core.errors import DomainError
from core.exchange import writing
from core.exchange.services import exports


def answer(model_admin: Any, request: HttpRequest, *, only: Collection[Any] | None = None) -> HttpResponse:
    """The file, of all rows or of `only` those, or the way to the page where it will be; back to the list with a
    sentence where it cannot be."""
    opts = model_admin.opts
    back = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    kind = writing.CSV if request.POST.get("format") == writing.CSV else writing.XLSX
    try:
        exported = Exported(model_admin, request, why=request.POST.get("why", ""))
        ids = exported.ids(only=only)
    except (IncorrectLookupParameters, DisallowedModelAdminToField):
        return HttpResponseRedirect(back)
    except DomainError as error:
        messages.error(request, str(error.message))
        return HttpResponseRedirect(f"{back}?{request.GET.urlencode()}")
    if only is None and len(ids) > MOST_AT_ONCE:
        asked = exports.ask(
            model=opts.label_lower,
            query=request.GET.urlencode(),
            kind=kind,
            by=request.user,
            why=exported.why,
        )
        messages.info(request, _("The list is long: its file is being made. This page may be left."))
        return HttpResponseRedirect(reverse("admin:exchange_export_change", args=[asked.pk]))
    content = io.BytesIO()
    count = writing.write(kind, content, exported.headings(), exported.rows(ids), title=name_of(model_admin))
    exported.log(count, kind)
    return as_file(content.getvalue(), kind, name_of(model_admin))


def name_of(model_admin: Any) -> str:
    """What the list is called."""
    return str(model_admin.opts.verbose_name_plural)


def as_file(content: bytes, kind: str, name: str) -> HttpResponse:
    """The file, which no cache keeps."""
    day = timezone.localdate().isoformat()
    said = content_disposition_header(as_attachment=True, filename=f"{name} {day}.{kind}") or "attachment"
    headers = {"Content-Disposition": said, "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=writing.TYPES[kind], headers=headers)

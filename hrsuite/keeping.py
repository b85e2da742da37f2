"""保存期限: how long each kind of data is kept, why, what goes in the next thirty days, and when it last went."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from core.jobs import retention
from core.jobs.models import KeepRule
from people.actors import person_of
from people.rules import is_hr, is_lead

SOON = timedelta(days=30)
LONGEST_NUMBER = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of data as the page shows it."""

    title: str
    period: str
    why: str
    due: int | None
    code: str = ""
    days: int = 0
    bounds: tuple[int, int] | None = None
    rule: KeepRule | None = None
    ran_at: datetime | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def periods(request: HttpRequest) -> HttpResponse:
    """The table, for HR; POST changes one period within its bounds, for the lead alone."""
    person = person_of(request)
    if not (is_lead(person) if request.method == "POST" else is_hr(person)):
        raise PermissionDenied
    if request.method == "POST":
        typed = request.POST.get("days", "")
        days = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER else -1
        try:
            retention.change(code=request.POST.get("code", ""), days=days, by=person, by_name=str(person))
        except DomainError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(
                request, _("The period was changed. What was kept under a shorter one still goes by it.")
            )
        return HttpResponseRedirect(reverse("keeping"))
    context = {
        **admin.site.each_context(request),
        "title": _("How long data are kept"),
        "lines": _lines(),
        "may_change": is_lead(person),
        "most": retention.MOST_COUNTED,
    }
    return render(request, "hrsuite/keeping.html", context)


def _lines() -> list[Line]:
    soon = timezone.now() + SOON
    rules = {rule.code: rule for rule in KeepRule.objects.all()}
    found = [
        Line(capfirst(str(one.title)), one.period(), str(one.why), one.due(soon)) for one in retention.told()
    ]
    for keep in retention.keeps():
        rule = rules.get(keep.code)
        days = keep.days if rule is None or rule.days is None else rule.days
        found.append(
            Line(
                title=capfirst(keep.name),
                period=str(keep.until) if keep.is_off(rule) else _in_words(days),
                why=str(keep.why),
                due=keep.due(soon, rule),
                code=keep.code,
                days=days,
                bounds=keep.bounds,
                rule=rule,
                ran_at=rule.ran_at if rule else None,
            )
        )
    return found


def _in_words(days: int) -> str:
    if days == 0:
        return _("until its own end")
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}

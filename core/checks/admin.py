"""What the data check found, promise by promise: for the lead, who looks again, mends, and sees when it began."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_q.tasks import async_task
from unfold.decorators import display

from core.admin import looks
from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from core.admin.scope import ReadOnly
from core.admin.steps import Caution, ConfirmForm, Step, Text, WithSteps
from core.checks import checking
from core.checks.declaring import declared_invariants
from core.checks.models import Check
from core.events import naming

EARLIER = 14


def _look_again(request: HttpRequest, record: Check, values: dict[str, Any]) -> HttpResponse:
    found = checking.check_now(code=record.code, by=request.user)
    messages.success(request, gettext("Looked again: %(found)s.") % {"found": _found(found)})
    return HttpResponseRedirect(reverse("admin:checks_check_change", args=[found.pk]))


def _mend(request: HttpRequest, record: Check, values: dict[str, Any]) -> Text:
    mended, left = checking.repair(code=record.code, by=request.user)
    if left:
        return Caution(
            gettext("%(mended)s rows were mended, %(left)s are left.") % {"mended": mended, "left": left}
        )
    return gettext("%(mended)s rows were mended, none is left.") % {"mended": mended}


def _is_mendable(record: Check) -> bool:
    known = declared_invariants().get(record.code)
    return record.is_latest and bool(record.count) and known is not None and known.repair is not None


def _found(check: Check) -> str:
    """How many, in words."""
    if check.count is None:
        return gettext("could not look: %(error)s") % {"error": check.error}
    if check.is_more:
        return gettext("more than %(count)s") % {"count": check.count}
    return str(check.count) if check.count else gettext("nothing")


@admin.register(Check)
class Checks(ReadOnly, WithSteps, Catalogue, ModelAdmin):
    """The last look at each promise; on its page the rows, what to do, and the looks before."""

    list_before_template = "checks/now.html"
    list_display = ["promise", "found", "since", "at", "step_buttons"]
    list_display_links = ["promise"]
    only_on_screen = ("step_buttons",)
    in_copies = {"since": ("broken_since",)}
    ordering = ["code", "-id"]
    fields = readonly_fields = ["promise", "found", "since", "at", "seconds", "advice", "which", "earlier"]
    steps = (
        Step("again", _("Look again"), _look_again, in_list=True),
        Step(
            "mend",
            _("Mend"),
            _mend,
            form=ConfirmForm,
            offered=_is_mendable,
            in_list=True,
            words=_(
                "Each row that is shown is brought to what it has to be, by the same service that would have done so. "
                "What it refuses is left for you. Then it is looked again."
            ),
        ),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever keeps the house: what is found is about everybody."""
        return bool(getattr(request.user, "keeps_house", False)) and request.user.is_active

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same people."""
        return self.has_view_permission(request)

    def has_step_permission(self, request: HttpRequest) -> bool:
        """The same people; the service asks again."""
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> Any:
        """The last look at each promise in the list; on a page also an earlier one."""
        found = super().get_queryset(request)
        match = request.resolver_match
        return (
            found.filter(is_latest=True) if match and match.url_name == "checks_check_changelist" else found
        )

    def get_urls(self) -> list[URLPattern]:
        """The address that asks for a look at everything."""
        everything = path("now/", self.admin_site.admin_view(self.now_view), name="checks_check_now")
        return [everything, *super().get_urls()]

    def now_view(self, request: HttpRequest) -> HttpResponse:
        """Look at everything (POST): by a job, since it reads all there is."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        async_task("core.checks.tasks.look", request.user.get_username(), cluster="slow")
        messages.success(request, gettext("It is being looked at; reload this page in a minute."))
        return HttpResponseRedirect(reverse("admin:checks_check_changelist"))

    @display(description=_("promise"))
    def promise(self, check: Check) -> str:
        """The sentence that is to hold."""
        return str(check)

    @display(description=_("found"))
    def found(self, check: Check) -> Any:
        """How many rows break it."""
        return looks.red(_found(check), check.is_red)

    @display(description=_("since"), empty_value="–")
    def since(self, check: Check) -> str | None:
        """The first of the looks in a row that found something."""
        return looks.minute(check.broken_since) if check.broken_since else None

    @display(description=_("What to do"))
    def advice(self, check: Check) -> Any:
        """What a person does."""
        known = declared_invariants().get(check.code)
        return known.advice if known else _("Nobody promises this any more.")

    @display(description=_("records found"), empty_value="–")
    def which(self, check: Check) -> SafeString | None:
        """The rows as links, the first hundred."""
        return format_html_join(SafeString("<br>"), "{}", ((_row(row),) for row in check.rows)) or None

    @display(description=_("earlier looks"), empty_value="–")
    def earlier(self, check: Check) -> SafeString | None:
        """The looks before this one, the newest first."""
        before = Check.objects.filter(code=check.code, pk__lt=check.pk).order_by("-pk")[:EARLIER]
        lines = ((looks.minute(one.at), _found(one)) for one in before)
        return format_html_join(SafeString("<br>"), "{} · {}", lines) or None


def _row(row: dict[str, Any]) -> SafeString | str:
    if not row["model"]:
        return str(row["name"])
    name = naming.row_name(row["model"], row["key"])
    try:
        address = reverse(f"admin:{row['model'].replace('.', '_')}_change", args=[row["key"]])
    except NoReverseMatch:
        return name
    return format_html('<a href="{}">{}</a>', address, name)

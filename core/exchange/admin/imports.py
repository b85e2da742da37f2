"""Imports in the back office: send a table, see what would become of each row, say yes, take it back."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import fields
from core.admin.base import ModelAdmin
from core.admin.lists import Lean
from core.admin.panels import WithPanels
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import ConfirmForm, Creation, Step, StepForm, Text, WithSteps
from core.exchange import refused
from core.exchange.declared import declared_exchanges, exchanged
from core.exchange.forms import template
from core.exchange.models import Fate, Import, ImportState
from core.exchange.panel import UNDER_WAY, may_be_confirmed
from core.exchange.services import imports
from core.exchange.writing import TYPES, XLSX

LOOKS = {
    "checking": "info",
    "checked": "warning",
    "applying": "info",
    "applied": "success",
    "failed": "danger",
    "undoing": "info",
    "undone": "default",
}
SECONDS = 3


class SendForm(StepForm):
    """Which table, of what."""

    kind = fields.choice(
        _("What its rows are"),
        lambda: [(kind.kind, kind.title) for kind in declared_exchanges().values()],
    )
    file = fields.file(
        _("File"),
        accept=".xlsx,.csv,.txt,.zip",
        help_text=_(
            "An Excel workbook (.xlsx) or a text table (.csv), up to 20 MB and 50,000 rows; for résumés a .zip, up to "
            "50 MB and 500 files, in folders that are called as the openings."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = list(declared_exchanges().values())
        choices = [(kind.kind, kind.title) for kind in kinds if self.person is None or kind.may(self.person)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        allowed = dict(choices)
        filled = [kind for kind in kinds if kind.kind in allowed and not kind.is_of_files]
        self.fields["kind"].help_text = format_html(
            "{} {}",
            _("Templates to fill in:"),
            format_html_join(
                " · ",
                "<a class='underline' href='{}'>{}</a>",
                (
                    (reverse("admin:exchange_import_template", args=[kind.kind]), kind.title)
                    for kind in filled
                ),
            ),
        )


class MatchForm(StepForm):
    """Under which heading each column stands."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        batch: Import = self.subject
        headings = [(heading, heading) for heading in dict.fromkeys(batch.headings) if heading]
        known = batch.places or batch.declaration.recognised(batch.headings)
        for column in batch.declaration.columns:
            place = known.get(column.name)
            self.fields[column.name] = fields.choice(
                column.heading,
                [("", gettext("Not in this table")), *headings],
                required=column.required,
                initial=batch.headings[place] if place is not None else "",
                help_text=column.words,
            )


def _send(request: HttpRequest, data: dict[str, Any]) -> Import:
    return imports.send(
        kind=data["kind"],
        name=data["file"].name,
        content=data["file"].read(),
        by=request.user,
        is_matched_later=True,
    )


def _match(request: HttpRequest, batch: Import, data: dict[str, Any]) -> Text:
    imports.match(
        import_id=batch.pk, mapping={name: each for name, each in data.items() if each}, by=request.user
    )
    return _("The table is read anew.")


def _confirm(request: HttpRequest, batch: Import, data: dict[str, Any]) -> Text:
    imports.confirm(import_id=batch.pk, digest=batch.digest, by=request.user)
    return _("The import has begun. The page may be left; it goes on by itself.")


def _undo(request: HttpRequest, batch: Import, data: dict[str, Any]) -> Text:
    imports.undo(import_id=batch.pk, by=request.user)
    return _("The import is being taken back.")


def _may_be_taken_back(batch: Import) -> bool:
    return batch.state == ImportState.APPLIED and batch.rows.exists()


STEPS = (
    Step(
        "confirm",
        _("Import"),
        _confirm,
        offered=may_be_confirmed,
        # The button stands beside what will happen.
        on_page=False,
    ),
    Step(
        "match",
        _("Match columns"),
        _match,
        form=MatchForm,
        offered=lambda batch: (
            batch.state in (ImportState.CHECKED, ImportState.FAILED)
            and bool(batch.headings)
            and not batch.declaration.is_of_files
        ),
        words=_(
            "Say under which heading of your table each column stands. It is remembered for tables like this."
        ),
    ),
    Step(
        "undo",
        _("Take back"),
        _undo,
        form=ConfirmForm,
        offered=_may_be_taken_back,
        look="danger",
        words=_(
            "What this import made is taken away again. What somebody has worked on since stays, and is named."
        ),
    ),
)


@admin.register(Import)
class ImportAdmin(ReadOnly, Lean, Scoped, WithSteps, WithPanels, ModelAdmin):
    """Files that were sent. Nothing is written before somebody has said yes to what would be."""

    nothing_yet = _("No table has been imported yet")
    steps = STEPS
    creation = Creation(
        _("Import a table"),
        SendForm,
        _send,
        words=_(
            "The table is only checked at first. You see what would become of each row, and then decide."
        ),
    )
    list_display = ["name", "kind_label", "state_label", "owner", "created_at"]
    list_select_related = ["owner"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_filter_submit = True
    search_fields = ["=id"]
    fields = readonly_fields = ["name", "kind_label", "state_label", "owner", "created_at", "files"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may import anything; which files, says `visible_to`."""
        return any(kind.may(request.user) for kind in declared_exchanges().values())

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same people."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same people."""
        return self.has_view_permission(request)

    def has_step_permission(self, request: HttpRequest) -> bool:
        """The same people; the service asks for the file's own kind."""
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """The files to take away: the template of a kind, and the refused rows of an import."""
        own = [
            path(
                "template/<slug:kind>.xlsx",
                self.admin_site.admin_view(self.template_view),
                name="exchange_import_template",
            ),
            path(
                "<int:pk>/refused.xlsx",
                self.admin_site.admin_view(self.refused_view),
                name="exchange_import_refused",
            ),
        ]
        return [*own, *super().get_urls()]

    def template_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The workbook to fill in."""
        declaration = declared_exchanges().get(kind)
        if declaration is None or declaration.is_of_files or not declaration.may(request.user):
            raise Http404
        return _file(template(exchanged(kind)), f"{declaration.title}.xlsx")

    def refused_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is wrong, beside the rows as they were sent."""
        batch = self.get_queryset(request).filter(pk=pk).first()
        if batch is None:
            raise Http404
        return _file(refused.workbook(batch), f"refused-{batch.pk}.xlsx")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **options: Any) -> HttpResponse:
        """The page; while something is under way it opens itself again."""
        answer = super().change_view(request, object_id, *args, **options)
        batch = self.get_object(request, object_id) if request.method == "GET" else None
        if batch is not None and batch.state in UNDER_WAY:
            answer["Refresh"] = str(SECONDS)
        return answer

    @display(description=_("kind"))
    def kind_label(self, batch: Import) -> Any:
        """In words."""
        return batch.declaration.title

    @display(description=_("state"), label=LOOKS)
    def state_label(self, batch: Import) -> Any:
        """In words."""
        return batch.state, ImportState(batch.state).label

    @display(description=_("files to take away"))
    def files(self, batch: Import) -> Any:
        """Links."""
        links = []
        if not batch.declaration.is_of_files:
            links.append((reverse("admin:exchange_import_template", args=[batch.kind]), _("Template")))
        if batch.rows.filter(fate=Fate.REFUSED).exists():
            links.append((reverse("admin:exchange_import_refused", args=[batch.pk]), _("Refused rows")))
        return format_html_join(" · ", "<a class='underline' href='{}'>{}</a>", links)


def _file(content: bytes, name: str) -> HttpResponse:
    said = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=TYPES[XLSX], headers={"Content-Disposition": said})

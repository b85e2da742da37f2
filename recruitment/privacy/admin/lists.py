"""Which records are held, and which were erased."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import ConfirmForm, Step, Text, WithSteps
from core.errors import NotFound
from core.history import looks
from core.history.models import LookKind
from core.persons import parts
from people.actors import person_of
from people.rules import is_lead
from recruitment.models import Erasure, Hold, PersonRequest
from recruitment.models.privacy import RequestKind, RequestState
from recruitment.privacy.admin.record import ReasonForm, preview
from recruitment.privacy.services import asking, holding
from recruitment.recordings import storage

COLOURS = {"waiting": "warning", "running": "info", "done": "success", "called_off": ""}


REQUEST_COLOURS = {
    "open": "warning", "overdue": "danger", "ready": "info", "granted": "success", "refused": "", "ended": "",
    "withdrawn": "",
}  # fmt: skip


def _waits(row: PersonRequest) -> bool:
    return row.kind == RequestKind.ERASURE and row.state == RequestState.OPEN


def _grant(request: HttpRequest, row: PersonRequest, _data: dict[str, Any]) -> Text:
    asking.grant(request_id=row.pk, by=person_of(request))
    return _("The record will be erased an hour from now; until then you can call it off.")


def _refuse(request: HttpRequest, row: PersonRequest, data: dict[str, Any]) -> Text:
    asking.refuse(request_id=row.pk, reason=data["reason"], by=person_of(request))
    return _("Refused; the person reads the reason on their page.")


def _fetch(request: HttpRequest, row: PersonRequest, _data: dict[str, Any]) -> HttpResponse:
    """The lead alone: to an address that is good once."""
    holding.lead_of(person_of(request))
    key = asking.new_key(candidate_id=row.candidate_id, request_id=row.pk)
    return HttpResponseRedirect(reverse("admin:recruitment_personrequest_copy", args=[row.pk, key]))


class OfCandidate(Lean, Scoped, ReadOnly, ModelAdmin):
    """Rows about a candidate, who is one click away. Nobody writes here: the steps are on the candidate's page."""

    search_fields = ["candidate__search_key"]
    list_filter_submit = True

    def with_details(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With the candidate and who decided."""
        return rows.select_related("candidate", "by")

    @display(description=_("candidate"))
    def of_candidate(self, row: Any) -> Any:
        """Whose record, with the way there."""
        address = reverse("admin:recruitment_candidate_change", args=[row.candidate_id])
        return format_html('<a href="{}">{}</a>', address, row.candidate)


@admin.register(Hold)
class HoldAdmin(OfCandidate):
    """Records that are held for a dispute."""

    nothing_yet = _("No record is held. A hold is set on the candidate's page.")
    list_display = ["held_at", "of_candidate", "of_application", "reason", "by", "until", "lifted_at"]
    list_filter = [("held_at", MomentRangeFilter)]
    sortable_by = ["held_at"]
    fields = readonly_fields = [
        "of_candidate", "of_application", "reason", "by", "held_at", "until", "lifted_at", "lifted_by", "lift_reason"
    ]  # fmt: skip

    def with_details(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With the opening of the one application that is held."""
        return super().with_details(rows).select_related("application__opening")

    @display(description=_("only this application"))
    def of_application(self, row: Hold) -> Any:
        """The opening, with the way to the application; nothing where the whole record is held."""
        if row.application is None:
            return None
        address = reverse("admin:recruitment_application_change", args=[row.application_id])
        return format_html('<a href="{}">{}</a>', address, row.application.opening)


@admin.register(Erasure)
class ErasureAdmin(OfCandidate):
    """Records that were erased, or are about to be."""

    nothing_yet = _("No record was erased. It is decided on the candidate's page.")
    list_display = ["asked_at", "of_candidate", "by", "state_label", "progress", "begins_at", "done_at"]
    list_filter = [("asked_at", MomentRangeFilter)]
    sortable_by = ["asked_at"]
    fields = readonly_fields = [
        "of_candidate", "reason", "by", "asked_at", "begins_at", "state_label", "progress", "waits_for", "told_at",
        "done_at",
    ]  # fmt: skip

    @display(description=_("state"), label=COLOURS)
    def state_label(self, row: Erasure) -> Any:
        """Where it stands."""
        return row.state, row.get_state_display()

    @display(description=_("parts through"))
    def progress(self, row: Erasure) -> str:
        """So many of so many."""
        return f"{sum(part.code in row.done for part in parts())} / {len(parts())}"

    @display(description=_("what stands in the way"), empty_value="–")
    def waits_for(self, row: Erasure) -> str | None:
        """In words."""
        return row.in_the_way or None


@admin.register(PersonRequest)
class PersonRequestAdmin(WithSteps, OfCandidate):
    """What people asked about their own data: whoever leads answers, within fifteen days."""

    nothing_yet = _("Nobody has asked for their data or its erasure yet.")
    list_display = ["asked_at", "of_candidate", "kind", "state_label", "due", "answered_at", "step_buttons"]
    list_filter = [("state", ChoicesDropdownFilter), ("asked_at", MomentRangeFilter)]
    sortable_by = ["asked_at"]
    fields = readonly_fields = [
        "of_candidate", "kind", "state_label", "asked_at", "by", "due", "answered_at", "answered_by", "answer",
        "bytes", "ends_at", "fetched_at",
    ]  # fmt: skip
    steps = (
        Step(
            "grant",
            _("Grant the erasure"),
            _grant,
            form=ConfirmForm,
            in_list=True,
            offered=_waits,
            words=_("The record will be erased an hour from now; until then you can call it off."),
            details=lambda request, row: preview(request, row.candidate),
        ),
        Step(
            "refuse",
            _("Refuse the erasure"),
            _refuse,
            form=ReasonForm,
            in_list=True,
            offered=_waits,
            words=_(
                "The person reads this reason on their page: say which law or which dispute keeps the data."
            ),
        ),
        Step(
            "fetch",
            _("Download the copy"),
            _fetch,
            in_list=True,
            offered=lambda row: row.state == RequestState.READY,
        ),
    )

    def has_step_permission(self, request: HttpRequest) -> bool:
        """Answering is the lead's."""
        return is_lead(request.user)

    def get_urls(self) -> list[Any]:
        """With that of the file itself, good once."""
        address = path(
            "<int:number>/copy/<str:key>/",
            self.admin_site.admin_view(self.copy_view),
            name="recruitment_personrequest_copy",
        )
        return [address, *super().get_urls()]

    def copy_view(self, request: HttpRequest, number: int, key: str) -> FileResponse:
        """The file, noted before it is sent. What is not the lead's, or was used, is not there."""
        row = (
            PersonRequest.objects.visible_to(request.user)
            .filter(pk=number)
            .select_related("candidate")
            .first()
        )
        if row is None or not is_lead(request.user):
            raise Http404
        try:
            copy = asking.use_key(candidate_id=row.candidate_id, request_id=number, key=key)
        except NotFound as error:
            raise Http404 from error
        looks.note(request, LookKind.FILE, row.candidate)
        content = storage.recordings().open(copy.stored_name)
        answer = FileResponse(content, as_attachment=True, filename="data.zip")
        answer["Cache-Control"] = "no-store"
        return answer

    @display(description=_("state"), label=REQUEST_COLOURS)
    def state_label(self, row: PersonRequest) -> Any:
        """Where it stands; red when an answer is overdue."""
        if row.is_overdue:
            return "overdue", _("Answer overdue")
        return row.state, row.get_state_display()

    @display(description=_("answer owed by"))
    def due(self, row: PersonRequest) -> Any:
        """The day; nothing once it was answered."""
        return row.due_on if row.state == RequestState.OPEN else None

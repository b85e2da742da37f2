"""Reports and what came of them. Written by the computation alone; a person decides where the rule asks."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core import pdf
from core.admin import looks
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.panels import WithPanels
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import Step, StepForm, Text, WithSteps
from core.figures import Basis
from core.history.looks import note
from core.history.models import LookKind
from people.actors import person_of
from recruitment import colours
from recruitment.enums import ApplicationStage, AssessmentStatus, DecisionOutcome
from recruitment.evaluation import printing
from recruitment.evaluation.admin import reports
from recruitment.models import Assessment, Decision, Invitation
from recruitment.services import decisions
from recruitment.telling import and_told


@admin.register(Assessment)
class AssessmentAdmin(Lean, Scoped, WithPanels, ReadOnly, ModelAdmin):
    """The reports. Estimates say that they are estimates, and are not ranked: the value is no column to sort by."""

    nothing_yet = _(
        "No report yet: it appears once every stage is saved and scored, or the interview breaks off."
    )
    looked_at = LookKind.PAGE
    list_display = ["candidate", "opening", "basis_label", "score", "status_label", "attempt", "issued_at"]
    # The name leads to the interview already: a link within a link is none.
    list_display_links = ["score"]
    list_filter = [
        ("basis", ChoicesDropdownFilter),
        ("status", ChoicesDropdownFilter),
        ("interview__application__opening", AutocompleteSelectFilter),
        ("issued_at", MomentRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["interview__application__candidate__search_key"]
    sortable_by = ["issued_at"]
    change_form_outer_before_template = "recruitment/admin/assessment_page.html"
    fields = ["candidate", "opening"]
    readonly_fields = ["candidate", "opening"]

    def with_details(self, rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
        """With the people."""
        return rows.select_related("interview__application__candidate", "interview__application__opening")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The report, drawn."""
        context = dict(extra_context or {})
        if request.method == "GET" and self.has_view_permission(request):
            found = self.get_object(request, unquote(object_id))
            if found is not None:
                context["assessment"] = reports.whole(found.pk)
                context["assessment"].printed = True
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        """And the report as PDF, for the house and for the candidate."""
        made = {
            "report.pdf": ("recruitment_assessment_pdf", printing.document),
            "candidate.pdf": (
                "recruitment_assessment_pdf_for_candidate",
                printing.document_for_candidate,
            ),
        }
        return [
            path(
                f"<int:assessment_id>/{name}",
                self.admin_site.admin_view(self.pdf_view),
                {"make": make},
                name=address,
            )
            for name, (address, make) in made.items()
        ] + super().get_urls()

    def pdf_view(
        self, request: HttpRequest, assessment_id: int, make: Callable[[Assessment], pdf.Document]
    ) -> HttpResponse:
        """The document; 404 for whoever may not see the report."""
        found = self.get_object(request, str(assessment_id))
        if found is None or not self.has_view_permission(request, found):
            raise Http404
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        note(request, LookKind.FILE, found)
        return HttpResponse(
            make(printing.read(assessment_id)).content,
            content_type="application/pdf",
            headers={
                "Content-Disposition": f'attachment; filename="assessment-{assessment_id}.pdf"',
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            },
        )

    @display(description=_("candidate"))
    def candidate(self, assessment: Assessment) -> Any:
        """Whose, with the way to the interview."""
        return _to_interview(assessment)

    @display(description=_("opening"))
    def opening(self, assessment: Assessment) -> str:
        """For what."""
        return str(assessment.interview.application.opening)

    @display(description=_("basis"), label=colours.BASIS)
    def basis_label(self, assessment: Assessment) -> Any:
        """What it rests on."""
        return assessment.basis, Basis(assessment.basis).label

    @display(description=_("overall"))
    def score(self, assessment: Assessment) -> SafeString:
        """Value and interval."""
        return looks.score_bar(assessment.value, assessment.low, assessment.high, assessment.basis)

    @display(description=_("status"), label=colours.ASSESSMENT)
    def status_label(self, assessment: Assessment) -> Any:
        """Whether it stands."""
        return assessment.status, AssessmentStatus(assessment.status).label


def _to_interview(assessment: Assessment) -> SafeString:
    address = reverse("admin:recruitment_interview_change", args=[assessment.interview_id])
    return format_html('<a href="{}">{}</a>', address, assessment.interview.application.candidate)


class ConfirmForm(StepForm):
    """The page shows the report, and asks."""


def _invite(request: HttpRequest, decision: Decision, data: dict[str, Any]) -> Text:
    decisions.invite(decision_id=decision.pk, by=person_of(request))
    return and_told(_("Invited to the second round."), decision.application.candidate)


def _decline(request: HttpRequest, decision: Decision, data: dict[str, Any]) -> Text:
    decisions.decline(decision_id=decision.pk, by=person_of(request))
    return _("Not invited on this report. The application goes on.")


def _report(request: HttpRequest, decision: Decision) -> SafeString:
    """The score with its interval and basis stands before the button."""
    context = {"assessment": reports.whole(decision.assessment_id), "decision": decision}
    return SafeString(render_to_string("recruitment/admin/decision_report.html", context, request))


def _stands(decision: Decision) -> bool:
    return (
        decision.assessment.status == AssessmentStatus.CURRENT
        and decision.application.stage in ApplicationStage.before_second_round
    )


@admin.register(Decision)
class DecisionAdmin(Lean, Scoped, WithSteps, WithPanels, ReadOnly, ModelAdmin):
    """What the rule or a person made of a report; where it asks, a person answers here."""

    nothing_yet = _("No question waits. The rule decides on full reports; estimates come here.")
    steps = (
        Step(
            "invite",
            _("Invite to the second round"),
            _invite,
            form=ConfirmForm,
            look="primary",
            in_list=True,
            offered=lambda row: row.outcome in DecisionOutcome.invitable and _stands(row),
            details=_report,
            words=_("You decide, on the report below; its basis stays written on the invitation."),
        ),
        Step(
            "decline",
            _("Do not invite"),
            _decline,
            form=ConfirmForm,
            in_list=True,
            offered=lambda row: row.outcome in DecisionOutcome.undecided and _stands(row),
            details=_report,
            words=_("Nobody is rejected by this: the application goes on, and a full report is judged anew."),
        ),
    )
    list_display = [
        "candidate",
        "opening",
        "outcome_label",
        "basis_label",
        "score",
        "threshold",
        "decided_by",
        "asked_at",
        "step_buttons",
    ]
    list_display_links = ["score"]
    list_filter = [
        ("outcome", ChoicesDropdownFilter),
        ("assessment__basis", ChoicesDropdownFilter),
        ("application__opening", AutocompleteSelectFilter),
        ("at", MomentRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["application__candidate__search_key"]
    sortable_by = ["asked_at"]
    in_copies = {"asked_at": ("at",)}
    fields = readonly_fields = [
        "candidate",
        "opening",
        "outcome",
        "basis",
        "score",
        "threshold",
        "decided_by",
        "at",
        "decided_at",
    ]

    def with_details(self, rows: QuerySet[Decision]) -> QuerySet[Decision]:
        """With the people and the report."""
        return rows.select_related(
            "application__candidate",
            "application__opening",
            "assessment__interview__application__candidate",
            "decided_by",
        )

    @display(description=_("candidate"))
    def candidate(self, decision: Decision) -> Any:
        """Whose, with the way to the interview."""
        return _to_interview(decision.assessment)

    @display(description=_("opening"))
    def opening(self, decision: Decision) -> str:
        """For what."""
        return str(decision.application.opening)

    @display(description=_("outcome"), label=colours.DECISION)
    def outcome_label(self, decision: Decision) -> Any:
        """What was decided."""
        return decision.outcome, DecisionOutcome(decision.outcome).label

    @display(description=_("basis"))
    def basis(self, decision: Decision) -> Any:
        """What the report rests on, on the decision's page."""
        return Basis(decision.assessment.basis).label

    @display(description=_("at"), ordering="at")
    def asked_at(self, decision: Decision) -> str:
        """When the rule or a person came to it."""
        return looks.minute(decision.at)

    @display(description=_("basis"), label=colours.BASIS)
    def basis_label(self, decision: Decision) -> Any:
        """What the report rests on."""
        return decision.assessment.basis, Basis(decision.assessment.basis).label

    @display(description=_("overall"))
    def score(self, decision: Decision) -> SafeString:
        """Value and interval."""
        report = decision.assessment
        return looks.score_bar(report.value, report.low, report.high, report.basis)


@admin.register(Invitation)
class InvitationAdmin(Lean, Scoped, ReadOnly, ModelAdmin):
    """Who was invited to the second round, by whom, and on which basis."""

    nothing_yet = _(
        "Nobody is invited yet. The rule invites on a full report, a person may do so on an estimate."
    )
    list_display = ["candidate", "opening", "basis_label", "inviter", "invited_at"]
    list_filter = [
        ("basis", ChoicesDropdownFilter),
        ("application__opening", AutocompleteSelectFilter),
        ("invited_at", MomentRangeFilter),
    ]
    list_filter_submit = True
    search_fields = ["application__candidate__search_key"]
    sortable_by = ["invited_at"]
    fields = readonly_fields = ["candidate", "opening", "basis", "inviter", "invited_at"]

    def with_details(self, rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
        """With the people."""
        return rows.select_related("application__candidate", "application__opening", "invited_by")

    @display(description=_("candidate"))
    def candidate(self, invitation: Invitation) -> str:
        """Whom."""
        return str(invitation.application.candidate)

    @display(description=_("opening"))
    def opening(self, invitation: Invitation) -> str:
        """For what."""
        return str(invitation.application.opening)

    @display(description=_("invited by"), empty_value=_("the advance rule"))
    def inviter(self, invitation: Invitation) -> Any:
        """Who; nobody when the rule did."""
        return invitation.invited_by

    @display(description=_("basis"), label=colours.BASIS)
    def basis_label(self, invitation: Invitation) -> Any:
        """On which basis."""
        return invitation.basis, Basis(invitation.basis).label

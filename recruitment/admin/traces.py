"""What was noticed and handed out: exits with their causes, and the candidates' links."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter
from unfold.decorators import display

from core.admin import fields
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import Step, StepForm, Text, WithSteps
from people.actors import person_of
from recruitment.enums import ExitCause
from recruitment.models import InterviewExit, RoomLink
from recruitment.models.exits import CAUSE_NOW
from recruitment.services import interviews, links


class CauseForm(StepForm):
    """Why the candidate left, as it was learnt."""

    cause = fields.choice(_("cause"), ExitCause.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.subject is not None:
            self.fields["cause"].initial = self.subject.effective_cause


def _correct(request: HttpRequest, exit_: InterviewExit, data: dict[str, Any]) -> Text:
    interviews.correct_cause(exit_id=exit_.pk, cause=data["cause"], by=person_of(request))
    return _("The cause was recorded.")


class CauseFilter(DropdownFilter):
    """By the cause that counts: the corrected one, else the noticed."""

    title = _("cause")
    parameter_name = "cause"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every cause."""
        return list(ExitCause.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[InterviewExit]) -> QuerySet[InterviewExit]:
        """Those with the chosen one."""
        return (
            queryset.annotate(cause_now=CAUSE_NOW).filter(cause_now=self.value())
            if self.value()
            else queryset
        )


class _OfInterview(Lean, Scoped, WithSteps, ReadOnly, ModelAdmin):
    """What belongs to an interview: its people in words, its page a click away."""

    list_filter_submit = True
    search_fields = ["interview__application__candidate__search_key"]

    def with_details(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With the people."""
        return rows.select_related("interview__application__candidate", "interview__application__opening")

    @display(description=_("interview"))
    def of_interview(self, row: Any) -> Any:
        """Whose, for what."""
        address = reverse("admin:recruitment_interview_change", args=[row.interview_id])
        return format_html('<a href="{}">{}</a>', address, row.interview)


@admin.register(InterviewExit)
class InterviewExitAdmin(_OfInterview):
    """Every exit: cause as noticed and as corrected, announced or silent, and whether the candidate came back."""

    nothing_yet = _("Nobody has left an interview half way.")
    steps = (Step("correct", _("Record cause"), _correct, form=CauseForm, in_list=True, look="primary"),)
    list_display = [
        "left_at",
        "of_interview",
        "attempt",
        "noticed",
        "corrected",
        "is_announced",
        "returned_at",
        "step_buttons",
    ]
    list_filter = [
        CauseFilter,
        "is_announced",
        ("interview__application__opening", AutocompleteSelectFilter),
        ("left_at", MomentRangeFilter),
    ]
    sortable_by = ["left_at"]
    fields = readonly_fields = [
        "of_interview",
        "attempt",
        "noticed",
        "corrected",
        "is_announced",
        "note",
        "left_at",
        "returned_at",
        "corrected_by",
    ]

    def with_details(self, rows: QuerySet[InterviewExit]) -> QuerySet[InterviewExit]:
        """With who corrected the cause."""
        return super().with_details(rows).select_related("corrected_by")

    @display(description=_("cause"))
    def noticed(self, exit_: InterviewExit) -> str:
        """As the system or the candidate said."""
        return exit_.get_cause_display()

    @display(description=_("cause as corrected"), empty_value="–")
    def corrected(self, exit_: InterviewExit) -> str | None:
        """As HR learnt."""
        return exit_.get_corrected_cause_display() or None


def _revoke(request: HttpRequest, link: RoomLink, data: dict[str, Any]) -> Text:
    links.revoke(link_id=link.pk, by=person_of(request))
    return _("The link was revoked; whoever has it open has to ask for a new one.")


def _is_live(link: RoomLink) -> bool:
    return link.revoked_at is None and link.expires_at > timezone.now()


@admin.register(RoomLink)
class RoomLinkAdmin(_OfInterview):
    """The candidates' links: made on the interview's page, shown there once, revoked here or there."""

    nothing_yet = _("No link yet: make one on an interview's page.")
    steps = (Step("revoke", _("Revoke"), _revoke, in_list=True, look="danger", offered=_is_live),)
    list_display = ["of_interview", "created_at", "expires_at", "revoked_at", "browsers", "step_buttons"]
    list_display_links = ["created_at"]
    list_filter = [
        ("interview__application__opening", AutocompleteSelectFilter),
        ("expires_at", MomentRangeFilter),
    ]
    sortable_by = ["created_at", "expires_at"]
    fields = readonly_fields = ["of_interview", "created_at", "expires_at", "revoked_at"]

    def with_details(self, rows: QuerySet[RoomLink]) -> QuerySet[RoomLink]:
        """With the number of browsers that used it."""
        return super().with_details(rows).annotate(browser_count=Count("sessions"))

    @display(description=_("browsers"))
    def browsers(self, link: Any) -> int:
        """How many browsers exchanged it for a session."""
        return link.browser_count

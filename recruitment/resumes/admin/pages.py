"""The list of résumés, looked through by what stands in them; the page of one, its steps; and who opened which."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import panels
from core.admin.base import ModelAdmin
from core.admin.filters import MomentRangeFilter
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from core.admin.steps import ConfirmForm, Step, Text, WithSteps
from core.numbers import row_number
from core.searching import MOST_FOUND, Asked
from people.actors import person_of
from recruitment.enums_incoming import ResumeState
from recruitment.models import Resume, ResumeAccess
from recruitment.resumes.admin import panel
from recruitment.resumes.services import adding, confirming, looking

LOOKS = {"reading": "info", "read": "success", "unreadable": "warning"}


def _confirm(request: HttpRequest, resume: Resume, _data: dict[str, Any]) -> Text:
    confirming.confirm(
        resume_id=resume.pk,
        proposal_id=row_number(request.POST.get("proposal")) or 0,
        level=row_number(request.POST.get("level")),
        by=person_of(request),
    )
    return _("It was taken over.")


def _dismiss(request: HttpRequest, resume: Resume, _data: dict[str, Any]) -> Text:
    confirming.dismiss(
        resume_id=resume.pk, proposal_id=row_number(request.POST.get("proposal")) or 0, by=person_of(request)
    )
    return _("It was put aside.")


def _remove(request: HttpRequest, resume: Resume, _data: dict[str, Any]) -> Text:
    adding.remove(resume_id=resume.pk, by=person_of(request))
    return _("The résumé was deleted.")


@admin.register(Resume)
class ResumeAdmin(Lean, Scoped, ReadOnly, WithSteps, panels.WithPanels, ModelAdmin):
    """Résumés: found by the words in them, opened on a page of their own."""

    nothing_yet = _("No résumé yet. Add one on the page of an application or a candidate.")
    steps = (
        Step("confirm", _("Confirm"), _confirm, on_page=False),
        Step("dismiss", _("Put aside"), _dismiss, on_page=False),
        Step(
            "remove",
            _("Delete résumé"),
            _remove,
            form=ConfirmForm,
            look="danger",
            words=_(
                "The file, its text and what was proposed from it are deleted for good. Confirmed facts stay."
            ),
        ),
    )
    list_display = ["name", "of_candidate", "state_label", "kind", "pages", "size", "uploaded_at"]
    list_filter = [("state", ChoicesDropdownFilter), ("uploaded_at", MomentRangeFilter)]
    list_filter_submit = True
    search_fields = ["candidate__search_key"]
    search_help_text = _("Words of the résumé, or who it is")
    sortable_by = ["uploaded_at"]
    fields = readonly_fields = [
        "of_candidate",
        "application",
        "state_label",
        "kind",
        "pages",
        "size",
        "uploaded_by",
        "uploaded_at",
    ]

    def with_details(self, rows: QuerySet[Resume]) -> QuerySet[Resume]:
        """With whose it is; without its text."""
        way = ("candidate", "application__candidate", "application__opening", "uploaded_by")
        return rows.select_related(*way).defer("text", "word_key")

    def found_by(self, request: HttpRequest, asked: Asked, typed: str) -> Q:
        """By the person; where nobody is called so, by the words of the text."""
        found = super().found_by(request, asked, typed)
        if found != Q(pk__in=[]):
            return found
        ids = looking.holding(Resume.objects.visible_to(request.user).order_by(), typed)
        return Q(pk__in=list(ids.values_list("pk", flat=True)[:MOST_FOUND]))

    @display(description=_("candidate"))
    def of_candidate(self, resume: Resume) -> Any:
        """Whose, with the way there."""
        address = reverse("admin:recruitment_candidate_change", args=[resume.candidate_id])
        return format_html('<a href="{}">{}</a>', address, resume.candidate)

    @display(description=_("state"), label=LOOKS)
    def state_label(self, resume: Resume) -> Any:
        """The state in words."""
        return resume.state, ResumeState(resume.state).label

    @display(description=_("size"), ordering="bytes")
    def size(self, resume: Resume) -> str:
        """As people read it."""
        return filesizeformat(resume.bytes)


def _viewer(request: HttpRequest, resume: Resume) -> SafeString:
    context = {"chosen": panel.opened(request, resume)}
    return SafeString(render_to_string("recruitment/admin/resume.html", context, request=request))


panels.register(Resume, panels.Panel("viewer", _("Résumé"), _viewer, order=10))


@admin.register(ResumeAccess)
class ResumeAccessAdmin(Lean, ReadOnly, ModelAdmin):
    """Who opened which résumé when: one row for each time of looking. Nobody writes or deletes here."""

    nothing_yet = _("Nobody has opened a résumé yet.")
    list_display = ["at", "who", "of_resume", "fetched", "last_at"]
    list_filter = [("user", AutocompleteSelectFilter), ("at", MomentRangeFilter)]
    list_filter_submit = True
    search_fields = ["user__search_key", "resume__candidate__search_key"]
    sortable_by = ["at"]
    fields = readonly_fields = ["at", "who", "of_resume", "fetched", "last_at"]

    def with_details(self, rows: QuerySet[ResumeAccess]) -> QuerySet[ResumeAccess]:
        """With whose it was."""
        return rows.select_related("resume__candidate").defer("resume__text", "resume__word_key")

    @display(description=_("résumé"))
    def of_resume(self, access: ResumeAccess) -> Any:
        """Whose, and the file."""
        address = reverse("admin:recruitment_candidate_change", args=[access.resume.candidate_id])
        return format_html('<a href="{}">{}</a> · {}', address, access.resume.candidate, access.resume)

"""Interview plans: a draft to edit, versions that stand, the step between them, and a box to try an answer."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from core.admin import fields, panels
from core.admin.base import ModelAdmin
from core.admin.formsets import CheckedFormSet, OrderedFormSet
from core.admin.lists import Catalogue
from core.admin.panels import Panel, WithPanels
from core.admin.steps import ConfirmForm, Step, StepForm, Text, WithSteps
from people.actors import person_of
from recruitment import queries
from recruitment.admin import library
from recruitment.admin.plan_page import WithPage, address_of
from recruitment.admin.plan_trying import WithTrying, box
from recruitment.admin.questions import LevelForm, OfDraft
from recruitment.enums import InterviewState
from recruitment.evaluation.admin import desk
from recruitment.models import InterviewPlan, PlanVersion, RubricLevel, Stage
from recruitment.services import plan_changes, plans, ready_plans

_BEGUN = (InterviewState.IN_PROGRESS, InterviewState.INTERRUPTED)


class StageInline(OfDraft, TabularInline):
    """The stages in the order that they are dragged to; questions are on the stage's own page."""

    model = Stage
    formset = OrderedFormSet
    ordering_field = "number"
    extra = 0
    fields = ["number", "title", "title_en", "minutes", "competencies", "to_questions"]
    readonly_fields = ["to_questions"]
    autocomplete_fields = ["competencies"]
    ordering = ["number"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stage]:
        """With the number of questions, and whether it is published."""
        rows = super().get_queryset(request).select_related("version")
        return rows.annotate(question_count=Count("questions"))

    @display(description=_("questions"))
    def to_questions(self, stage: Any) -> Any:
        """How many, and the way to them; a new stage has its page once it is saved."""
        if stage.pk is None:
            return "–"
        address = reverse("admin:recruitment_stage_change", args=[stage.pk])
        words = (
            gettext("%(count)s, edit") if stage.version.published_at is None else gettext("%(count)s, read")
        )
        return format_html(
            '<a class="hs-button small" href="{}">{}</a>', address, words % {"count": stage.question_count}
        )


class LevelInline(OfDraft, TabularInline):
    """The plan's own rubric; what it says nothing of, the house's speaks for."""

    model = RubricLevel
    form = LevelForm
    formset = CheckedFormSet
    extra = 0
    verbose_name_plural = _("The plan's own rubric; what is not in it comes from the house's")
    fields = ["competency", "level", "anchor"]
    autocomplete_fields = ["competency"]
    ordering = ["competency", "level"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RubricLevel]:
        """With whose it is, and whether it is published."""
        return super().get_queryset(request).select_related("version", "competency")

    def get_fields(self, request: HttpRequest, obj: PlanVersion | None = None) -> list[str]:
        """Of what is published with where it came from."""
        is_draft = obj is None or obj.published_at is None
        return ["competency", "level", "anchor"] + ([] if is_draft else ["from_house"])

    def get_readonly_fields(self, request: HttpRequest, obj: PlanVersion | None = None) -> list[str]:
        """See `get_fields`."""
        return [] if obj is None or obj.published_at is None else ["from_house"]


def _to_draft(version: PlanVersion) -> HttpResponseRedirect:
    return HttpResponseRedirect(address_of(version))


def _edit(request: HttpRequest, plan: InterviewPlan, data: dict[str, Any]) -> HttpResponse:
    return _to_draft(plans.edit(plan_id=plan.pk, by=person_of(request)))


def _publish(request: HttpRequest, version: PlanVersion, data: dict[str, Any]) -> Text:
    taken = plans.publish(version_id=version.pk, by=person_of(request))
    if not taken:
        return _("Published. Interviews of openings with this plan are scheduled with it.")
    words = ngettext(
        "Published. %(count)s scheduled interview takes this version.",
        "Published. %(count)s scheduled interviews take this version.",
        taken,
    )
    return words % {"count": taken}


def _to_opening(request: HttpRequest, version: PlanVersion, data: dict[str, Any]) -> HttpResponse:
    """To the form of an opening, which begins with this plan."""
    address = reverse("admin:recruitment_opening_add")
    return HttpResponseRedirect(f"{address}?interview_plan={version.plan_id}")


def _discard(request: HttpRequest, version: PlanVersion, data: dict[str, Any]) -> HttpResponse:
    plans.discard(version_id=version.pk, by=person_of(request))
    return HttpResponseRedirect(reverse("admin:recruitment_interviewplan_change", args=[version.plan_id]))


def _what_it_means(request: HttpRequest, version: PlanVersion) -> SafeString:
    """The difference against the last version, and whom it concerns: it stands before the button."""
    context = {
        "changes": plan_changes.between(version.plan.published, version),
        "last": version.plan.published,
        "concerned": plan_changes.concerned(version.plan_id),
    }
    return SafeString(render_to_string("recruitment/admin/plan_changes.html", context, request))


class CopyForm(StepForm):
    """What the copy is called."""

    name = fields.boxed(forms.CharField, _("name"), max_length=ready_plans.LONGEST_NAME)


def _copy(request: HttpRequest, plan: InterviewPlan, data: dict[str, Any]) -> HttpResponse:
    return _to_draft(ready_plans.copy_plan(plan_id=plan.pk, name=data["name"], by=person_of(request)))


class PlanForm(forms.ModelForm):
    """A plan has a name; everything else is its versions'."""

    class Meta:
        model = InterviewPlan
        fields = ["name"]


@admin.register(InterviewPlan)
class InterviewPlanAdmin(Catalogue, WithSteps, WithPanels, ModelAdmin):
    """Plans, with their versions and what is being edited."""

    nothing_yet = _(
        "No plan yet: take one over from the library, or give the first one its name, then its stages."
    )
    form = PlanForm
    list_before_template = "recruitment/admin/plans_head.html"
    list_display = ["name", "published_number", "stage_count", "draft_label"]
    search_fields = ["name"]
    steps = (
        Step("edit", _("Edit as a draft"), _edit, look="primary", offered=lambda plan: plan.draft is None),
        Step("go_on", _("Go on with the draft"), _edit, look="primary", offered=lambda plan: plan.draft is not None),
        Step(
            "publish",
            _("Publish the draft"),
            lambda request, plan, data: _publish(request, _draft_of(plan), data),
            form=ConfirmForm,
            offered=lambda plan: plan.draft is not None,
            details=lambda request, plan: _what_it_means(request, _draft_of(plan)),
            words=_("A published version never changes. What is to change next is a new draft."),
        ),
        Step(
            "copy",
            _("Copy the plan"),
            _copy,
            form=CopyForm,
            words=_("A new plan begins as a draft with the same stages and questions; this one stays as it is."),
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[InterviewPlan]:
        """With the newest version, the number of its stages, and whether something is being edited."""
        newest = PlanVersion.objects.filter(plan=OuterRef("pk"), published_at__isnull=False).order_by(
            "-number"
        )
        draft = PlanVersion.objects.filter(plan=OuterRef("pk"), published_at__isnull=True)
        stages = newest.annotate(count=Count("stages"))
        return super().get_queryset(request).annotate(
            newest=Subquery(newest.values("number")[:1]),
            stage_count=Subquery(stages.values("count")[:1]),
            draft_number=Subquery(draft.values("number")[:1]),
        )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        """And the library, and the scoring desk."""
        address = path(
            "library/", self.admin_site.admin_view(library.library), name="recruitment_interviewplan_library"
        )
        judging = path(
            "desk/", self.admin_site.admin_view(desk.overview), name="recruitment_interviewplan_desk"
        )
        one = path(
            "desk/<int:stage_id>/<int:competency_id>/",
            self.admin_site.admin_view(desk.question),
            name="recruitment_interviewplan_desk_question",
        )
        return [address, judging, one, *super().get_urls()]

    def save_model(
        self, request: HttpRequest, obj: InterviewPlan, form: forms.ModelForm, change: bool
    ) -> None:
        """A new plan begins as a draft."""
        super().save_model(request, obj, form, change)
        if not change:
            plans.edit(plan_id=obj.pk, by=person_of(request))

    def response_add(
        self, request: HttpRequest, obj: InterviewPlan, post_url_continue: str | None = None
    ) -> HttpResponse:
        """From its name on to its stages."""
        if "_addanother" in request.POST or "_popup" in request.POST or obj.draft is None:
            return super().response_add(request, obj, post_url_continue)
        return _to_draft(obj.draft)

    @display(description=_("published version"), ordering="newest", empty_value=_("not published"))
    def published_number(self, plan: Any) -> int | None:
        """What an interview scheduled now is taken under."""
        return plan.newest

    @display(description=_("stages"), ordering="stage_count", empty_value="–")
    def stage_count(self, plan: Any) -> int | None:
        """How many stages the published version has."""
        return plan.stage_count

    @display(description=_("draft"), label={"draft": "warning"})
    def draft_label(self, plan: Any) -> Any:
        """Whether something is being edited."""
        if plan.draft_number is None:
            return None
        return "draft", gettext("draft of version %(number)s") % {"number": plan.draft_number}


def _draft_of(plan: InterviewPlan) -> PlanVersion:
    if (draft := plan.draft) is None:
        raise Http404
    return draft


@admin.register(PlanVersion)
class PlanVersionAdmin(WithPage, WithTrying, OfDraft, Catalogue, WithSteps, WithPanels, ModelAdmin):
    """One version: the draft to edit, the others to read."""

    list_display = ["plan", "number", "state_label", "published_at", "published_by"]
    list_filter = [("plan", AutocompleteSelectFilter)]
    list_filter_submit = True
    list_select_related = ["plan", "published_by"]
    search_fields = ["plan__name"]
    fields = [
        "to_plan",
        "number",
        "notes",
        "notes_en",
        "resume_hours",
        "read_aloud",
        "published_at",
        "published_by",
    ]
    readonly_fields = ["to_plan", "number", "published_at", "published_by"]
    inlines = [StageInline, LevelInline]
    steps = (
        Step(
            "page",
            _("Edit on one page"),
            lambda request, version, data: _to_draft(version),
            look="primary",
            offered=lambda version: version.published_at is None,
        ),
        Step(
            "publish",
            _("Publish"),
            _publish,
            form=ConfirmForm,
            offered=lambda version: version.published_at is None,
            details=_what_it_means,
            words=_("A published version never changes. What is to change next is a new draft."),
        ),
        Step(
            "opening",
            _("New opening with this plan"),
            _to_opening,
            look="primary",
            offered=lambda version: version.published_at is not None,
        ),
        Step(
            "discard",
            _("Discard the draft"),
            _discard,
            form=ConfirmForm,
            look="danger",
            offered=lambda version: version.published_at is None,
            words=_("The draft is thrown away; what is published stays as it is."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanVersion]:
        """With the plan that it is one of."""
        return super().get_queryset(request).select_related("plan", "published_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A version begins as a draft of its plan."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A draft is discarded by its step."""
        return False

    def has_step_permission(self, request: HttpRequest) -> bool:
        """Who may change plans."""
        return request.user.has_perm("recruitment.change_planversion")

    @display(description=_("interview plan"))
    def to_plan(self, version: PlanVersion) -> Any:
        """The way to its plan."""
        address = reverse("admin:recruitment_interviewplan_change", args=[version.plan_id])
        return format_html('<a href="{}">{}</a>', address, version.plan)

    @display(description=_("state"), label={"draft": "warning", "published": "success"})
    def state_label(self, version: PlanVersion) -> Any:
        """Whether it stands."""
        return (
            ("draft", gettext("draft"))
            if version.published_at is None
            else ("published", gettext("published"))
        )


def _versions(request: HttpRequest, plan: InterviewPlan) -> SafeString:
    """Every version with the interviews under it."""
    rows = plan.versions.select_related("published_by").annotate(
        ahead=Count("interviews", filter=Q(interviews__state=InterviewState.SCHEDULED)),
        running=Count("interviews", filter=Q(interviews__state__in=_BEGUN)),
        taken=Count("interviews"),
    )
    return SafeString(render_to_string("recruitment/admin/plan_versions.html", {"versions": rows}, request))


def _difference(request: HttpRequest, version: PlanVersion) -> SafeString:
    """What a published version says otherwise than the one before it; nothing of a draft, which says so when it is
    published, and nothing of the first."""
    last = version.plan.versions.filter(number__lt=version.number).order_by("-number").first()
    if version.published_at is None or last is None:
        return SafeString("")
    context = {"changes": plan_changes.between(last, version), "last": last}
    return SafeString(render_to_string("recruitment/admin/plan_difference.html", context, request))


def _never_matched(request: HttpRequest, plan: InterviewPlan) -> SafeString:
    questions = list(queries.never_matched().filter(stage__version__plan=plan))
    if not questions:
        return SafeString("")
    context = {"questions": questions}
    return SafeString(render_to_string("recruitment/admin/never_matched.html", context, request))


panels.register(
    InterviewPlan, Panel("never", _("Questions whose points no answer mentions"), _never_matched, order=5)
)
panels.register(InterviewPlan, Panel("versions", _("Versions"), _versions, order=10))
panels.register(
    InterviewPlan,
    Panel(
        "try",
        _("Try an answer"),
        lambda request, plan: box(request, plan.draft or plan.published),
        order=20,
    ),
)
panels.register(PlanVersion, Panel("try", _("Try an answer"), box, order=20))
panels.register(PlanVersion, Panel("difference", _("What is new in it"), _difference, order=10))

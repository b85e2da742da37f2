"""Interview plans: stages, their questions, and what a full answer mentions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.formsets import OrderedFormSet
from core.admin.lists import Catalogue
from core.admin.panels import WithPanels
from core.admin.tags import TagsField
from recruitment.models import Answer, Checkpoint, InterviewPlan, MentionPoint, Question, Stage
from recruitment.models.plans import LONGEST_WORDING
from recruitment.recordings.policy import LONGEST_ANSWER_SECONDS

PREPARE_SECONDS = (5, 600)
ANSWER_SECONDS = (15, LONGEST_ANSWER_SECONDS)


def _in_use(condition: dict[str, Any]) -> bool:
    return Answer.objects.filter(**condition).exists()


class StageInline(TabularInline):
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
        """With the number of questions."""
        return super().get_queryset(request).annotate(question_count=Count("questions"))

    @display(description=_("questions"))
    def to_questions(self, stage: Any) -> Any:
        """How many, and the way to them; a new stage has its page once it is saved."""
        if stage.pk is None:
            return "–"
        address = reverse("admin:recruitment_stage_change", args=[stage.pk])
        words = gettext("%(count)s, edit") % {"count": stage.question_count}
        return format_html('<a class="hs-button small" href="{}">{}</a>', address, words)


class QuestionForm(forms.ModelForm):
    """A question; its times are in seconds, and empty means that nobody is hurried."""

    class Meta:
        model = Question
        fields = ["stage", "number", "text", "text_en", "kind", "prepare_seconds", "answer_seconds"]
        help_texts = {
            "prepare_seconds": _(
                "From 5 to 600 seconds; then the recording begins. Empty: the candidate begins whenever ready."
            ),
            "answer_seconds": _("From 15 to 600 seconds, of a recording. Empty: ten minutes at most."),
        }

    def clean_prepare_seconds(self) -> int | None:
        """Nobody reads a question in less than five seconds."""
        return _seconds(
            self.cleaned_data["prepare_seconds"],
            PREPARE_SECONDS,
            _("The time to prepare lies between 5 and 600 seconds; leave it empty for no limit."),
            "prepare_seconds_out_of_range",
        )

    def clean_answer_seconds(self) -> int | None:
        """Nobody answers in less than a quarter of a minute; a recording is ten minutes at most."""
        return _seconds(
            self.cleaned_data["answer_seconds"],
            ANSWER_SECONDS,
            _("The time to answer lies between 15 and 600 seconds; leave it empty for ten minutes."),
            "answer_seconds_out_of_range",
        )


def _seconds(value: int | None, limits: tuple[int, int], words: Any, code: str) -> int | None:
    if value is not None and not limits[0] <= value <= limits[1]:
        raise forms.ValidationError(words, code=code)
    return value


class QuestionInline(StackedInline):
    """The questions in the order that they are dragged to; must-mention points are on the question's own page."""

    model = Question
    formset = OrderedFormSet
    ordering_field = "number"
    extra = 0
    form = QuestionForm
    fields = ["number", "text", "text_en", "kind", "prepare_seconds", "answer_seconds", "to_points"]
    readonly_fields = ["to_points"]
    ordering = ["number"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        """With the number of points."""
        return super().get_queryset(request).annotate(point_count=Count("mention_points"))

    @display(description=_("points"))
    def to_points(self, question: Any) -> Any:
        """How many, and the way to them; a new question has its page once it is saved."""
        if question.pk is None:
            return "–"
        address = reverse("admin:recruitment_question_change", args=[question.pk])
        words = gettext("%(count)s, edit") % {"count": question.point_count}
        return format_html('<a class="hs-button small" href="{}">{}</a>', address, words)


class MentionPointForm(forms.ModelForm):
    """A point; its wordings are typed as a list."""

    wordings = TagsField(
        label=_("wordings"),
        longest_entry=LONGEST_WORDING,
        help_text=_("Parted by commas or line ends; any one counts."),
    )

    class Meta:
        model = MentionPoint
        fields = ["label", "competency", "wordings", "weight"]


class MentionPointInline(TabularInline):
    """What a full answer mentions, per competency."""

    model = MentionPoint
    form = MentionPointForm
    extra = 0
    autocomplete_fields = ["competency"]


@admin.register(InterviewPlan)
class InterviewPlanAdmin(Catalogue, WithPanels, ModelAdmin):
    """Plans, with their stages."""

    list_display = ["name", "stage_count", "resume_hours"]
    search_fields = ["name"]
    inlines = [StageInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InterviewPlan]:
        """With the number of stages."""
        return super().get_queryset(request).annotate(stage_count=Count("stages"))

    @display(description=_("stages"), ordering="stage_count")
    def stage_count(self, plan: Any) -> int:
        """How many stages it has."""
        return plan.stage_count


@admin.register(Stage)
class StageAdmin(Catalogue, ModelAdmin):
    """A stage and its questions."""

    list_display = ["title", "plan", "number", "minutes", "question_count"]
    list_select_related = ["plan"]
    list_filter = [("plan", AutocompleteSelectFilter)]
    list_filter_submit = True
    search_fields = ["title", "title_en", "plan__name"]
    autocomplete_fields = ["plan", "competencies"]
    fields = ["plan", "number", "title", "title_en", "minutes", "competencies"]
    inlines = [QuestionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stage]:
        """With the number of questions."""
        return super().get_queryset(request).annotate(question_count=Count("questions"))

    def has_delete_permission(self, request: HttpRequest, obj: Stage | None = None) -> bool:
        """A stage that somebody finished stays."""
        if obj is not None and Checkpoint.objects.filter(stage=obj).exists():
            return False
        return super().has_delete_permission(request, obj)

    @display(description=_("questions"), ordering="question_count")
    def question_count(self, stage: Any) -> int:
        """How many questions it has; a plan needs one in every stage."""
        return stage.question_count


@admin.register(Question)
class QuestionAdmin(Catalogue, ModelAdmin):
    """A question and what a full answer mentions."""

    list_display = ["short", "stage", "plan", "number", "point_count"]
    list_select_related = ["stage__plan"]
    list_filter = [("stage__plan", AutocompleteSelectFilter)]
    list_filter_submit = True
    search_fields = ["text", "text_en", "stage__title", "stage__plan__name"]
    autocomplete_fields = ["stage"]
    form = QuestionForm
    fields = ["stage", "number", "text", "text_en", "kind", "prepare_seconds", "answer_seconds"]
    inlines = [MentionPointInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        """With the number of points."""
        return super().get_queryset(request).annotate(point_count=Count("mention_points"))

    def has_delete_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        """A question that somebody answered stays."""
        if obj is not None and _in_use({"question": obj}):
            return False
        return super().has_delete_permission(request, obj)

    @display(description=_("question"), ordering="text")
    def short(self, question: Question) -> str:
        """The beginning of the text."""
        return str(question)

    @display(description=_("plan"), ordering="stage__plan__name")
    def plan(self, question: Question) -> str:
        """The way to its plan."""
        address = reverse("admin:recruitment_interviewplan_change", args=[question.stage.plan_id])
        return format_html('<a href="{}">{}</a>', address, question.stage.plan)

    @display(description=_("points"), ordering="point_count")
    def point_count(self, question: Any) -> int:
        """Without points an answer cannot be scored."""
        return question.point_count

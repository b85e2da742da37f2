"""What a plan's draft asks: a stage's questions, and what a full answer to each mentions. Published ones are read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, ForeignKey, Max, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from core.admin.base import ModelAdmin
from core.admin.formsets import OrderedFormSet
from core.admin.lists import Catalogue
from core.admin.panels import WithPanels
from core.admin.steps import WithSteps
from core.admin.tags import TagsField, tags
from recruitment.models import MentionPoint, PlanVersion, Question, RubricLevel, Stage
from recruitment.models.plans import LONGEST_WORDING
from recruitment.recordings.policy import LONGEST_ANSWER_SECONDS

PREPARE_SECONDS = (5, 600)
ANSWER_SECONDS = (15, LONGEST_ANSWER_SECONDS)


def version_of(row: Any) -> PlanVersion:
    """The version that a stage or question belongs to; of a version itself."""
    if isinstance(row, Question):
        return row.stage.version
    if isinstance(row, RubricLevel) and row.version is not None:
        return row.version
    return row.version if isinstance(row, Stage) else row


class OfDraft:
    """For a page or its rows, before ModelAdmin in the bases: what is published is read, and nothing else."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No row comes to what is published."""
        return _is_draft(obj) and super().has_add_permission(request, *([obj] if self._is_inline() else []))  # type: ignore[misc]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing of it changes."""
        return _is_draft(obj) and super().has_change_permission(request, obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing of it goes."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)  # type: ignore[misc]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever might change it may read it."""
        return bool(super().has_view_permission(request, obj))  # type: ignore[misc]

    def _is_inline(self) -> bool:
        return isinstance(self, StackedInline | TabularInline)


def _is_draft(row: Any) -> bool:
    return row is None or version_of(row).published_at is None


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


class QuestionInline(OfDraft, StackedInline):
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


class LevelForm(forms.ModelForm):
    """A level; its text is a sentence or two."""

    class Meta:
        model = RubricLevel
        fields = ["competency", "level", "anchor"]
        widgets = {"anchor": UnfoldAdminTextareaWidget(attrs={"rows": 2})}


class MentionPointForm(forms.ModelForm):
    """A point; its wordings are typed as a list."""

    wordings = TagsField(
        label=_("wordings"),
        longest_entry=LONGEST_WORDING,
        help_text=_("Parted by commas or line ends; any one counts."),
    )

    class Meta:
        model = MentionPoint
        fields = ["label", "competency", "wordings", "weight", "probe", "probe_en"]


class MentionPointInline(OfDraft, TabularInline):
    """What a full answer mentions, per competency."""

    model = MentionPoint
    form = MentionPointForm
    extra = 0
    autocomplete_fields = ["competency"]
    fields = ["label", "competency", "wordings", "weight", "probe", "probe_en"]

    def get_fields(self, request: HttpRequest, obj: Question | None = None) -> list[str]:
        """Of what is published the wordings stand as tags."""
        wordings = "wordings" if _is_draft(obj) else "as_tags"
        return ["label", "competency", wordings, "weight", "probe", "probe_en"]

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> list[str]:
        """See `get_fields`."""
        return [] if _is_draft(obj) else ["as_tags"]

    @display(description=_("wordings"))
    def as_tags(self, point: MentionPoint) -> Any:
        """Each for itself."""
        return tags(point.wordings)


@admin.register(Stage)
class StageAdmin(OfDraft, Catalogue, WithPanels, ModelAdmin):
    """A stage and its questions."""

    list_display = ["title", "version", "number", "minutes", "question_count"]
    list_select_related = ["version__plan"]
    list_filter = [("version__plan", AutocompleteSelectFilter)]
    list_filter_submit = True
    search_fields = ["title", "title_en", "version__plan__name"]
    autocomplete_fields = ["competencies"]
    fields = ["version", "title", "title_en", "minutes", "competencies"]
    inlines = [QuestionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stage]:
        """With the number of questions, and whether it is published."""
        rows = super().get_queryset(request).select_related("version__plan")
        return rows.annotate(question_count=Count("questions"))

    def get_readonly_fields(self, request: HttpRequest, obj: Stage | None = None) -> list[str]:
        """A stage stays in its version; its place there is dragged on the version's page."""
        return ["to_version"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Stage | None = None) -> list[str]:
        """See `get_readonly_fields`."""
        first = "to_version" if obj else "version"
        return [first, "title", "title_en", "minutes", "competencies"]

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """A new stage goes into a draft."""
        if db_field.name == "version":
            kwargs["queryset"] = PlanVersion.objects.filter(published_at__isnull=True).select_related("plan")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Stage, form: forms.ModelForm, change: bool) -> None:
        """A new stage comes last."""
        if not change:
            obj.number = _after(obj.version.stages)
        super().save_model(request, obj, form, change)

    @display(description=_("plan version"), ordering="version__plan__name")
    def to_version(self, stage: Stage) -> Any:
        """The way to its version."""
        address = reverse("admin:recruitment_planversion_change", args=[stage.version_id])
        return format_html('<a href="{}">{}</a>', address, stage.version)

    @display(description=_("questions"), ordering="question_count")
    def question_count(self, stage: Any) -> int:
        """How many questions it has; a plan needs one in every stage."""
        return stage.question_count


@admin.register(Question)
class QuestionAdmin(OfDraft, Catalogue, WithSteps, WithPanels, ModelAdmin):
    """A question and what a full answer mentions."""

    list_display = ["short", "stage", "plan", "number", "point_count"]
    list_select_related = ["stage__version__plan"]
    list_filter = [("stage__version__plan", AutocompleteSelectFilter)]
    list_filter_submit = True
    search_fields = ["text", "text_en", "stage__title", "stage__version__plan__name"]
    form = QuestionForm
    inlines = [MentionPointInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        """With the number of points, and whether it is published."""
        rows = super().get_queryset(request).select_related("stage__version__plan")
        return rows.annotate(point_count=Count("mention_points"))

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> list[str]:
        """A question stays in its stage; its place there is dragged on the stage's page."""
        return ["to_stage"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Question | None = None) -> list[str]:
        """See `get_readonly_fields`."""
        first = "to_stage" if obj else "stage"
        return [first, "text", "text_en", "kind", "prepare_seconds", "answer_seconds"]

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """A new question goes into a stage of a draft."""
        if db_field.name == "stage":
            drafts = Stage.objects.filter(version__published_at__isnull=True)
            kwargs["queryset"] = drafts.select_related("version__plan")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Question, form: forms.ModelForm, change: bool) -> None:
        """A new question comes last."""
        if not change:
            obj.number = _after(obj.stage.questions)
        super().save_model(request, obj, form, change)

    @display(description=_("question"), ordering="text")
    def short(self, question: Question) -> str:
        """The beginning of the text."""
        return str(question)

    @display(description=pgettext_lazy("of an interview", "stage"))
    def to_stage(self, question: Question) -> Any:
        """The way to its stage."""
        address = reverse("admin:recruitment_stage_change", args=[question.stage_id])
        return format_html('<a href="{}">{}</a>', address, f"{question.stage.version} · {question.stage}")

    @display(description=_("plan version"), ordering="stage__version__plan__name")
    def plan(self, question: Question) -> str:
        """The way to its version."""
        address = reverse("admin:recruitment_planversion_change", args=[question.stage.version_id])
        return format_html('<a href="{}">{}</a>', address, question.stage.version)

    @display(description=_("points"), ordering="point_count")
    def point_count(self, question: Any) -> int:
        """Without points an answer cannot be scored."""
        return question.point_count


def _after(rows: Any) -> int:
    return (rows.aggregate(last=Max("number"))["last"] or 0) + 1

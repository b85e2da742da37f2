"""`training-plans/`: plans with their items and the evidence each stands on."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.base import ReadOnlyViewSet, RowSerializer, WordedSerializer
from core.api.filters import DayFilter, IdFilter, ListFilter, Sought
from core.counts import REACH
from core.language import spoken
from recruitment.models import Candidate
from training.enums import PlanBasis, PlanState
from training.models import Course, PlanItem, TrainingPlan
from training.queries import plans_for


class CourseSerializer(RowSerializer):
    """A course, its title in the reader's language."""

    words = {
        "code": "Its short name, which never changes.",
        "title": "Its name.",
        "kind": "A course, or a diagnostic that finds out where somebody stands.",
        "hours": "How long it takes.",
    }

    title = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = Course
        fields = ["code", "title", "kind", "hours"]
        read_only_fields = fields


class PlanEvidenceSerializer(WordedSerializer):
    """What a level was read from. `on` belongs to a written test, `low` and `high` to an assessment."""

    words = {
        "source": "A written test, or an interview's full or partial report.",
        "label": "Its name: the skill tested, or the competency.",
        "on": "The day of the written test.",
        "type": "Which sort of row it is.",
        "id": "That row's id.",
    }
    # Two of these names are also attributes of a serializer field; as declared fields they are taken out of the class.
    source = serializers.ChoiceField(choices=PlanBasis.choices)  # type: ignore[assignment]
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.FloatField()
    low = serializers.FloatField(required=False, allow_null=True)
    high = serializers.FloatField(required=False, allow_null=True)
    on = serializers.DateField(required=False)
    type = serializers.CharField()
    id = serializers.IntegerField()


_FIGURES = ("value", "low", "high")


class PlanItemSerializer(RowSerializer):
    """One course of a plan. `due_on` is null while no start is planned; `shown_level` while nothing is known."""

    words = {
        "course": "The course.",
        "skill": "The skill that it is taken for.",
        "skill_code": "That skill's short name, which never changes.",
        "reason": "Why: the level shown is too low, or nothing is known of it.",
        "required_level": "The level, 1 to 5, that the position asks for.",
        "shown_level": "The level, 1 to 5, that the evidence shows.",
        "evidence": "What the shown level was read from.",
        "offset_working_days": "Due so many working days after the first day; negative before it.",
        "due_on": "By which day.",
        "provisional_years": "Years without a calendar that this day was counted through.",
        "state": "Planned, or done.",
        "done_at": "When it was marked as done; null until then.",
        "added_in_version": "The plan's version that brought it.",
    }

    course = CourseSerializer(read_only=True)
    skill = serializers.CharField(source="skill.name", read_only=True)
    skill_code = serializers.CharField(source="skill.code", read_only=True)
    evidence = serializers.SerializerMethodField()
    provisional_years = serializers.ListField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = PlanItem
        fields = [
            "id", "course", "skill", "skill_code", "reason", "required_level", "shown_level", "evidence",
            "offset_working_days", "due_on", "provisional_years", "state", "done_at", "added_in_version",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(PlanEvidenceSerializer(many=True))
    def get_evidence(self, item: PlanItem) -> list[dict[str, Any]]:
        """What the shown level was read from, as it was when the item was last brought up to date."""
        return [
            {key: _number(value) if key in _FIGURES else value for key, value in spoken(one).items()}
            for one in item.evidence
        ]


def _number(kept: Any) -> float | None:
    """A figure, which is kept as text so that nothing of it is lost."""
    return None if kept is None else float(kept)


class UncoveredSerializer(WordedSerializer):
    """A required skill that needs something no course offers."""

    words = {"skill": "Its short name.", "name": "Its name.", "reason": "What it needs."}

    skill = serializers.CharField()
    name = serializers.CharField()
    reason = serializers.CharField()


class TrainingPlanSerializer(RowSerializer):
    """A plan: whose, on which basis, and its live items, the earliest first."""

    words = {
        "candidate": "Whose plan it is.",
        "opening": "The position.",
        "department": "The department that hires.",
        "planned_start": "The first day as planned; null while none is.",
        "state": "Active, or closed because the application has ended.",
        "basis": "The strongest evidence that it stands on.",
        "version": "How often it was changed.",
        "generated_at": "When it was last changed.",
        "items": "What stands in it, the earliest first.",
        "uncovered": "Required skills for which there is no course.",
    }

    candidate = serializers.CharField(source="application.candidate.name", read_only=True)
    opening = serializers.CharField(source="application.opening.title", read_only=True)
    department = serializers.CharField(source="application.opening.department.name", read_only=True)
    planned_start = serializers.DateField(source="application.planned_start", read_only=True, allow_null=True)
    items = PlanItemSerializer(source="live_items", many=True, read_only=True)
    uncovered = serializers.SerializerMethodField()

    class Meta:
        model = TrainingPlan
        fields = [
            "id", "application", "candidate", "opening", "department", "planned_start", "state", "basis", "version",
            "generated_at", "items", "uncovered", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(UncoveredSerializer(many=True))
    def get_uncovered(self, plan: TrainingPlan) -> list[dict[str, Any]]:
        """Required skills for which there is no course, as of the last change."""
        return list(plan.uncovered)


class TrainingPlanFilter(ListFilter):
    """By whom, where, on which basis, and what falls due."""

    sought = Sought(Candidate, "application__candidate")
    sorts = ("generated_at",)
    times = ("generated_at",)
    changes = ((PlanItem, "plan"),)
    application = IdFilter(field_name="application_id", label="Of this application.")
    opening = IdFilter(field_name="of_opening", label="Of this opening.")
    department = IdFilter(field_name="of_opening__department", label="Of this department.")
    state = filters.ChoiceFilter(choices=PlanState.choices, label="Only those in this state.")
    basis = filters.ChoiceFilter(choices=PlanBasis.choices, label="Only those that stand on this.")
    due_before = DayFilter(method="only_due", label="An open item is due before this day.")

    class Meta:
        model = TrainingPlan
        fields: list[str] = []

    def only_due(self, queryset: QuerySet[TrainingPlan], _name: str, day: Any) -> QuerySet[TrainingPlan]:
        """Plans with a planned item due before `day`."""
        due = PlanItem.objects.visible_to(self.request.user).planned().filter(due_on__lt=day).order_by()
        # Few are named: of a condition on their items the database cannot tell that they lie far back in the list.
        plans = list(due.values_list("plan", flat=True).distinct()[: REACH + 1])
        return queryset.filter(pk__in=plans if len(plans) <= REACH else due.values("plan"))


class TrainingPlanViewSet(ReadOnlyViewSet):
    """Training plans, read only: they follow from what is known. A manager sees those of the own department tree."""

    queryset = TrainingPlan.objects.none()
    serializer_class = TrainingPlanSerializer
    filterset_class = TrainingPlanFilter

    def get_queryset(self) -> QuerySet[TrainingPlan]:
        """Starts from what the person may see."""
        return plans_for(self.request.user).order_by("-generated_at", "-id")

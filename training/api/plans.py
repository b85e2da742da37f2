"""`training-plans/`: plans with their items and the evidence each stands on."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.base import ReadOnlyViewSet
from training.enums import PlanBasis, PlanState
from training.models import Course, PlanItem, TrainingPlan
from training.queries import plans_for


class IdFilter(filters.NumberFilter):
    """A row's id."""

    field_class = forms.IntegerField


class CourseSerializer(serializers.ModelSerializer):
    """A course, its title in the reader's language."""

    title = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = Course
        fields = ["code", "title", "kind", "hours"]
        read_only_fields = fields


class EvidenceSerializer(serializers.Serializer):
    """What a level was read from. `on` belongs to a written test, `low` and `high` to an assessment."""

    # Two of these names are also attributes of a serializer field; as declared fields they are taken out of the class.
    source = serializers.ChoiceField(choices=PlanBasis.choices)  # type: ignore[assignment]
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField()
    low = serializers.CharField(required=False, allow_null=True)
    high = serializers.CharField(required=False, allow_null=True)
    on = serializers.DateField(required=False)
    type = serializers.CharField()
    id = serializers.IntegerField()


class PlanItemSerializer(serializers.ModelSerializer):
    """One course of a plan. `due_on` is null while no start is planned; `shown_level` while nothing is known."""

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

    @extend_schema_field(EvidenceSerializer(many=True))
    def get_evidence(self, item: PlanItem) -> list[dict[str, Any]]:
        """As it was when the item was last brought up to date."""
        return list(item.evidence)


class UncoveredSerializer(serializers.Serializer):
    """A required skill that needs something no course offers."""

    skill = serializers.CharField()
    name = serializers.CharField()
    reason = serializers.CharField()


class TrainingPlanSerializer(serializers.ModelSerializer):
    """A plan: whose, on which basis, and its live items, the earliest first."""

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
            "generated_at", "items", "uncovered",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(UncoveredSerializer(many=True))
    def get_uncovered(self, plan: TrainingPlan) -> list[dict[str, Any]]:
        """As of the last regeneration."""
        return list(plan.uncovered)


class TrainingPlanFilter(filters.FilterSet):
    """By whom, where, on which basis, and what falls due."""

    application = IdFilter(field_name="application_id")
    opening = IdFilter(field_name="of_opening")
    department = IdFilter(field_name="of_opening__department")
    state = filters.ChoiceFilter(choices=PlanState.choices)
    basis = filters.ChoiceFilter(choices=PlanBasis.choices)
    due_before = filters.DateFilter(method="only_due", label=_("An open item is due before this day."))

    class Meta:
        model = TrainingPlan
        fields: list[str] = []

    def only_due(self, queryset: QuerySet[TrainingPlan], _name: str, day: Any) -> QuerySet[TrainingPlan]:
        """Plans with a planned item due before `day`."""
        due = PlanItem.objects.planned().filter(due_on__lt=day)
        return queryset.filter(pk__in=due.values("plan"))


class TrainingPlanViewSet(ReadOnlyViewSet):
    """Training plans, read only: they follow from what is known. A manager sees those of the own department tree.

    Errors: 401 without a key, 403 `not_permitted` for people outside HR and management, 404 for a plan that is not
    there or not theirs, 405 for writing, 422 `invalid` for a filter that makes no sense.
    """

    queryset = TrainingPlan.objects.none()
    serializer_class = TrainingPlanSerializer
    filterset_class = TrainingPlanFilter
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[TrainingPlan]:
        """Starts from what the person may see."""
        return plans_for(self.request.user).order_by("-generated_at", "-id")

"""`onboarding/`: cases with their steps, forecast and delays."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers

from core.api.base import ReadOnlyViewSet
from core.figures import Basis
from onboarding.enums import CaseState
from onboarding.models import OnboardingCase, OnboardingDelay, OnboardingStep
from onboarding.queries import cases_for
from people.models import Department


class IdFilter(filters.NumberFilter):
    """A row's id."""

    field_class = forms.IntegerField


class StepSerializer(serializers.ModelSerializer):
    """One step, its title in the reader's language. `rests_on` is the report that an approval was given on."""

    title = serializers.CharField(source="__str__", read_only=True)
    done_by = serializers.CharField(source="done_by.name", read_only=True, allow_null=True, default=None)

    class Meta:
        model = OnboardingStep
        fields = [
            "id", "number", "kind", "title", "owner_role", "state", "due_on", "done_at", "done_by", "rests_on",
        ]  # fmt: skip
        read_only_fields = fields


class DelaySerializer(serializers.ModelSerializer):
    """One delay in working days; `lifted_at` is null while it holds the start up."""

    class Meta:
        model = OnboardingDelay
        fields = [
            "id", "interview", "days", "cause", "expected_result", "date_unknown", "started_at", "lifted_at",
        ]  # fmt: skip
        read_only_fields = fields


class ScoreSerializer(serializers.Serializer):
    """What the approval rests on: value, interval, basis and source, as in the employee file."""

    value = serializers.DecimalField(max_digits=5, decimal_places=2)
    low = serializers.DecimalField(max_digits=5, decimal_places=2)
    high = serializers.DecimalField(max_digits=5, decimal_places=2)
    basis = serializers.ChoiceField(choices=Basis.choices)
    as_of = serializers.DateTimeField()
    source = serializers.CharField()  # type: ignore[assignment]


class CaseSerializer(serializers.ModelSerializer):
    """A case. `forecast` is the planned start, later by the longest active delay; it is provisional when some date was
    counted through one of `provisional_years`, whose calendar is not loaded, or while the calendar's change is being
    counted through."""

    candidate = serializers.CharField(source="application.candidate.name", read_only=True)
    opening = serializers.CharField(source="application.opening.title", read_only=True)
    department = serializers.CharField(source="application.opening.department.name", read_only=True)
    forecast = serializers.DateField(source="forecast_start", read_only=True)
    forecast_is_provisional = serializers.BooleanField(read_only=True)
    provisional_years = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    score = ScoreSerializer(read_only=True, allow_null=True)
    steps = StepSerializer(many=True, read_only=True)
    delays = DelaySerializer(many=True, read_only=True)

    class Meta:
        model = OnboardingCase
        fields = [
            "id", "application", "candidate", "opening", "department", "employee", "state", "planned_start", "forecast",
            "forecast_is_provisional", "provisional_years", "started_on", "score", "waits_on", "steps", "delays",
        ]  # fmt: skip
        read_only_fields = fields


class CaseFilter(filters.FilterSet):
    """In which state, of whom, where (with the departments below), and whether something holds the start up."""

    state = filters.ChoiceFilter(choices=CaseState.choices)
    application = IdFilter(field_name="application_id")
    opening = IdFilter(field_name="of_opening")
    department = IdFilter(method="in_tree", label=_("department"))
    delayed = filters.BooleanFilter(method="only_delayed", label=_("A delay is active."))
    ordering = filters.OrderingFilter(
        fields=[
            ("forecast_start", "forecast"),
            ("planned_start", "planned_start"),
            ("application__candidate__name_key", "candidate"),
            ("id", "id"),
        ]
    )

    class Meta:
        model = OnboardingCase
        fields: list[str] = []

    def in_tree(
        self, queryset: QuerySet[OnboardingCase], _name: str, number: Any
    ) -> QuerySet[OnboardingCase]:
        """Cases of the department and of those below it."""
        tree = Department.objects.filter(path__contains=f"/{number}/").values_list("pk", flat=True)
        return queryset.filter(of_opening__department__in=list(tree))

    def only_delayed(self, queryset: Any, _name: str, wanted: bool) -> Any:
        """Cases with an active delay, or without one."""
        delayed = OnboardingCase.objects.delayed().values("pk")
        return queryset.filter(pk__in=delayed) if wanted else queryset.exclude(pk__in=delayed)


class CaseViewSet(ReadOnlyViewSet):
    """Onboarding cases, read only: they follow from the application and its interviews. A manager sees those of the
    own department tree.

    Errors: 401 without a key, 403 `not_permitted` for people outside HR and management, 404 for a case that is not
    there or not theirs, 405 for writing, 422 `invalid` for a filter that makes no sense.
    """

    queryset = OnboardingCase.objects.none()
    serializer_class = CaseSerializer
    filterset_class = CaseFilter

    def get_queryset(self) -> QuerySet[OnboardingCase]:
        """The cases this person may see, the earliest forecast first."""
        return cases_for(self.request.user).order_by("forecast_start", "pk")

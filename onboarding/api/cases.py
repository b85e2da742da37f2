"""`onboarding/`: cases with their steps, forecast and delays."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from core.api.base import IntervalSerializer, ReadOnlyViewSet, RowSerializer
from core.api.filters import IdFilter, ListFilter, Sought, YesOrNoFilter
from core.figures import Basis
from onboarding.enums import CaseState
from onboarding.models import OnboardingCase, OnboardingDelay, OnboardingStep
from onboarding.queries import cases_for
from people.models import Department
from recruitment.models import Candidate


class StepSerializer(RowSerializer):
    """One step, its title in the reader's language. `rests_on` is the report that an approval was given on."""

    words = {
        "number": "Its place among the steps.",
        "kind": "What sort of step it is.",
        "title": "What is to be done.",
        "owner_role": "Whose part it is.",
        "state": "Waiting for another step, open, or done.",
        "due_on": "By which day; it follows the forecast start.",
        "done_at": "When it was marked as done; null until then.",
        "done_by": "Who marked it as done.",
        "rests_on": "Of an approval: the report, by its id, that it was given on.",
    }

    title = serializers.CharField(source="__str__", read_only=True)
    done_by = serializers.CharField(source="done_by.name", read_only=True, allow_null=True, default=None)

    class Meta:
        model = OnboardingStep
        fields = [
            "id", "number", "kind", "title", "owner_role", "state", "due_on", "done_at", "done_by", "rests_on",
        ]  # fmt: skip
        read_only_fields = fields


class DelaySerializer(RowSerializer):
    """One delay in working days; `lifted_at` is null while it holds the start up."""

    words = {
        "interview": "The interview that holds the start up, by its id.",
        "days": "By how many working days.",
        "cause": "Why: the cause of the exit.",
        "expected_result": "The day on which the interview's result is expected now; null when nobody knows.",
        "date_unknown": "Nobody knows any more when the result will be there.",
        "started_at": "Since when it holds the start up.",
        "lifted_at": "Since when no longer; null while it does.",
    }

    class Meta:
        model = OnboardingDelay
        fields = [
            "id", "interview", "days", "cause", "expected_result", "date_unknown", "started_at", "lifted_at",
        ]  # fmt: skip
        read_only_fields = fields


class ScoreSerializer(IntervalSerializer):
    """What the approval rests on: value, interval, basis and source, as in the employee file."""

    words = {
        "as_of": "When it was written to the file.",
        "source": "The report that it comes from, in words.",
    }
    basis = serializers.ChoiceField(choices=Basis.choices)
    as_of = serializers.DateTimeField()
    source = serializers.CharField()  # type: ignore[assignment]


class CaseSerializer(RowSerializer):
    """A case. `forecast` is the planned start, later by the longest active delay; it is provisional when some date was
    counted through one of `provisional_years`, whose calendar is not loaded, or while the calendar's change is being
    counted through."""

    words = {
        "candidate": "Whose start it prepares.",
        "opening": "The position.",
        "department": "The department that hires.",
        "employee": "The employee file, by its id.",
        "planned_start": "The first day as planned.",
        "forecast": "The first day as it is to be expected now.",
        "forecast_is_provisional": "Some date was counted through a year without calendar.",
        "provisional_years": "These years.",
        "started_on": "The day on which the person came; null until then.",
        "score": "What the approval rests on; null while there is none.",
        "waits_on": "The interviews, by their ids, whose results the start needs.",
        "steps": "What is to be done, in order.",
        "delays": "What holds or held the start up.",
    }

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
            "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class CaseFilter(ListFilter):
    """In which state, of whom, where (with the departments below), and whether something holds the start up."""

    sought = Sought(Candidate, "application__candidate")
    sorts = (
        ("forecast", "forecast_start"),
        "planned_start",
        ("candidate", "application__candidate__name_key"),
    )
    days = ("planned_start", "forecast_start")
    changes = ((OnboardingStep, "case"), (OnboardingDelay, "case"))
    state = filters.ChoiceFilter(choices=CaseState.choices, label="Only those in this state.")
    application = IdFilter(field_name="application_id", label="Of this application.")
    opening = IdFilter(field_name="of_opening", label="Of this opening.")
    department = IdFilter(method="in_tree", label="Of this department or one below it.")
    delayed = YesOrNoFilter(method="only_delayed", label="A delay is active, or none is.")

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
    """

    queryset = OnboardingCase.objects.none()
    serializer_class = CaseSerializer
    filterset_class = CaseFilter

    def get_queryset(self) -> QuerySet[OnboardingCase]:
        """The cases this person may see, the earliest forecast first."""
        return cases_for(self.request.user).order_by("forecast_start", "pk")

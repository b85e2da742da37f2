"""`openings/`: positions to fill, and how far each is."""

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from recruitment import queries
from recruitment.api.base import IdFilter, LocalNameField, ReadOnlyViewSet, counts_by, person_of
from recruitment.api.rates import RateSerializer
from recruitment.enums import InterviewState, OpeningState, Stage
from recruitment.models import Opening, OpeningSkill
from recruitment.reports.progress import progress


class NamedSerializer(serializers.Serializer):
    """A record's id and name."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True, source="__str__")


class RequiredSkillSerializer(serializers.ModelSerializer):
    """A skill and the level, 1 to 5, that the position asks for."""

    skill = LocalNameField()

    class Meta:
        model = OpeningSkill
        fields = ("skill", "required_level")
        read_only_fields = fields


class OpeningSerializer(serializers.ModelSerializer):
    """A position to fill."""

    department = NamedSerializer(read_only=True)
    specialist = NamedSerializer(read_only=True)
    threshold = serializers.FloatField(
        source="advance_rule.threshold", read_only=True, default=None, allow_null=True
    )
    skills = RequiredSkillSerializer(many=True, read_only=True)

    class Meta:
        model = Opening
        fields = (
            "id", "title", "department", "headcount", "target_month", "state", "specialist", "threshold", "skills",
            "created_at",
        )  # fmt: skip
        read_only_fields = fields


class ProgressSerializer(serializers.Serializer):
    """An opening's pipeline as of now: applications by stage, interviews by effective state, the pass rate."""

    opening = serializers.IntegerField(source="opening.pk", read_only=True)
    as_of = serializers.DateTimeField(read_only=True)
    headcount = serializers.IntegerField(source="opening.headcount", read_only=True)
    hired = serializers.IntegerField(read_only=True)
    applications = serializers.IntegerField(read_only=True)
    stages = counts_by(Stage)
    interviews = counts_by(InterviewState)
    pass_rate = RateSerializer(read_only=True)


class OpeningFilter(django_filters.FilterSet):
    """`?state=`, `?department=`, `?target_month=`, `?ordering=`."""

    state = django_filters.ChoiceFilter(choices=OpeningState.choices)
    department = IdFilter(field_name="department")
    target_month = django_filters.DateFilter()
    ordering = django_filters.OrderingFilter(fields=("id", "title", "target_month", "created_at"))

    class Meta:
        model = Opening
        fields: tuple[str, ...] = ()


class OpeningViewSet(ReadOnlyViewSet):
    """Positions to fill: HR sees all, a manager those of the own department tree."""

    queryset = Opening.objects.none()
    serializer_class = OpeningSerializer
    filterset_class = OpeningFilter

    def get_queryset(self) -> "QuerySet[Opening]":
        """What this person may see."""
        return queries.openings_for(person_of(self.request))

    @extend_schema(responses=ProgressSerializer)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def progress(self, request: Request, pk: str) -> Response:
        """Pipeline counts, and the pass rate with numerator, denominator, exclusions and bounds."""
        return Response(ProgressSerializer(progress(self.get_object())).data)

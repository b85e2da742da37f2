"""`assessments/`: reports with their interval, basis and evidence. An estimate is never ranked against a full one."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.base import IdFilter, IntervalSerializer, LocalNameField, ReadOnlyViewSet
from core.figures import Basis
from people.actors import person_of
from recruitment import queries
from recruitment.enums import AssessmentStatus
from recruitment.models import Assessment

_FIGURES = ("value", "weight")


@extend_schema_field(
    {"type": "array", "items": {"type": "object", "additionalProperties": True}, "readOnly": True}
)
class EvidenceField(serializers.Field):
    """What a score rests on: stages with their points and quotes, written tests, facts of the résumé."""

    def to_representation(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """As it is kept, with its figures as numbers."""
        return [
            {
                key: float(item[key]) if key in _FIGURES and isinstance(item[key], str) else item[key]
                for key in item
            }
            for item in value
        ]


class CompetencyScoreSerializer(IntervalSerializer):
    """One competency's score with its interval and evidence."""

    name = LocalNameField(source="competency")
    evidence = EvidenceField(read_only=True)


class ReportSerializer(serializers.ModelSerializer):
    """A report as it stands with its interview."""

    overall = IntervalSerializer(source="*", read_only=True)
    competencies = CompetencyScoreSerializer(many=True, read_only=True)

    class Meta:
        model = Assessment
        fields: tuple[str, ...] = ("id", "basis", "status", "overall", "competencies")
        read_only_fields = fields


class AssessmentSerializer(ReportSerializer):
    """A report on one attempt of an interview; `method` names the computation and its version."""

    class Meta(ReportSerializer.Meta):
        fields = (*ReportSerializer.Meta.fields, "interview", "attempt", "method", "issued_at")
        read_only_fields = fields


class AssessmentFilter(django_filters.FilterSet):
    """`?interview=`, `?application=`, `?opening=`, `?basis=`, `?status=`, `?ordering=` by time, never by score."""

    interview = IdFilter(field_name="interview")
    application = IdFilter(field_name="interview__application")
    opening = IdFilter(field_name="of_opening")
    basis = django_filters.ChoiceFilter(choices=Basis.choices)
    status = django_filters.ChoiceFilter(choices=AssessmentStatus.choices)
    ordering = django_filters.OrderingFilter(fields=("id", "issued_at"))

    class Meta:
        model = Assessment
        fields: tuple[str, ...] = ()


class AssessmentViewSet(ReadOnlyViewSet):
    """Every report, also those that no longer stand, newest first."""

    queryset = Assessment.objects.none()
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter

    def get_queryset(self) -> "QuerySet[Assessment]":
        """What this person may see."""
        return queries.assessments_for(person_of(self.request))

"""`assessments/`: reports with their interval, basis and evidence. An estimate is never ranked against a full one."""

from typing import Any, get_args

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.base import IntervalSerializer, LocalNameField, ReadOnlyViewSet, RowSerializer, WordedSerializer
from core.api.filters import IdFilter, ListFilter, Sought
from core.figures import Basis
from core.language import spoken
from people.actors import person_of
from recruitment import queries
from recruitment.enums import AssessmentStatus
from recruitment.evaluation.fallback import Source
from recruitment.models import Assessment, Candidate

SOURCES = [(name, name) for name in get_args(Source)]


class PointSerializer(WordedSerializer):
    """One point that an answer should mention."""

    point = serializers.CharField(help_text="The point, as the plan words it.")
    weight = serializers.IntegerField(help_text="How much it counts among the points of its competency.")
    quote = serializers.CharField(
        allow_null=True, help_text="The piece of the answer that mentions it; null where it is missing."
    )
    question = serializers.IntegerField(
        required=False, help_text="Of what a language model quotes: the question whose answer it is from."
    )
    said = serializers.ChoiceField(
        choices=[("draft", "draft"), ("corrected", "corrected")],
        required=False,
        help_text="Of what was spoken: quoted from a machine's transcript, or from one that a person corrected.",
    )
    recording = serializers.IntegerField(required=False, help_text="The recording that it can be heard in.")
    second = serializers.FloatField(required=False, help_text="At which second its piece begins.")


class EvidenceSerializer(WordedSerializer):
    """One thing that a score rests on. Which fields it has depends on its `source`."""

    # Two of these names are also attributes of a serializer field; as declared fields they are taken out of the class.
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=SOURCES, help_text="A stage of the interview, a written test, or a fact of the résumé."
    )
    label = serializers.CharField(help_text="Its name: the stage, the skill tested, the project.")  # type: ignore[assignment]
    value = serializers.FloatField(
        required=False,
        allow_null=True,
        help_text="What it shows, 0 to 100; null while a person has to judge it.",
    )
    weight = serializers.FloatField(required=False, help_text="How much it counts in a fallback.")
    competency = serializers.IntegerField(
        required=False, allow_null=True, help_text="The competency that it was seen through, by its id."
    )
    reference = serializers.DictField(
        child=serializers.IntegerField(), required=False, allow_null=True,
        help_text="The row it is: `written_test`, `resume_fact` or `score` with its id.",
    )  # fmt: skip
    scorer = serializers.CharField(
        required=False,
        help_text="Of a stage that a language model scored: the model and the prompt's version.",
    )
    reviewed = serializers.BooleanField(required=False, help_text="Of a stage: a person judged it.")
    points = PointSerializer(many=True, required=False, help_text="Of a stage: its points, one by one.")


_FIGURES = ("value", "weight")


@extend_schema_field(EvidenceSerializer(many=True))
class EvidenceField(serializers.Field):
    """What a score rests on: stages with their points and quotes, written tests, facts of the résumé."""

    def to_representation(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """As it is kept, its figures as numbers and its name as the reader speaks."""
        return [
            {
                key: float(figure) if key in _FIGURES and isinstance(figure, str) else figure
                for key, figure in spoken(item).items()
            }
            for item in value
        ]


class CompetencyScoreSerializer(IntervalSerializer):
    """One competency's score with its interval and evidence."""

    name = LocalNameField(source="competency", help_text="The competency, in the reader's language.")
    evidence = EvidenceField(read_only=True, help_text="What this score rests on.")


class ReportSerializer(RowSerializer):
    """A report as it stands with its interview."""

    words = {
        "status": "Whether it stands: at most one current report of each basis.",
        "method": "The computation and its version.",
        "issued_at": "When it was issued.",
    }
    overall = IntervalSerializer(source="*", read_only=True, help_text="Over all competencies, 0 to 100.")
    competencies = CompetencyScoreSerializer(many=True, read_only=True, help_text="Competency by competency.")

    class Meta:
        model = Assessment
        fields: tuple[str, ...] = ("id", "basis", "status", "overall", "competencies")
        read_only_fields = fields


class AssessmentSerializer(ReportSerializer):
    """A report on one attempt of an interview; `method` names the computation and its version."""

    class Meta(ReportSerializer.Meta):
        fields = (*ReportSerializer.Meta.fields, "interview", "attempt", "method", "issued_at", "updated_at")
        read_only_fields = fields


class AssessmentFilter(ListFilter):
    """`?interview=`, `?application=`, `?opening=`, `?basis=`, `?status=`; sorted by time, never by score."""

    sought = Sought(Candidate, "interview__application__candidate")
    sorts = ("issued_at",)
    times = ("issued_at",)
    made_at = "issued_at"
    interview = IdFilter(field_name="interview", label="Of this interview.")
    application = IdFilter(field_name="interview__application", label="Of this application.")
    opening = IdFilter(field_name="of_opening", label="Of this opening.")
    basis = django_filters.ChoiceFilter(choices=Basis.choices, label="Only reports that rest on this.")
    status = django_filters.ChoiceFilter(
        choices=AssessmentStatus.choices, label="Only reports that stand so."
    )

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

"""`openings/<id>/progress/`: how far one opening is."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.base import AskedViewSet, ByIdMixin, WordedSerializer, counts_by
from people.actors import person_of
from recruitment import queries
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Opening
from reports.api.figures import RateSerializer
from reports.progress import progress


class ProgressSerializer(WordedSerializer):
    """An opening's pipeline as of now: applications by stage, interviews by effective state, the pass rate."""

    words = {
        "opening": "The opening's id.",
        "as_of": "When this was counted.",
        "headcount": "How many people it needs.",
        "hired": "How many have accepted.",
        "applications": "How many applied.",
        "stages": "Applications by stage.",
        "interviews": "Interviews by effective state.",
        "pass_rate": "Of those who finished, how many passed.",
    }

    opening = serializers.IntegerField(source="opening.pk", read_only=True)
    as_of = serializers.DateTimeField(read_only=True)
    headcount = serializers.IntegerField(source="opening.headcount", read_only=True)
    hired = serializers.IntegerField(read_only=True)
    applications = serializers.IntegerField(read_only=True)
    stages = counts_by(ApplicationStage)
    interviews = counts_by(InterviewState)
    pass_rate = RateSerializer(read_only=True)


class ProgressViewSet(ByIdMixin, AskedViewSet):
    """An opening's progress: HR sees all, a manager those of the own department tree."""

    queryset = Opening.objects.none()
    serializer_class = ProgressSerializer
    filter_backends = ()
    pagination_class = None
    looked_at = None

    def get_queryset(self) -> "QuerySet[Opening]":
        """What this person may see."""
        return queries.openings_for(person_of(self.request))

    @extend_schema(operation_id="openings_progress_retrieve")
    def retrieve(self, request: Request, pk: str) -> Response:
        """Pipeline counts, and the pass rate with numerator, denominator, exclusions and bounds."""
        return Response(self.get_serializer(progress(self.get_object())).data)

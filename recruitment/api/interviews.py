"""Interviews as a manager follows them: the effective state, why and until when it is broken off, the reports."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.base import ReadOnlyViewSet, RowSerializer, WordedSerializer
from core.api.filters import IdFilter, ListFilter, Sought
from people.actors import person_of
from recruitment import queries
from recruitment.api.assessments import ReportSerializer
from recruitment.enums import ExitCause, InterviewKind, InterviewState
from recruitment.models import Assessment, Candidate, Checkpoint, Interview, InterviewExit


class CandidateSerializer(WordedSerializer):
    """Whose interview it is."""

    words = {"name": "The candidate's name."}
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True)


class OpeningTitleSerializer(WordedSerializer):
    """What the candidate applied for."""

    words = {"title": "The position."}
    id = serializers.IntegerField(read_only=True)
    title = serializers.CharField(read_only=True)


class WindowSerializer(WordedSerializer):
    """When the interview may be taken."""

    words = {"opens_at": "From when on.", "closes_at": "Until when it has to be begun."}
    opens_at = serializers.DateTimeField(source="window_opens_at", read_only=True)
    closes_at = serializers.DateTimeField(source="window_closes_at", read_only=True)


class InterviewSerializer(RowSerializer):
    """An interview. `state` is the effective one; `exit_cause` is null unless it is broken off."""

    words = {
        "state": "The effective state: in progress only as long as the candidate is heard.",
        "candidate": "Whose interview it is.",
        "opening": "What the candidate applied for.",
        "window": "When it may be taken.",
        "exit_cause": "Why it is broken off, as HR knows it; null unless it is.",
        "round": "The first, second … interview of this application.",
        "kind": "Held by the built-in room, by an outside vendor, or by people.",
        "plan_version": "Under which version of the interview plan it is taken and judged.",
        "interrupted_at": "When the present attempt was last interrupted; null when it never was.",
        "saved_stages": "How many stages of the present attempt are finished and saved.",
        "resume_until": "Until when the candidate may return; null unless interrupted.",
    }
    state = serializers.ChoiceField(source="live_state", choices=InterviewState.choices, read_only=True)
    plan_version = serializers.IntegerField(source="version.number", read_only=True)
    candidate = CandidateSerializer(source="application.candidate", read_only=True)
    opening = OpeningTitleSerializer(source="application.opening", read_only=True)
    window = WindowSerializer(source="*", read_only=True)
    saved_stages = serializers.SerializerMethodField()
    exit_cause = serializers.SerializerMethodField()
    assessments = ReportSerializer(
        many=True, read_only=True, help_text="Every report on it, the newest first."
    )

    class Meta:
        model = Interview
        fields = (
            "id", "state", "attempt", "round", "kind", "candidate", "opening", "window", "plan_version",
            "interrupted_at", "saved_stages", "exit_cause", "resume_until", "application", "assessments", "created_at",
            "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_saved_stages(self, interview: Any) -> int:
        """How many stages of the present attempt are finished and saved."""
        return sum(saved.attempt == interview.attempt for saved in interview.saved_checkpoints)

    @extend_schema_field(serializers.ChoiceField(choices=ExitCause.choices, allow_null=True))
    def get_exit_cause(self, interview: Interview) -> str | None:
        """Why it is broken off, as HR knows it; null unless it is."""
        return queries.exit_cause_of(interview)


class InterviewFilter(ListFilter):
    """`?state=` (the effective one), `?application=`, `?opening=`, `?kind=`."""

    sought = Sought(Candidate, "application__candidate")
    sorts = ("window_opens_at", "resume_until")
    times = ("window_opens_at", "window_closes_at", "resume_until")
    changes = ((Assessment, "interview"), (InterviewExit, "interview"), (Checkpoint, "interview"))
    state = django_filters.ChoiceFilter(
        choices=InterviewState.choices, method="by_live_state", label="Only those in this effective state."
    )
    application = IdFilter(field_name="application", label="Of this application.")
    opening = IdFilter(field_name="of_opening", label="Of this opening.")
    kind = django_filters.ChoiceFilter(choices=InterviewKind.choices, label="Only those held so.")

    class Meta:
        model = Interview
        fields: tuple[str, ...] = ()

    def by_live_state(self, interviews: Any, _name: str, state: str) -> "QuerySet[Interview]":
        """Those in this effective state."""
        found: QuerySet[Interview] = interviews.in_live_state(state)
        return found


class InterviewViewSet(ReadOnlyViewSet):
    """Interviews, newest first: HR sees all, a manager those of the own department tree."""

    queryset = Interview.objects.none()
    serializer_class = InterviewSerializer
    filterset_class = InterviewFilter

    def get_queryset(self) -> "QuerySet[Interview]":
        """What this person may see, with the effective state."""
        return queries.interviews_for(person_of(self.request))

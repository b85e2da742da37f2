"""Interviews as a manager follows them: the effective state, why and until when it is broken off, the reports."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.base import IdFilter, ReadOnlyViewSet
from people.actors import person_of
from recruitment import queries
from recruitment.api.assessments import ReportSerializer
from recruitment.enums import ExitCause, InterviewKind, InterviewState
from recruitment.models import Interview


class InterviewSerializer(serializers.ModelSerializer):
    """An interview. `state` is the effective one; `exit_cause` is null unless it is broken off."""

    state = serializers.ChoiceField(source="live_state", choices=InterviewState.choices, read_only=True)
    plan_version = serializers.IntegerField(source="version.number", read_only=True)
    exit_cause = serializers.SerializerMethodField()
    assessments = ReportSerializer(many=True, read_only=True)

    class Meta:
        model = Interview
        fields = (
            "id", "state", "attempt", "plan_version", "exit_cause", "resume_until", "application", "assessments",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=ExitCause.choices, allow_null=True))
    def get_exit_cause(self, interview: Interview) -> str | None:
        """The cause as HR knows it."""
        return queries.exit_cause_of(interview)


class InterviewFilter(django_filters.FilterSet):
    """`?state=` (the effective one), `?application=`, `?opening=`, `?kind=`, `?ordering=`."""

    state = django_filters.ChoiceFilter(choices=InterviewState.choices, method="by_live_state")
    application = IdFilter(field_name="application")
    opening = IdFilter(field_name="of_opening")
    kind = django_filters.ChoiceFilter(choices=InterviewKind.choices)
    ordering = django_filters.OrderingFilter(fields=("id", "window_opens_at", "resume_until"))

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

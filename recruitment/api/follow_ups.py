"""`follow-ups/`: who has to be called, by when; HR claims and closes."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.base import IdFilter, ReadOnlyViewSet, row_id
from people.actors import person_of
from people.permissions import IsHR
from recruitment import queries
from recruitment.enums import ExitCause, FollowUpKind, FollowUpState, Outcome
from recruitment.models import FollowUp
from recruitment.services import follow_ups

_BY_PEOPLE = [(value, label) for value, label in Outcome.choices if value in Outcome.by_people]
Refusal = inline_serializer("Refusal", {"code": serializers.CharField(), "message": serializers.CharField()})


class FollowUpSerializer(serializers.ModelSerializer):
    """A promise to call. `overdue` is derived; `outcome` is null until it is closed."""

    outcome = serializers.SerializerMethodField()
    overdue = serializers.BooleanField(read_only=True)
    assignee_name = serializers.CharField(source="assignee.name", read_only=True)

    class Meta:
        model = FollowUp
        fields = (
            "id",
            "kind",
            "state",
            "outcome",
            "due_at",
            "overdue",
            "interview",
            "assignee",
            "assignee_name",
        )
        read_only_fields = fields

    def get_outcome(self, follow_up: FollowUp) -> Outcome | None:
        """How it ended."""
        return Outcome(follow_up.outcome) if follow_up.outcome else None


class CloseSerializer(serializers.Serializer):
    """How the call ended, in which words, and the cause of the exit where it was learnt."""

    outcome = serializers.ChoiceField(choices=_BY_PEOPLE)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")
    cause = serializers.ChoiceField(choices=ExitCause.choices, allow_blank=True, default="")


class FollowUpFilter(django_filters.FilterSet):
    """`?interview=`, `?state=`, `?kind=`, `?outcome=`, `?assignee=`, `?overdue=`, `?ordering=`."""

    interview = IdFilter(field_name="interview")
    assignee = IdFilter(field_name="assignee")
    state = django_filters.ChoiceFilter(choices=FollowUpState.choices)
    kind = django_filters.ChoiceFilter(choices=FollowUpKind.choices)
    outcome = django_filters.ChoiceFilter(choices=Outcome.choices)
    overdue = django_filters.TypedChoiceFilter(
        choices=[("true", "true"), ("false", "false")],
        coerce=lambda answer: answer == "true",
        method="by_overdue",
    )
    ordering = django_filters.OrderingFilter(fields=("id", "due_at"))

    class Meta:
        model = FollowUp
        fields: tuple[str, ...] = ()

    def by_overdue(self, follow_ups_: "QuerySet[FollowUp]", _name: str, wanted: bool) -> "QuerySet[FollowUp]":
        """Unfinished and past their time, or not."""
        late = Q(state__in=FollowUpState.unfinished, due_at__lt=timezone.now())
        return follow_ups_.filter(late if wanted else ~late)


class FollowUpViewSet(ReadOnlyViewSet):
    """Follow-ups, those due first. Managers read those of the own department tree; HR takes the steps."""

    queryset = FollowUp.objects.none()
    serializer_class = FollowUpSerializer
    filterset_class = FollowUpFilter

    def get_queryset(self) -> "QuerySet[FollowUp]":
        """What this person may see, with `overdue`."""
        return queries.follow_ups_for(self.request.user)

    @extend_schema(
        request=None, responses={200: FollowUpSerializer, 403: Refusal, 404: Refusal, 409: Refusal}
    )
    @action(
        detail=True, methods=["post"], permission_classes=[IsHR], filterset_class=None, pagination_class=None
    )
    def claim(self, request: Request, pk: str) -> Response:
        """Take it on. 403 unless HR; 409 `already_claimed` by somebody else, `follow_up_closed`."""
        follow_ups.claim(follow_up_id=row_id(pk), by=person_of(request))
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        request=CloseSerializer,
        responses={200: FollowUpSerializer, 403: Refusal, 404: Refusal, 409: Refusal, 422: Refusal},
    )
    @action(
        detail=True, methods=["post"], permission_classes=[IsHR], filterset_class=None, pagination_class=None
    )
    def close(self, request: Request, pk: str) -> Response:
        """Settle it: `outcome` reached, unreachable or withdrawn. 403 unless HR; 409 `follow_up_closed`."""
        body = CloseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        follow_ups.close(follow_up_id=row_id(pk), by=person_of(request), **body.validated_data)
        return Response(self.get_serializer(self.get_object()).data)

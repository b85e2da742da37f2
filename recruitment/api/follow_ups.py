"""`follow-ups/`: who has to be called, by when; HR claims and closes."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.base import ReadOnlyViewSet, RowSerializer, WordedSerializer, row_id
from core.api.filters import IdFilter, ListFilter, Sought, YesOrNoFilter
from core.api.schema import Refusal
from people.actors import person_of
from people.permissions import IsHR
from recruitment import queries
from recruitment.enums import ExitCause, FollowUpKind, FollowUpState, Outcome
from recruitment.models import Candidate, FollowUp
from recruitment.services import follow_ups

_CHOSEN = (*Outcome.by_people, Outcome.KEPT)
_BY_PEOPLE = [(value, label) for value, label in Outcome.choices if value in _CHOSEN]


class FollowUpSerializer(RowSerializer):
    """A promise to call. `overdue` is derived; `outcome` is null until it is closed."""

    words = {
        "kind": "After an exit, because the candidate asked, for what no message told, or a window on a new day off.",
        "state": "Open, claimed by somebody, or closed.",
        "due_at": "By when the candidate was promised to be called.",
        "overdue": "Unfinished, and that time is over.",
        "assignee": "Who has to call, by the account's id.",
        "assignee_name": "That colleague's name.",
    }
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
            "updated_at",
        )
        read_only_fields = fields

    def get_outcome(self, follow_up: FollowUp) -> Outcome | None:
        """How it ended; null until then."""
        return Outcome(follow_up.outcome) if follow_up.outcome else None


class CloseSerializer(WordedSerializer):
    """How the call ended, in which words, and the cause of the exit where it was learnt."""

    words = {
        "outcome": "How the call ended.",
        "note": "In your own words, for colleagues.",
        "cause": "The cause of the exit, where the call told it; it corrects the one that was noticed.",
    }
    outcome = serializers.ChoiceField(choices=_BY_PEOPLE)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")
    cause = serializers.ChoiceField(choices=ExitCause.choices, allow_blank=True, default="")


class FollowUpFilter(ListFilter):
    """`?interview=`, `?state=`, `?kind=`, `?outcome=`, `?assignee=`, `?overdue=`."""

    sought = Sought(Candidate, "interview__application__candidate")
    sorts = ("due_at",)
    times = ("due_at",)
    interview = IdFilter(field_name="interview", label="Of this interview.")
    assignee = IdFilter(field_name="assignee", label="Of this colleague, by the account's id.")
    state = django_filters.ChoiceFilter(choices=FollowUpState.choices, label="Only those in this state.")
    kind = django_filters.ChoiceFilter(choices=FollowUpKind.choices, label="Only those of this kind.")
    outcome = django_filters.ChoiceFilter(choices=Outcome.choices, label="Only those that ended so.")
    overdue = YesOrNoFilter(method="by_overdue", label="Unfinished and past the promised time, or not.")

    class Meta:
        model = FollowUp
        fields: tuple[str, ...] = ()

    def by_overdue(self, follow_ups_: Any, _name: str, wanted: bool) -> "QuerySet[FollowUp]":
        """Unfinished and past their time, or not."""
        late = Q(state__in=FollowUpState.unfinished, due_at__lt=timezone.now())
        found: QuerySet[FollowUp] = follow_ups_.filter(late if wanted else ~late)
        return found


class FollowUpViewSet(ReadOnlyViewSet):
    """Follow-ups, those due first. Managers read those of the own department tree; HR takes the steps."""

    queryset = FollowUp.objects.none()
    serializer_class = FollowUpSerializer
    filterset_class = FollowUpFilter

    def get_queryset(self) -> "QuerySet[FollowUp]":
        """What this person may see, with `overdue`."""
        return queries.follow_ups_for(self.request.user)

    @extend_schema(request=None, responses={200: FollowUpSerializer, 409: Refusal})
    @action(
        detail=True, methods=["post"], permission_classes=[IsHR], filterset_class=None, pagination_class=None
    )
    def claim(self, request: Request, pk: str) -> Response:
        """Take it on. 403 unless HR; 409 `already_claimed` by somebody else, `follow_up_closed`."""
        follow_ups.claim(follow_up_id=row_id(pk), by=person_of(request))
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        request=CloseSerializer,
        responses={200: FollowUpSerializer, 409: Refusal},
    )
    @action(
        detail=True, methods=["post"], permission_classes=[IsHR], filterset_class=None, pagination_class=None
    )
    def close(self, request: Request, pk: str) -> Response:
        """Settle it: `outcome` reached, unreachable or withdrawn; of a window on a day off also kept.

        403 unless HR; 409 `follow_up_closed`, `outcome_not_offered`.
        """
        body = CloseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        follow_ups.close(follow_up_id=row_id(pk), by=person_of(request), **body.validated_data)
        return Response(self.get_serializer(self.get_object()).data)

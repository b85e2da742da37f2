"""`approvals/`: the offers and starts that wait for the reader's agreement, and giving it or not."""

import re
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.base import AskedViewSet, SaidField, WordedSerializer
from core.api.schema import Refusal
from core.errors import NotFound
from hrsuite import approvals
from hrsuite.approvals import Kind, Waiting
from onboarding.services.steps import LONGEST_OBJECTION
from people.actors import person_of


class ApprovalSerializer(WordedSerializer):
    """One matter that waits, or what became of it."""

    words = {
        "key": "Its name in the address.",
        "kind": "offer or start.",
        "title": "What it is, in the reader's language.",
        "candidate": "Of whom.",
        "opening": "For which position.",
        "day": "The first day of work.",
        "since": "From when on it waits; null where that is not kept.",
        "decided": "Who decided on it and how, in words; empty while it waits.",
        "page": "Where people decide on it.",
    }
    key = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=[(one.value, one.value) for one in Kind], read_only=True)
    title = serializers.CharField(read_only=True)
    candidate = serializers.CharField(source="application.candidate.name", read_only=True)
    opening = serializers.CharField(source="application.opening.title", read_only=True)
    day = serializers.DateField(read_only=True)
    since = serializers.DateTimeField(read_only=True, allow_null=True)
    decided = serializers.CharField(source="ending", read_only=True)
    page = serializers.SerializerMethodField()

    def get_key(self, one: Waiting) -> str:
        """Kind and number."""
        return f"{one.kind.value}-{one.row.pk}"

    def get_page(self, one: Waiting) -> str:
        """Below the address of the house."""
        return reverse("managers:approval", args=[one.kind.value, one.row.pk])


class DisagreeSerializer(WordedSerializer):
    """Why not."""

    words = {"reason": "Why it is not agreed to; whoever asked reads it."}
    reason = SaidField(max_length=LONGEST_OBJECTION)


KEYS = "^(offer|start)-[1-9][0-9]{0,17}$"
KEY = OpenApiParameter(
    "key", {"type": "string", "pattern": KEYS}, OpenApiParameter.PATH,
    description="Kind and number, as `key` says them.",
)  # fmt: skip


class ApprovalViewSet(AskedViewSet):
    """What waits for the reader's agreement."""

    serializer_class = ApprovalSerializer
    queryset = approvals.Offer.objects.none()
    pagination_class = None
    filter_backends = ()
    lookup_field = "key"
    lookup_value_regex = "[^/.]{1,40}"

    @extend_schema(responses=ApprovalSerializer(many=True))
    def list(self, request: Request) -> Response:
        """The matters, the earliest first day first."""
        return Response(ApprovalSerializer(approvals.waiting_for(person_of(request)), many=True).data)

    @extend_schema(parameters=[KEY], request=None, responses={200: ApprovalSerializer, 409: Refusal})
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, key: str) -> Response:
        """Agree to it. 404 `approval_unknown`; 403 `lead_needed`; 409 `already_decided`: the sentence says by whom."""
        return _answer(approvals.agree(*_named(key), by=person_of(request)))

    @extend_schema(
        parameters=[KEY], request=DisagreeSerializer, responses={200: ApprovalSerializer, 409: Refusal}
    )
    @action(detail=True, methods=["post"])
    def disagree(self, request: Request, key: str) -> Response:
        """Do not agree, in words: an offer's draft is withdrawn, a start stays to be decided.

        404 `approval_unknown`; 403 `lead_needed`; 409 `already_decided`: the sentence says by whom.
        """
        body = DisagreeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return _answer(approvals.disagree(*_named(key), **body.validated_data, by=person_of(request)))


def _named(key: str) -> tuple[str, int]:
    kind, _mark, number = key.partition("-")
    if not re.fullmatch(KEYS, key):
        raise NotFound("approval_unknown", approvals.UNKNOWN)
    return kind, int(number)


def _answer(one: Waiting) -> Any:
    return Response(ApprovalSerializer(one).data)

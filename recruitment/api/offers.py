"""`offers/`: what was offered to whom, how it stands, and until when an answer is awaited; the terms by right."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.base import ReadOnlyViewSet, RowSerializer, WordedSerializer
from core.api.filters import IdFilter, ListFilter, Sought
from people.actors import person_of
from recruitment import queries
from recruitment.api.interviews import CandidateSerializer, OpeningTitleSerializer
from recruitment.enums import DeclineReason, OfferState, PayPeriod
from recruitment.models import Candidate, Offer
from recruitment.rules import recruits_for, sees_pay_of


class TermsSerializer(WordedSerializer):
    """What is paid, before tax, and on which further conditions."""

    words = {
        "salary": "The amount.",
        "currency": "Its currency, as ISO 4217 names it.",
        "period": "For a month, or for a year.",
        "conditions": "Further conditions, as they were typed.",
    }
    salary = serializers.FloatField(read_only=True)
    currency = serializers.CharField(read_only=True)
    period = serializers.ChoiceField(choices=PayPeriod.choices, read_only=True)
    conditions = serializers.CharField(read_only=True)


class OfferSerializer(RowSerializer):
    """An offer. `terms` are null without the right to see what is paid, `decline_reason` but for whoever recruits."""

    words = {
        "candidate": "To whom.",
        "opening": "For which position.",
        "start_on": "The first day of work.",
        "place": "The place of work.",
        "answer_by": "Until when an answer is awaited.",
        "made_at": "When it was drafted.",
        "sent_at": "When the letter was sent; null before.",
        "ended_at": "When it was answered, expired or was withdrawn; null while it is open.",
        "terms": "What is paid; null without the right to see it.",
        "decline_reason": "Why it was turned down; null where it was not, and to whoever does not recruit for it.",
    }
    candidate = CandidateSerializer(source="application.candidate", read_only=True)
    opening = OpeningTitleSerializer(source="application.opening", read_only=True)
    terms = serializers.SerializerMethodField()
    decline_reason = serializers.SerializerMethodField()

    class Meta:
        model = Offer
        fields = (
            "id", "application", "candidate", "opening", "state", "start_on", "place", "answer_by", "made_at",
            "sent_at", "ended_at", "terms", "decline_reason", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(TermsSerializer(allow_null=True))
    def get_terms(self, offer: Offer) -> dict[str, Any] | None:
        """By the right to see pay. No query."""
        sees = sees_pay_of(person_of(self.context["request"]), offer.application.opening)
        return dict(TermsSerializer(offer).data) if sees else None

    def get_decline_reason(self, offer: Offer) -> DeclineReason | None:
        """For whoever recruits for the opening. No query."""
        recruits = recruits_for(person_of(self.context["request"]), offer.application.opening)
        return DeclineReason(offer.decline_reason) if offer.decline_reason and recruits else None


class OfferFilter(ListFilter):
    """`?state=`, `?application=`, `?opening=`; sorted by first day and time of the answer, never by pay."""

    sought = Sought(Candidate, "application__candidate")
    sorts = ("start_on", "answer_by")
    times = ("answer_by",)
    days = ("start_on",)
    state = django_filters.ChoiceFilter(choices=OfferState.choices, label="Only those in this state.")
    application = IdFilter(field_name="application", label="Of this application.")
    opening = IdFilter(field_name="of_opening", label="Of this opening.")

    class Meta:
        model = Offer
        fields: tuple[str, ...] = ()


class OfferViewSet(ReadOnlyViewSet):
    """Offers, the newest first: HR sees all, a manager those of the own department tree."""

    queryset = Offer.objects.none()
    serializer_class = OfferSerializer
    filterset_class = OfferFilter

    def get_queryset(self) -> "QuerySet[Offer]":
        """What this person may see."""
        return queries.offers_for(person_of(self.request))

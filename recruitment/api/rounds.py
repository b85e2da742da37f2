"""`rounds/`: interviews that people hold: when, where, by whom, and the outcome; the cards one may read."""

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.base import ReadOnlyViewSet, RowSerializer, WordedSerializer
from core.api.filters import IdFilter, ListFilter
from people.actors import person_of
from recruitment.api.interviews import CandidateSerializer, OpeningTitleSerializer, WindowSerializer
from recruitment.enums import InterviewState, RoundOutcome
from recruitment.models import Interview, Round, Scorecard
from recruitment.rounds import rules


class InterviewerSerializer(WordedSerializer):
    """Who holds it, and whether the own scorecard is in."""

    words = {
        "id": "The colleague's number.",
        "name": "The colleague's name.",
        "handed_in_at": "When the scorecard was handed in; null before.",
    }
    id = serializers.IntegerField(source="interviewer_id", read_only=True)
    name = serializers.CharField(source="interviewer", read_only=True)
    handed_in_at = serializers.DateTimeField(read_only=True)


class CardScoreSerializer(WordedSerializer):
    """One competency on one card."""

    words = {
        "competency": "The competency's name.",
        "value": "From 1 to 5; null where the interviewer gave none.",
    }
    competency = serializers.CharField(source="competency.name", read_only=True)
    value = serializers.IntegerField(read_only=True, allow_null=True)


class CardSerializer(WordedSerializer):
    """A scorecard as its interviewer wrote it."""

    words = {
        "interviewer": "Whose card it is.",
        "handed_in_at": "When it was handed in; null for the own draft.",
        "notes": "What the interviewer noted.",
        "scores": "Each competency that the round asks for.",
    }
    interviewer = serializers.CharField(read_only=True)
    handed_in_at = serializers.DateTimeField(read_only=True)
    notes = serializers.CharField(read_only=True)
    scores = CardScoreSerializer(many=True, read_only=True)


class RoundSerializer(RowSerializer):
    """A round. `outcome` is null to an interviewer whose own card is not in: it would colour what is written there."""

    words = {
        "candidate": "Who comes.",
        "opening": "For which position.",
        "state": "The interview's effective state.",
        "number": "Which interview of the application it is, from 1.",
        "window": "From when until when.",
        "room": "The room; empty where there is none.",
        "meeting_link": "The address of the online meeting; empty where there is none.",
        "interviewers": "Who holds it.",
        "outcome": "What was decided; null to whoever still owes the own card.",
    }
    application = serializers.IntegerField(source="interview.application_id", read_only=True)
    candidate = CandidateSerializer(source="interview.application.candidate", read_only=True)
    opening = OpeningTitleSerializer(source="interview.application.opening", read_only=True)
    state = serializers.ChoiceField(
        source="interview.live_state", choices=InterviewState.choices, read_only=True
    )
    number = serializers.IntegerField(source="interview.round", read_only=True)
    window = WindowSerializer(source="interview", read_only=True)
    interviewers = InterviewerSerializer(source="called", many=True, read_only=True)
    outcome = serializers.SerializerMethodField()

    class Meta:
        model = Round
        fields: tuple[str, ...] = (
            "id", "interview", "application", "candidate", "opening", "state", "number", "window", "room",
            "meeting_link", "interviewers", "outcome", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=RoundOutcome.choices, allow_null=True))
    def get_outcome(self, held: Any) -> str | None:
        """Null before the own card is in. No query."""
        user = person_of(self.context["request"])
        owes = any(card.interviewer_id == user.pk and card.handed_in_at is None for card in held.called)
        return None if owes else str(held.outcome)


class RoundWithCardsSerializer(RoundSerializer):
    """A round with the scorecards that this person may read."""

    words = {
        **RoundSerializer.words,
        "cards": "Before the own card is in the own alone; then those that were handed in.",
    }
    cards = serializers.SerializerMethodField()

    class Meta(RoundSerializer.Meta):
        fields = (*RoundSerializer.Meta.fields, "cards")
        read_only_fields = fields

    @extend_schema_field(CardSerializer(many=True))
    def get_cards(self, held: Round) -> list[dict[str, Any]]:
        """By `rounds.rules.readable`. Two queries beside it, however many cards there are."""
        readable = rules.readable(held, person_of(self.context["request"]))
        prefetch_related_objects(readable, "scores__competency")
        return list(CardSerializer(readable, many=True).data)


class RoundFilter(ListFilter):
    """`?outcome=`, `?interview=`."""

    changes = ((Scorecard, "round"),)
    outcome = django_filters.ChoiceFilter(choices=RoundOutcome.choices, label="Only those with this outcome.")
    interview = IdFilter(field_name="interview", label="Of this interview.")

    class Meta:
        model = Round
        fields: tuple[str, ...] = ()


class RoundViewSet(ReadOnlyViewSet):
    """Rounds that people hold, the newest first: HR sees all, everybody else those that they hold."""

    queryset = Round.objects.none()
    serializer_class = RoundSerializer
    filterset_class = RoundFilter

    def get_serializer_class(self) -> Any:
        """The cards come with one round alone."""
        return RoundWithCardsSerializer if self.action == "retrieve" else RoundSerializer

    def get_queryset(self) -> "QuerySet[Round]":
        """What this person may see, with the interview as it stands and who holds it."""
        interviews = Interview.objects.with_live_state().select_related(
            "application__candidate", "application__opening"
        )
        cards = Scorecard.objects.filter(is_called=True).select_related("interviewer").order_by("pk")
        return Round.objects.visible_to(person_of(self.request)).prefetch_related(
            Prefetch("interview", queryset=interviews), Prefetch("cards", queryset=cards, to_attr="called")
        )

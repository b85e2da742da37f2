"""How a message looks over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.base import RowSerializer
from messaging.enums import ChannelName
from messaging.models import Message
from messaging.told import Told, telling_of


class TellingSerializer(serializers.Serializer):
    """Whether somebody was told: the state, in words, and since when."""

    state = serializers.ChoiceField(choices=Told.choices, help_text="Whether it reached its reader.")
    words = serializers.CharField(help_text="The state with channel and time, in the caller's language.")
    at = serializers.DateTimeField(allow_null=True, help_text="When it was sent, seen to, or is due.")


class MessageSerializer(RowSerializer):
    """One message as it was sent. `channel` is that of the last delivery, null when none was needed."""

    words = {
        "audience": "As whom its reader is told.",
        "kind": "What it says.",
        "channel": "How it last went out.",
        "state": "Planned, accepted by a provider, part of another, called off, or not delivered.",
        "accepted_at": "When a provider took it; null until then.",
        "body": "Its text; a mark stands where a link was.",
    }

    channel = serializers.ChoiceField(choices=ChannelName.choices, read_only=True, allow_null=True)
    body = serializers.CharField(source="shown_body", read_only=True)
    told = serializers.SerializerMethodField(help_text="Read from the deliveries.")

    class Meta:
        model = Message
        fields = (
            "id", "audience", "kind", "channel", "state", "created_at", "accepted_at", "body", "told", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(TellingSerializer)
    def get_told(self, message: Message) -> dict[str, Any]:
        """Whether its reader was told, as the deliveries say."""
        telling = telling_of(message)
        return dict(TellingSerializer({"state": telling.state, "words": str(telling), "at": telling.at}).data)

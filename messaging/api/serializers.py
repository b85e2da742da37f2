"""How a message looks over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from messaging.enums import ChannelName
from messaging.models import Message
from messaging.told import Told, telling_of


class TellingSerializer(serializers.Serializer):
    """Whether somebody was told: the state, in words, and since when."""

    state = serializers.ChoiceField(choices=Told.choices)
    words = serializers.CharField(help_text="The state with channel and time, in the caller's language.")
    at = serializers.DateTimeField(allow_null=True, help_text="When it was sent, seen to, or is due.")


class MessageSerializer(serializers.ModelSerializer):
    """One message as it was sent. `channel` is that of the last delivery, null when none was needed."""

    channel = serializers.ChoiceField(choices=ChannelName.choices, read_only=True, allow_null=True)
    body = serializers.CharField(source="shown_body", read_only=True)
    told = serializers.SerializerMethodField(help_text="Read from the deliveries.")

    class Meta:
        model = Message
        fields = ("id", "audience", "kind", "channel", "state", "created_at", "accepted_at", "body", "told")
        read_only_fields = fields

    @extend_schema_field(TellingSerializer)
    def get_told(self, message: Message) -> dict[str, Any]:
        """What became of it."""
        telling = telling_of(message)
        return dict(TellingSerializer({"state": telling.state, "words": str(telling), "at": telling.at}).data)

"""How a message looks over the API."""

from rest_framework import serializers

from messaging.enums import ChannelName
from messaging.models import Message


class MessageSerializer(serializers.ModelSerializer):
    """One message as it was sent. `channel` is that of the last delivery, null when none was needed."""

    channel = serializers.ChoiceField(choices=ChannelName.choices, read_only=True, allow_null=True)
    body = serializers.CharField(source="shown_body", read_only=True)

    class Meta:
        model = Message
        fields = ("id", "audience", "kind", "channel", "state", "created_at", "accepted_at", "body")
        read_only_fields = fields

"""How a rate looks over the API."""

from rest_framework import serializers

from core.figures import Rate
from reports.exclusions import Reason


class BoundsSerializer(serializers.Serializer):
    """What the rate could be if all who left had failed (low) or passed (high)."""

    low = serializers.FloatField(read_only=True)
    high = serializers.FloatField(read_only=True)


class ExclusionSerializer(serializers.Serializer):
    """Who is not in the denominator, and why."""

    reason = serializers.ChoiceField(choices=Reason.choices, read_only=True)
    count = serializers.IntegerField(read_only=True)


class RateSerializer(serializers.Serializer):
    """A share of 0 to 1 with its counts; value and bounds are null, and `note` says so, below 20."""

    numerator = serializers.IntegerField(read_only=True)
    denominator = serializers.IntegerField(read_only=True)
    value = serializers.FloatField(read_only=True, allow_null=True)
    bounds = BoundsSerializer(read_only=True, allow_null=True, source="*")
    exclusions = ExclusionSerializer(read_only=True, many=True, source="excluded")
    definition = serializers.CharField(read_only=True)
    note = serializers.CharField(read_only=True)

    def to_representation(self, instance: Rate) -> dict[str, object]:
        """Null bounds rather than bounds of nulls."""
        body: dict[str, object] = super().to_representation(instance)
        if instance.low is None:
            body["bounds"] = None
        return body

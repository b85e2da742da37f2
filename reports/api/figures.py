"""How a rate looks over the API."""

from rest_framework import serializers

from core.api.base import WordedSerializer
from core.figures import Rate
from reports.exclusions import Reason


class BoundsSerializer(WordedSerializer):
    """What the rate could be if all who left had failed (low) or passed (high)."""

    low = serializers.FloatField(read_only=True)
    high = serializers.FloatField(read_only=True)


class ExclusionSerializer(WordedSerializer):
    """Who is not in the denominator, and why."""

    words = {"reason": "Why they are left out.", "count": "How many."}
    reason = serializers.ChoiceField(choices=Reason.choices, read_only=True)
    count = serializers.IntegerField(read_only=True)


class RateSerializer(WordedSerializer):
    """A share of 0 to 1 with its counts; value and bounds are null, and `note` says so, below 20."""

    words = {
        "numerator": "How many passed.",
        "denominator": "Of how many that count.",
        "value": "Numerator ÷ denominator, 0 to 1; null below 20.",
        "bounds": "Between which it lies, whatever those would have done who left; null below 20.",
        "exclusions": "Who is not in the denominator.",
        "definition": "What is counted, and by which version of the definition.",
        "note": "What to bear in mind, in words; empty when there is nothing.",
    }
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

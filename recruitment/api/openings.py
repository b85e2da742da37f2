"""`openings/`: positions to fill, and how far each is."""

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from core.api.base import IdFilter, LocalNameField, ReadOnlyViewSet
from people.actors import person_of
from recruitment import queries
from recruitment.enums import OpeningState
from recruitment.models import Opening, OpeningSkill


class NamedSerializer(serializers.Serializer):
    """A record's id and name."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True, source="__str__")


class RequiredSkillSerializer(serializers.ModelSerializer):
    """A skill and the level, 1 to 5, that the position asks for."""

    skill = LocalNameField()

    class Meta:
        model = OpeningSkill
        fields = ("skill", "required_level")
        read_only_fields = fields


class OpeningSerializer(serializers.ModelSerializer):
    """A position to fill."""

    department = NamedSerializer(read_only=True)
    specialist = NamedSerializer(read_only=True)
    threshold = serializers.FloatField(
        source="advance_rule.threshold", read_only=True, default=None, allow_null=True
    )
    skills = RequiredSkillSerializer(many=True, read_only=True)

    class Meta:
        model = Opening
        fields = (
            "id", "title", "department", "headcount", "target_month", "state", "specialist", "threshold", "skills",
            "created_at",
        )  # fmt: skip
        read_only_fields = fields


class OpeningFilter(django_filters.FilterSet):
    """`?state=`, `?department=`, `?target_month=`, `?ordering=`."""

    state = django_filters.ChoiceFilter(choices=OpeningState.choices)
    department = IdFilter(field_name="department")
    target_month = django_filters.DateFilter()
    ordering = django_filters.OrderingFilter(fields=("id", "title", "target_month", "created_at"))

    class Meta:
        model = Opening
        fields: tuple[str, ...] = ()


class OpeningViewSet(ReadOnlyViewSet):
    """Positions to fill: HR sees all, a manager those of the own department tree."""

    queryset = Opening.objects.none()
    serializer_class = OpeningSerializer
    filterset_class = OpeningFilter

    def get_queryset(self) -> "QuerySet[Opening]":
        """What this person may see."""
        return queries.openings_for(person_of(self.request))

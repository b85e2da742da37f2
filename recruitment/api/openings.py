"""`openings/`: positions to fill, and how far each is."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.base import LocalNameField, ReadOnlyViewSet, RowSerializer, WordedSerializer
from core.api.filters import DayFilter, IdFilter, ListFilter, Sought
from people.actors import person_of
from recruitment import queries
from recruitment.enums import OpeningState, PayPeriod
from recruitment.models import Opening, OpeningSkill, RuleCondition
from recruitment.rules import sees_pay_of


class NamedSerializer(WordedSerializer):
    """A record's id and name."""

    words = {"name": "Its name."}
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True, source="__str__")


class RequiredSkillSerializer(RowSerializer):
    """A skill and the level, 1 to 5, that the position asks for."""

    words = {
        "skill": "The skill, in the reader's language.",
        "required_level": "From 1 (has seen it) to 5 (leads others in it).",
    }

    skill = LocalNameField()

    class Meta:
        model = OpeningSkill
        fields = ("skill", "required_level")
        read_only_fields = fields


class SalaryRangeSerializer(WordedSerializer):
    """From where to where the position is paid, before tax."""

    words = {
        "low": "The lower end.",
        "high": "The upper end; an offer above it is approved by the HR lead.",
        "currency": "The currency, as ISO 4217 names it.",
        "period": "For a month, or for a year.",
    }
    low = serializers.FloatField(source="salary_low", read_only=True)
    high = serializers.FloatField(source="salary_high", read_only=True)
    currency = serializers.CharField(source="salary_currency", read_only=True)
    period = serializers.ChoiceField(choices=PayPeriod.choices, source="salary_period", read_only=True)


class ConditionSerializer(RowSerializer):
    """The least that the rule asks of one competency."""

    words = {
        "competency": "The competency, in the reader's language.",
        "least": "The least score, 1 to 100.",
    }

    competency = LocalNameField()
    least = serializers.FloatField(read_only=True)

    class Meta:
        model = RuleCondition
        fields = ("competency", "least")
        read_only_fields = fields


class OpeningSerializer(RowSerializer):
    """A position to fill."""

    words = {
        "title": "The position.",
        "title_en": "Its English title; empty without one.",
        "department": "Which department hires.",
        "headcount": "How many people it needs.",
        "target_month": "The first day of the month in which they are needed.",
        "state": "Recruiting, or closed.",
        "specialist": "The recruiting specialist.",
        "threshold": "The full score, 0 to 100, from which the second round is offered at once; null without a rule.",
        "conditions": "What competencies must reach besides; empty where the full score alone decides.",
        "skills": "What the position asks for.",
        "salary_range": "What may be paid; null without a range, and to whoever has no right to see pay.",
    }

    department = NamedSerializer(read_only=True)
    specialist = NamedSerializer(read_only=True)
    threshold = serializers.FloatField(
        source="advance_rule.threshold", read_only=True, default=None, allow_null=True
    )
    conditions = serializers.SerializerMethodField()
    skills = RequiredSkillSerializer(many=True, read_only=True)
    salary_range = serializers.SerializerMethodField()

    class Meta:
        model = Opening
        fields = (
            "id", "title", "title_en", "department", "headcount", "target_month", "state", "specialist", "threshold",
            "conditions", "skills", "salary_range", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ConditionSerializer(many=True))
    def get_conditions(self, opening: Opening) -> list[Any]:
        """Of the rule as it stands. No query where it was read ahead."""
        rule = getattr(opening, "advance_rule", None)
        return (
            list(ConditionSerializer(rule.version.conditions.all(), many=True).data)
            if rule and rule.version
            else []
        )

    @extend_schema_field(SalaryRangeSerializer(allow_null=True))
    def get_salary_range(self, opening: Opening) -> dict[str, Any] | None:
        """By the right to see pay. No query."""
        if opening.salary_high is None or not sees_pay_of(person_of(self.context["request"]), opening):
            return None
        return dict(SalaryRangeSerializer(opening).data)


class OpeningFilter(ListFilter):
    """`?state=`, `?department=`, `?target_month=`."""

    sought = Sought(Opening, words="The title, in either language")
    sorts = ("title", "target_month", "created_at")
    days = ("target_month",)
    state = django_filters.ChoiceFilter(choices=OpeningState.choices, label="Only those in this state.")
    department = IdFilter(field_name="department", label="Of this department.")
    target_month = DayFilter(label="Needed in this month, by its first day.")

    class Meta:
        model = Opening
        fields: tuple[str, ...] = ()


class OpeningViewSet(ReadOnlyViewSet):
    """Positions to fill: HR sees all, a manager those of the own department tree."""

    queryset = Opening.objects.none()
    serializer_class = OpeningSerializer
    filterset_class = OpeningFilter
    looked_at = None

    def get_queryset(self) -> "QuerySet[Opening]":
        """What this person may see."""
        return queries.openings_for(person_of(self.request))

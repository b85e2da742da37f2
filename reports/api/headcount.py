"""`headcount-plan/`: the plan by opening and month, and the what-if."""

import re
from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.base import AskedViewSet, WordedSerializer
from core.api.filters import IdFilter, ListFilter, Sought
from core.errors import Invalid
from people.actors import person_of
from recruitment.enums import ExitCause, OpeningState
from recruitment.models import Opening
from reports.headcount import MOST_DAYS, MOST_RECOVERED, HeldUp, Row, headcount_page

MONTH = r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])$"


class HeldUpSerializer(WordedSerializer):
    """A start that an exit holds up, with the exit."""

    words = {
        "candidate": "Whose start it is.",
        "onboarding_case": "The onboarding case's id.",
        "interview": "The interview that holds it up, by its id.",
        "cause": "Why.",
        "days": "By how many working days.",
        "planned_start": "The first day as planned.",
        "expected_start": "The first day as it is to be expected now; null when nobody knows.",
        "what_if_start": "The first day if this exit were recovered; null unless that is asked for it.",
    }
    application = serializers.IntegerField(source="case.application_id", read_only=True)
    candidate = serializers.CharField(source="case.application.candidate.name", read_only=True)
    onboarding_case = serializers.IntegerField(source="case.pk", read_only=True)
    interview = serializers.IntegerField(source="delay.interview_id", read_only=True)
    exit = serializers.SerializerMethodField()
    cause = serializers.ChoiceField(source="delay.cause", choices=ExitCause.choices, read_only=True)
    days = serializers.IntegerField(source="delay.days", read_only=True)
    planned_start = serializers.DateField(source="case.planned_start", read_only=True)
    expected_start = serializers.DateField(source="forecast_start", read_only=True, allow_null=True)
    what_if_start = serializers.DateField(read_only=True, allow_null=True)

    def get_exit(self, held_up: HeldUp) -> int | None:
        """The exit that is the cause, by its id; null where nobody came at all, or a new window was given."""
        return held_up.exit.pk if held_up.exit else None


class WhatIfSerializer(WordedSerializer):
    """The row, if some exits were recovered."""

    words = {
        "recovered": "How many of this row's exits are taken as recovered.",
        "expected": "How many starts would then be expected.",
        "at_risk": "How many would still be held up.",
    }
    recovered = serializers.IntegerField(read_only=True)
    expected = serializers.IntegerField(read_only=True)
    at_risk = serializers.IntegerField(read_only=True)


class HeadcountSerializer(WordedSerializer):
    """One opening in one month. Nobody is counted twice: hired, expected or at risk."""

    words = {
        "opening": "The opening's id.",
        "opening_title": "The position.",
        "department": "The department that hires.",
        "needed": "How many people it needs in this month.",
        "hired": "How many have accepted or started.",
        "expected": "How many starts nothing holds up.",
        "at_risk": "How many starts planned for this month an exit holds up.",
        "exits": "Each of them with its exit.",
        "what_if": "The same if exits were recovered; null unless that is asked.",
    }
    opening = serializers.IntegerField(source="opening.pk", read_only=True)
    opening_title = serializers.CharField(source="opening.title", read_only=True)
    department = serializers.CharField(source="opening.department.__str__", read_only=True)
    month = serializers.SerializerMethodField()
    needed = serializers.IntegerField(read_only=True)
    hired = serializers.IntegerField(read_only=True)
    expected = serializers.IntegerField(read_only=True)
    at_risk = serializers.IntegerField(read_only=True)
    exits = HeldUpSerializer(source="held_up", many=True, read_only=True)
    what_if = WhatIfSerializer(read_only=True, allow_null=True)

    def get_month(self, row: Row) -> str:
        """The month, as 2026-11."""
        return row.month.strftime("%Y-%m")


class HeadcountFilter(ListFilter):
    """`?opening=`, `?department=`, `?state=` (of the opening). In order of month and opening, and in no other."""

    sought = Sought(Opening, words="The opening's title")
    is_computed = True
    opening = IdFilter(field_name="pk", label="Of this opening.")
    department = IdFilter(field_name="department", label="Of this department.")
    state = django_filters.ChoiceFilter(choices=OpeningState.choices, label="Of openings in this state.")

    class Meta:
        model = Opening
        fields: tuple[str, ...] = ()


class HeadcountPlanViewSet(AskedViewSet):
    """The headcount plan: HR sees all, a manager the own department tree."""

    queryset = Opening.objects.none()
    serializer_class = HeadcountSerializer
    parameters = {"list": ("month", "recovered", "days")}
    filterset_class = HeadcountFilter
    looked_at = None

    def get_queryset(self) -> "QuerySet[Opening]":
        """The openings this person may see."""
        return Opening.objects.visible_to(person_of(self.request)).select_related("department")

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "month", OpenApiTypes.STR, pattern=MONTH, description="Only this month: 2026-11."
            ),
            OpenApiParameter(
                "recovered",
                {"type": "integer", "minimum": 0, "maximum": MOST_RECOVERED},
                description="What if so many of the exits at risk, the earliest planned start first, were recovered; "
                "with `days` alone, all of them.",
            ),
            OpenApiParameter(
                "days",
                {"type": "integer", "minimum": 0, "maximum": MOST_DAYS},
                description="… in so many working days from today; 0 without it.",
            ),
        ]
    )
    def list(self, request: Request) -> Response:
        """Per opening and month: needed, hired, expected, at risk with the exits that cause it, and the what-if.

        422 `recovered_invalid`, `days_invalid`, `month_invalid`.
        """
        recovered = _number(request, "recovered", MOST_RECOVERED)
        days = _number(request, "days", MOST_DAYS)
        if days is not None and recovered is None:
            recovered = MOST_RECOVERED
        month = request.query_params.get("month")
        if month is not None and not re.fullmatch(MONTH, month, re.ASCII):
            raise Invalid("month_invalid", _("Write a month as 2026-11."))
        plan = Plan(
            self.filter_queryset(self.get_queryset()),
            user=person_of(request),
            month=datetime.strptime(month, "%Y-%m").date() if month else None,  # noqa: DTZ007 -- a month has no zone
            recovered=recovered,
            days=days or 0,
        )
        page: Any = self.paginate_queryset(plan)  # type: ignore[arg-type]
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class Plan:
    """The rows of the plan, read a page at a time."""

    def __init__(self, openings: "QuerySet[Opening]", **asked: Any) -> None:
        self._openings, self._asked = openings, asked
        self._count: int | None = None

    def __getitem__(self, page: slice) -> list[Row]:
        begin = page.start or 0
        self._count, rows = headcount_page(self._openings, begin=begin, size=page.stop - begin, **self._asked)
        return rows

    def __len__(self) -> int:
        if not self._count:
            self._count = headcount_page(self._openings, begin=0, size=1, **self._asked)[0]
        return self._count


def _number(request: Request, name: str, most: int) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        number: int = forms.IntegerField(min_value=0, max_value=most).clean(text)
    except forms.ValidationError:
        raise Invalid(
            f"{name}_invalid",
            _("%(name)s is a whole number from 0 to %(most)s.") % {"name": name, "most": most},
        ) from None
    return number

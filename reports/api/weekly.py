"""`reports/weekly/`: the week in figures."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.base import IdField
from core.errors import Invalid, NotFound
from people.actors import person_of
from recruitment.enums import ExitCause
from recruitment.models import Opening
from reports.api.figures import RateSerializer
from reports.weekly import week

# Outside these years nothing can have happened; the calendar itself ends soon after the last week of 9999.
FIRST_YEAR, LAST_YEAR = 2000, 2100


class ExitsOfCauseSerializer(serializers.Serializer):
    """How many exits had one cause: announced or silent, and how many came back."""

    cause = serializers.ChoiceField(choices=ExitCause.choices, read_only=True)
    count = serializers.IntegerField(read_only=True)
    announced = serializers.IntegerField(read_only=True)
    silent = serializers.IntegerField(read_only=True)
    returned = serializers.IntegerField(read_only=True)


class WeeklySerializer(serializers.Serializer):
    """One week, Monday to Sunday in Shanghai. Every flow counts attempts, by the time of the event."""

    week = serializers.CharField(source="name", read_only=True)
    first_day = serializers.DateField(source="first", read_only=True)
    last_day = serializers.DateField(source="last", read_only=True)
    as_of = serializers.DateTimeField(read_only=True)
    opening = serializers.IntegerField(read_only=True, allow_null=True)
    invited = serializers.IntegerField(read_only=True)
    started = serializers.IntegerField(read_only=True)
    completed = serializers.IntegerField(read_only=True)
    interrupted = serializers.IntegerField(
        read_only=True, help_text="Ever interrupted, not by our own outage."
    )
    returned = serializers.IntegerField(
        read_only=True, help_text="Of the interrupted, those who came back since."
    )
    interrupted_by_us = serializers.IntegerField(
        read_only=True, help_text="Interrupted by our own outage alone."
    )
    abandoned = serializers.IntegerField(read_only=True)
    missed = serializers.IntegerField(read_only=True)
    cancelled = serializers.IntegerField(read_only=True)
    pass_rate = RateSerializer(read_only=True, help_text="Of the attempts invited in this week.")
    exits = ExitsOfCauseSerializer(source="exits.by_cause", many=True, read_only=True)
    our_outage = ExitsOfCauseSerializer(source="exits.ours", read_only=True)


class ReportViewSet(viewsets.ViewSet):
    """Reports over what a person may see."""

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "week", OpenApiTypes.STR, description="An ISO week: 2026-W47.", pattern=r"^\d{4}-W\d{2}$"
            ),
            OpenApiParameter(
                "day", OpenApiTypes.DATE, description="Any day of the week; today without both."
            ),
            OpenApiParameter("opening", OpenApiTypes.INT64, description="One opening only."),
        ],
        responses=WeeklySerializer,
    )
    @action(detail=False)
    def weekly(self, request: Request) -> Response:
        """Invited, started, completed, interrupted, returned, abandoned, and the pass rate with its denominator.

        422 `week_invalid`, `day_invalid`, `week_and_day`, `opening_invalid`; 404 `opening_unknown`.
        """
        user = person_of(request)
        day = _day_asked(request)
        report = week(day, user=user, opening=_opening_asked(request, user))
        return Response(WeeklySerializer(report).data)


def _day_asked(request: Request) -> date:
    """A day of the week that the request asks for."""
    name, day = request.query_params.get("week"), request.query_params.get("day")
    if name and day:
        raise Invalid("week_and_day", _("Ask for a week or for a day, not for both."))
    if name:
        return _checked(_day_of_week(name), "week_invalid")
    if day:
        return _checked(_parsed(day), "day_invalid")
    return timezone.localdate()


def _day_of_week(name: str) -> date | None:
    year, mark, week_number = name.partition("-W")
    if not (mark and _is_number(year, 4) and _is_number(week_number, 2)):
        return None
    try:
        return date.fromisocalendar(int(year), int(week_number), 1)
    except ValueError:
        return None


def _is_number(text: str, digits: int) -> bool:
    return len(text) == digits and text.isascii() and text.isdigit()


def _parsed(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None


def _checked(day: date | None, code: str) -> date:
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(code, _("Write a week as 2026-W47 or a day as 2026-11-18, between 2000 and 2100."))
    return day


def _opening_asked(request: Request, user: Any) -> int | None:
    text = request.query_params.get("opening")
    if not text:
        return None
    try:
        number: int = IdField().clean(text)
    except ValidationError:
        raise Invalid("opening_invalid", _("An opening is given by its number.")) from None
    if not Opening.objects.visible_to(user).filter(pk=number).exists():
        raise NotFound("opening_unknown", _("There is no such opening."))
    return number

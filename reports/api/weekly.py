"""`reports/`: which there are, each by its name, and `weekly/`, the week in figures."""

import re
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.base import AskedViewSet, WordedSerializer
from core.errors import Invalid, NotFound
from core.exchange.writing import CSV, TYPES, XLSX
from core.numbers import HIGHEST_ID
from people.actors import person_of
from recruitment.enums import ExitCause
from reports import taken
from reports.api.figures import RateSerializer
from reports.api.named import ASKED, NAME, PDF, NamedReportSerializer, TableSerializer, printed, workbook
from reports.asking import DAY, PARAMETERS, REPORTS, asked_for, is_usual, opening_of, report_named
from reports.kept import table_for
from reports.registry import Table
from reports.weekly import week

# Outside these years nothing can have happened; the calendar itself ends soon after the last week of 9999.
FIRST_YEAR, LAST_YEAR, LAST_WEEK = 2000, 2099, 53
_OF_53_WEEKS = [
    year for year in range(FIRST_YEAR, LAST_YEAR + 1) if date(year, 12, 28).isocalendar().week == LAST_WEEK
]
WEEK = f"^(20[0-9]{{2}}-W(0[1-9]|[1-4][0-9]|5[0-2])|({'|'.join(map(str, _OF_53_WEEKS))})-W53)$"


class ExitsOfCauseSerializer(WordedSerializer):
    """How many exits had one cause: announced or silent, and how many came back."""

    words = {
        "cause": "The cause that counts: as HR corrected it, else as it was noticed.",
        "count": "How many exits.",
        "announced": "How many of them the candidate announced.",
        "silent": "How many nobody announced.",
        "returned": "How many came back.",
    }
    cause = serializers.ChoiceField(choices=ExitCause.choices, read_only=True)
    count = serializers.IntegerField(read_only=True)
    announced = serializers.IntegerField(read_only=True)
    silent = serializers.IntegerField(read_only=True)
    returned = serializers.IntegerField(read_only=True)


class WeeklySerializer(WordedSerializer):
    """One week, Monday to Sunday in Shanghai. Every flow counts attempts, by the time of the event."""

    words = {
        "week": "The ISO week, as 2026-W47.",
        "first_day": "Its Monday.",
        "last_day": "Its Sunday.",
        "as_of": "When this was counted.",
        "opening": "The opening's id; null over all of them.",
        "invited": "Attempts that were invited in this week.",
        "started": "Attempts that began.",
        "completed": "Attempts that were finished.",
        "interrupted": "Attempts ever interrupted, not by our own outage.",
        "returned": "Of the interrupted, those who came back since.",
        "interrupted_by_us": "Attempts interrupted by our own outage alone.",
        "abandoned": "Attempts that were given up.",
        "missed": "Attempts to which nobody came.",
        "cancelled": "Attempts that were called off.",
        "pass_rate": "Of the attempts invited in this week.",
        "exits": "The exits of this week, cause by cause.",
        "our_outage": "The exits that we caused.",
    }
    week = serializers.CharField(source="name", read_only=True)
    first_day = serializers.DateField(source="first", read_only=True)
    last_day = serializers.DateField(source="last", read_only=True)
    as_of = serializers.DateTimeField(read_only=True)
    opening = serializers.IntegerField(read_only=True, allow_null=True)
    invited = serializers.IntegerField(read_only=True)
    started = serializers.IntegerField(read_only=True)
    completed = serializers.IntegerField(read_only=True)
    interrupted = serializers.IntegerField(read_only=True)
    returned = serializers.IntegerField(read_only=True)
    interrupted_by_us = serializers.IntegerField(read_only=True)
    abandoned = serializers.IntegerField(read_only=True)
    missed = serializers.IntegerField(read_only=True)
    cancelled = serializers.IntegerField(read_only=True)
    pass_rate = RateSerializer(read_only=True)
    exits = ExitsOfCauseSerializer(source="exits.by_cause", many=True, read_only=True)
    our_outage = ExitsOfCauseSerializer(source="exits.ours", read_only=True)


class ReportViewSet(AskedViewSet):
    """Reports over what a person may see."""

    serializer_class = WeeklySerializer
    parameters = {
        "weekly": ("week", "day", "opening"),
        "retrieve": PARAMETERS,
        "workbook": PARAMETERS,
        "text": PARAMETERS,
        "printed": PARAMETERS,
    }
    pagination_class = None
    filter_backends = ()
    lookup_field = "name"
    lookup_value_regex = "[^/.]{1,60}"
    looked_at = None

    @extend_schema(responses=NamedReportSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every report: what it counts, and by what it can be parted. `weekly/` stands by itself."""
        return Response(NamedReportSerializer(REPORTS.values(), many=True).data)

    @extend_schema(parameters=[NAME, *ASKED], responses=TableSerializer)
    def retrieve(self, request: Request, name: str) -> Response:
        """The report's lines and total over what this person may see.

        404 `report_unknown`, `version_unknown`, `opening_unknown`, `department_unknown`, `stretch_invalid`,
        `by_unknown`; 422 `version_invalid`, `from_invalid`, `to_invalid`, `by_invalid`, `opening_invalid`,
        `department_invalid`, `too_slow`; 503 `being_counted` with `Retry-After`: it takes longer than a call may, and
        is being counted.
        """
        return Response(TableSerializer(_table(request, name)).data)

    @extend_schema(parameters=[NAME, *ASKED], responses={(200, TYPES[XLSX]): OpenApiTypes.BINARY})
    def workbook(self, request: Request, name: str) -> HttpResponse:
        """The same as a workbook."""
        return workbook(_taken(request, name, XLSX))

    @extend_schema(parameters=[NAME, *ASKED], responses={(200, TYPES[CSV]): OpenApiTypes.BINARY})
    def text(self, request: Request, name: str) -> HttpResponse:
        """The same as comma-separated text in UTF-8."""
        return workbook(_taken(request, name, CSV), CSV)

    @extend_schema(parameters=[NAME, *ASKED], responses={(200, PDF): OpenApiTypes.BINARY})
    def printed(self, request: Request, name: str) -> HttpResponse:
        """The same as a PDF with charts, tagged, in the language that is asked for. 503 `document_too_slow`."""
        return printed(_taken(request, name, "pdf"))

    @extend_schema(
        parameters=[
            OpenApiParameter("week", OpenApiTypes.STR, description="An ISO week: 2026-W47.", pattern=WEEK),
            OpenApiParameter(
                "day",
                {"type": "string", "pattern": DAY},
                description="Any day of the week; today without both.",
            ),
            OpenApiParameter(
                "opening",
                {"type": "integer", "format": "int64", "minimum": 1, "maximum": HIGHEST_ID},
                description="One opening only.",
            ),
        ],
        responses=WeeklySerializer,
    )
    @action(detail=False)
    def weekly(self, request: Request) -> Response:
        """Invited, started, completed, interrupted, returned, abandoned, and the pass rate with its denominator.

        422 `week_invalid`, `day_invalid`, `opening_invalid`; 404 `opening_unknown`, `week_and_day` when the day lies in
        another week.
        """
        user = person_of(request)
        day = _day_asked(request)
        report = week(day, user=user, opening=_opening_asked(request, user))
        return Response(WeeklySerializer(report).data)


def _taken(request: Request, name: str, kind: str) -> Table:
    """The report that somebody takes away as a file, which is noted."""
    table = _table(request, name)
    taken.note(request, table.report, lines=len(table.rows), kind=kind)
    return table


def _table(request: Request, name: str) -> Table:
    given = request.query_params.dict()
    report = report_named(name, given.get("version", ""))
    return table_for(report, asked_for(report, given, person_of(request)), is_usual=is_usual(given))


def _day_asked(request: Request) -> date:
    """A day of the week that the request asks for."""
    name, day = request.query_params.get("week"), request.query_params.get("day")
    of_week = None if name is None else _checked(_day_of_week(name), "week_invalid")
    asked = None if day is None else _checked(_parsed(day), "day_invalid")
    if of_week and asked and of_week.isocalendar()[:2] != asked.isocalendar()[:2]:
        raise NotFound("week_and_day", _("That day lies in another week. Ask for the week or for the day."))
    return asked or of_week or timezone.localdate()


def _day_of_week(name: str) -> date | None:
    if not re.fullmatch(WEEK, name):
        return None
    year, _mark, week_number = name.partition("-W")
    return date.fromisocalendar(int(year), int(week_number), 1)


def _parsed(day: str) -> date | None:
    return date.fromisoformat(day) if re.fullmatch(DAY, day) else None


def _checked(day: date | None, code: str) -> date:
    if day is None:
        raise Invalid(code, _("Write a week as 2026-W47 or a day as 2026-11-18, between 2000 and 2099."))
    return day


def _opening_asked(request: Request, user: Any) -> int | None:
    """The one of `?opening=`; asked for nothing it is no number, as in every list."""
    text = request.query_params.get("opening")
    return None if text is None else opening_of(text, user)

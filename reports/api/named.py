"""`reports/<name>/`: every report of the registry as JSON, as a workbook and as a PDF."""

import io
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from core.api.base import WordedSerializer
from core.exchange.writing import TYPES, XLSX, write
from core.figures import Rate
from core.numbers import HIGHEST_ID
from reports.apart import comparisons
from reports.asking import CHARTS, DAY, MEASURES, ONLY, REPORTS, WAYS, is_current
from reports.files import headings, lines, notes
from reports.headcount import MOST_DAYS, MOST_RECOVERED
from reports.printing import document
from reports.registry import Asked, Report, Spread, Table, Value, Withheld

PDF = "application/pdf"
_DAY = {"type": "string", "pattern": DAY}
_ID = {"type": "integer", "format": "int64", "minimum": 1, "maximum": HIGHEST_ID}
ASKED = [
    OpenApiParameter("from", _DAY, description="The first day; without it the Monday twelve weeks before."),
    OpenApiParameter("to", _DAY, description="The last day; without it today."),
    OpenApiParameter(
        "by", {"type": "string", "enum": WAYS}, description="What lines stand for: one of the report's `by`."
    ),
    OpenApiParameter(
        "across",
        {"type": "string", "enum": WAYS},
        description="An own table: what columns stand for. `values` then have their keys, and `total`.",
    ),
    OpenApiParameter(
        "measure",
        {"type": "string", "enum": MEASURES},
        description="This figure alone; with `across` the first.",
    ),
    OpenApiParameter(
        "only",
        {"type": "string", "pattern": ONLY},
        description="Count these lines alone: `way:key`, up to three with commas between, as `source:referral`.",
    ),
    OpenApiParameter("opening", _ID, description="Of this opening only."),
    OpenApiParameter("department", _ID, description="Of this department and those below it only."),
    OpenApiParameter(
        "as_of",
        _DAY,
        description="As it was known at the end of this day; without it as it stands. Of reports with `knows_past`.",
    ),
    OpenApiParameter(
        "recovered",
        {"type": "integer", "minimum": 0, "maximum": MOST_RECOVERED},
        description="Of the headcount plan: what if so many exits were recovered; with `days` alone, all of them.",
    ),
    OpenApiParameter(
        "days",
        {"type": "integer", "minimum": 0, "maximum": MOST_DAYS},
        description="… in so many working days from today; 0 without it.",
    ),
    OpenApiParameter(
        "chart", {"type": "string", "enum": list(CHARTS)}, description="Whether pages and PDF have bars."
    ),
    OpenApiParameter(
        "version",
        {"type": "integer", "minimum": 1, "maximum": 9999},
        description="As this version of the report counted: one of its `versions`; without it as it counts now.",
    ),
]
NAME = OpenApiParameter(
    "name", {"type": "string", "enum": list(REPORTS)}, OpenApiParameter.PATH, description="The report."
)
_COUNT = {"type": "integer", "minimum": 0}
_FIGURE = {"type": "number", "nullable": True}
_VALUES = {
    "type": "object",
    "additionalProperties": {
        "nullable": True,
        "oneOf": [
            _COUNT,
            {
                "type": "object",
                "properties": {
                    "numerator": _COUNT,
                    "denominator": _COUNT,
                    "excluded": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"reason": {"type": "string"}, "count": _COUNT},
                            "required": ["reason", "count"],
                        },
                    },
                    "value": _FIGURE,
                    "low": _FIGURE,
                    "high": _FIGURE,
                },
                "required": ["numerator", "denominator", "excluded", "value", "low", "high"],
            },
            {
                "type": "object",
                "properties": {
                    "count": _COUNT, "median": _FIGURE, "quarter": _FIGURE, "three_quarters": _FIGURE
                },
                "required": ["count", "median", "quarter", "three_quarters"],
            },
        ]
    },
}  # fmt: skip


class MeasureSerializer(WordedSerializer):
    """What one figure counts."""

    words = {
        "name": "What it is called in `rows` and `totals`.",
        "title": "What it is called on pages.",
        "description": "What exactly it counts.",
        "unit": "count, rate, minutes, hours, days or points.",
        "version": "Grows when it comes to mean something else.",
    }
    name = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True, source="words")
    unit = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)


class NamedReportSerializer(WordedSerializer):
    """A report, what it counts and by what it can be parted."""

    words = {
        "name": "Its name in the address.",
        "title": "What it is called on pages.",
        "description": "What it tells.",
        "version": "Grows when one of its figures comes to mean something else.",
        "versions": "Those that can be asked for, the newest first.",
        "measures": "Its figures.",
        "by": "What its lines can stand for, the usual first.",
        "knows_past": "Whether it can be asked as of a past day.",
        "beside": "Figures of other reports that are read beside it, as `report/measure`.",
    }
    name = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True, source="words")
    version = serializers.IntegerField(read_only=True)
    versions = serializers.SerializerMethodField()
    measures = MeasureSerializer(many=True, read_only=True)
    by = serializers.SerializerMethodField()
    knows_past = serializers.BooleanField(read_only=True)
    beside = serializers.SerializerMethodField()

    def get_beside(self, report: Report) -> list[str]:
        """Each as the address of its report and its name there."""
        return [f"{name}/{measure}" for name, measure in report.beside]

    def get_versions(self, report: Report) -> list[int]:
        """Of a report that is asked for by an earlier version all the same."""
        return [one.version for one in REPORTS[report.name].versions]

    def get_by(self, report: Report) -> list[str]:
        """The dimensions."""
        return [dimension.name for dimension in report.dimensions]


class FiltersSerializer(WordedSerializer):
    """What was asked for, with what stands where nothing was."""

    words = {
        "to": "The last day.",
        "by": "What lines stand for.",
        "across": "What columns stand for; empty where these are figures.",
        "measure": "The one figure that is shown; empty for all.",
        "only": "The lines that alone are counted, as `way:key`.",
        "opening": "The opening's id; null over all.",
        "department": "The department's id; null over all.",
        "as_of": "The day as of which it was asked; null as it stands.",
        "recovered": "The what-if: how many exits are taken as recovered; null without one.",
        "days": "… in so many working days.",
    }
    to = serializers.DateField(source="last", read_only=True)
    by = serializers.CharField(read_only=True)
    across = serializers.CharField(read_only=True)
    measure = serializers.CharField(read_only=True)
    only = serializers.SerializerMethodField()
    opening = serializers.IntegerField(read_only=True, allow_null=True)
    department = serializers.IntegerField(read_only=True, allow_null=True)
    as_of = serializers.DateField(read_only=True, allow_null=True)
    recovered = serializers.IntegerField(read_only=True, allow_null=True)
    days = serializers.IntegerField(read_only=True)

    def get_only(self, asked: Asked) -> list[str]:
        """As the address spells them."""
        return [f"{way}:{key}" for way, key in asked.only]

    def get_fields(self) -> Any:
        """`from` is no name in Python."""
        first = serializers.DateField(source="first", read_only=True, help_text="The first day.")
        return {"from": first, **super().get_fields()}


@extend_schema_field(_VALUES)
class ValuesField(serializers.Field):
    """Figures by the name of their measure."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "read_only": True})

    def to_representation(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Each in the shape of its kind."""
        return {name: _shown(value) for name, value in values.items()}


class LineSerializer(WordedSerializer):
    """One line of a report."""

    words = {
        "key": "What it stands for, for programs: an id, a code, or the first day.",
        "label": "The same in words.",
        "values": "Its figures by name.",
    }
    key = serializers.CharField(read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    values = ValuesField()


class ApartSerializer(WordedSerializer):
    """A line whose rate differs from that of all others together by more than chance would explain."""

    words = {
        "key": "The line.",
        "measure": "The rate.",
        "difference": "The line's less that of all others, as shares.",
        "low": "The lower end of its interval.",
        "high": "The upper end.",
    }
    key = serializers.CharField(source="row.key", read_only=True)
    measure = serializers.CharField(source="measure.name", read_only=True)
    difference = serializers.FloatField(source="difference.value", read_only=True)
    low = serializers.FloatField(source="difference.low", read_only=True)
    high = serializers.FloatField(source="difference.high", read_only=True)


class ComparisonsSerializer(WordedSerializer):
    """Every line beside all others: the intervals hold together with 95 %, however many are looked at."""

    words = {"looks": "How many comparisons there are.", "found": "The lines that stand apart."}
    looks = serializers.IntegerField(read_only=True)
    found = ApartSerializer(many=True, read_only=True)


class TableSerializer(WordedSerializer):
    """A report as it was asked for."""

    words = {
        "definition": "What it counts.",
        "version": "The report's version.",
        "as_of": "As of which moment: when it was counted, or the end of the day that was asked for.",
        "filters": "What was asked for.",
        "rows": "Its lines.",
        "totals": "The figures over all lines, counted by themselves: medians and rates have no sum.",
        "withheld": "How many lines, the total among them, have null for figures: they would tell of single persons.",
        "comparisons": "Which lines stand apart from the others.",
    }
    definition = NamedReportSerializer(source="report", read_only=True)
    version = serializers.IntegerField(source="report.version", read_only=True)
    as_of = serializers.DateTimeField(read_only=True)
    filters = FiltersSerializer(source="asked", read_only=True)
    rows = LineSerializer(many=True, read_only=True)
    totals = ValuesField()
    withheld = serializers.IntegerField(read_only=True)
    comparisons = serializers.SerializerMethodField()

    @extend_schema_field(ComparisonsSerializer)
    def get_comparisons(self, table: Table) -> Any:
        """Nothing where nothing can be compared."""
        return ComparisonsSerializer(comparisons(table)).data


def _shown(value: Value) -> Any:
    match value:
        case Rate():
            return {
                "numerator": value.numerator,
                "denominator": value.denominator,
                "excluded": [{"reason": one.reason.value, "count": one.count} for one in value.excluded],
                "value": value.value,
                "low": value.low,
                "high": value.high,
            }
        case Spread():
            return {
                "count": value.count,
                "median": value.median,
                "quarter": value.quarter,
                "three_quarters": value.three_quarters,
            }
        case Withheld():
            return None
        case _:
            return value


def workbook(table: Table, kind: str = XLSX) -> HttpResponse:
    """The report as .xlsx or .csv, named after itself and its days; text in it is never a formula."""
    file = io.BytesIO()
    write(kind, file, headings(table), lines(table), title=str(table.report.title), notes=notes(table))
    return _file(table, kind, TYPES[kind], file.getvalue())


def printed(table: Table) -> HttpResponse:
    """The report as .pdf with its charts, named alike."""
    return _file(table, "pdf", PDF, document(table).content)


def _file(table: Table, kind: str, content_type: str, content: bytes) -> HttpResponse:
    as_of = f"-as-of-{table.asked.as_of}" if table.asked.as_of else ""
    version = "" if is_current(table.report) else f"-version-{table.report.version}"
    name = f"{table.report.name}-{table.asked.first}-{table.asked.last}{as_of}{version}.{kind}"
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )

"""Training for tests: courses, diagnostics, and the reports that plans are made from."""

from decimal import Decimal
from typing import Any

from core.figures import Basis
from recruitment.enums import AssessmentStatus
from recruitment.models import Assessment, AssessmentScore, Interview
from tests.factories import recruitment
from training.enums import CourseKind
from training.models import Course


def course(
    code: str = "office-advanced", title: str = "办公软件进阶课程", of: str | None = "excel", **fields: Any
) -> Course:
    """A course from level 1 to 4, due ten working days after the start."""
    fields.setdefault("from_level", 1)
    fields.setdefault("to_level", 4)
    fields.setdefault("hours", Decimal(16))
    fields.setdefault("offset_working_days", 10)
    return Course.objects.create(
        code=code,
        title=title,
        title_en=fields.pop("title_en", code.replace("-", " ").title()),
        skill=recruitment.skill(of, of) if of else None,
        **fields,
    )


def diagnostic(of: str = "excel", code: str = "", **fields: Any) -> Course:
    """A short diagnostic of a skill, due three working days after the start."""
    fields.setdefault("hours", Decimal("1.5"))
    fields.setdefault("offset_working_days", 3)
    return Course.objects.create(
        code=code or f"{of}-diagnostic",
        title=f"{of} 能力诊断",
        skill=recruitment.skill(of, of),
        kind=CourseKind.DIAGNOSTIC,
        **fields,
    )


def report(
    of: Interview,
    basis: str = Basis.PARTIAL,
    scores: dict[str, int | None] | None = None,
    status: str = AssessmentStatus.CURRENT,
) -> Assessment:
    """A report with scores by competency code, ± 8."""
    known = [value for value in (scores or {}).values() if value is not None]
    overall = _around(known[0] if known else None)
    row = Assessment.objects.create(
        interview=of, attempt=of.attempt, basis=basis, status=status, method="test/1", **overall
    )
    for code, value in (scores or {}).items():
        AssessmentScore.objects.create(
            assessment=row, competency=recruitment.competency(code), **_around(value)
        )
    return row


def _around(value: int | None) -> dict[str, Decimal | None]:
    if value is None:
        return {"value": None, "low": None, "high": None}
    return {"value": Decimal(value), "low": Decimal(max(value - 8, 0)), "high": Decimal(min(value + 8, 100))}

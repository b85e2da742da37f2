"""Fit: what those who applied in a stretch of time know of what their opening requires, as far as evidence shows it."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import Case, Count, DecimalField, F, IntegerField, OuterRef, Q, QuerySet, Sum, When
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThanOrEqual
from django.db.models.sql.constants import LOUTER
from django.utils.translation import gettext_lazy as _
from django_cte import CTE, with_cte

from core.figures import Basis, Rate
from recruitment.enums import AssessmentStatus
from recruitment.enums_incoming import Degree, ResumeFactKind
from recruitment.models import Application, Assessment, AssessmentScore, OpeningSkill, ResumeFact, WrittenTest
from reports import degrees
from reports.applying import APPLIED, applied_in
from reports.exclusions import Reason, exclusions
from reports.lines import source_label
from reports.once import Once, Together
from reports.past import Past
from reports.registry import EVERYWHERE, SOURCE, Asked, Facts, Measure, Report, Value
from training.levels import LEVEL_STARTS

EDUCATED = Measure(
    name="with_education",
    title=_("education known"),
    words=_("Of these, whose résumé has a confirmed education."),
)
EXPERIENCED = Measure(
    name="with_project",
    title=_("projects or internships known"),
    words=_("Of these, whose résumé has a confirmed project or internship."),
    version=2,
)
# As it was before internships became facts of their own.
PROJECTS = replace(
    EXPERIENCED,
    title=_("projects known"),
    words=_("Of these, whose résumé has a confirmed project."),
    version=1,
)
DEGREE_RATE = Measure(
    name="bachelor_rate",
    title=_("bachelor's degree or higher"),
    words=_(
        "Highest confirmed degree a bachelor's or higher ÷ all whose degree is known. Left out: of whom no confirmed"
        " education names a degree."
    ),
    unit="rate",
)
FITTING = Measure(
    name="meets_all",
    title=_("meets every requirement"),
    words=_(
        "Of these, for whom every required skill is shown at its level. An opening without requirements: none."
    ),
)
UNKNOWN = Measure(
    name="something_unknown",
    title=_("something unknown"),
    words=_("Of these, about whom nothing is known of at least one required skill."),
)
ATTAINMENT = Measure(
    name="attainment_rate",
    title=_("required levels attained"),
    words=_(
        "Required skills shown at their level ÷ required skills of which anything is known, over all applications. A"
        " written test counts first, else the score of a full or partial report; an estimate is no evidence."
    ),
    unit="rate",
)


def facts(asked: Asked) -> Facts:
    """The applications made in the stretch, each with what is shown of the skills that are required, or was then."""
    return _facts(asked, Q(projects__gt=0) | Q(internships__gt=0))


def facts_of_projects(asked: Asked) -> Facts:
    """The same, internships left aside."""
    return _facts(asked, Q(projects__gt=0))


def _facts(asked: Asked, is_experienced: Q) -> Facts:
    past = asked.past
    return Facts(
        rows=applied_in(asked),
        at="created_at",
        opening="opening",
        application="pk",
        own={
            "source": (past.value(Application, "source"), source_label),
            "education": (degrees.highest(OuterRef("pk"), past), degrees.label),
        },
        counts={
            "applied": Q(),
            "with_education": Q(degree__isnull=False),
            "with_project": is_experienced,
            "bachelor": Q(degree__gte=Degree.BACHELOR),
            "with_degree": Q(degree__gt=degrees.NONE_NAMED),
            "meets_all": Q(needed__gt=0, attained=F("needed")),
            "something_unknown": Q(known__lt=F("needed")),
            "something_attained": Q(attained__gt=0),
        },
        behind={"attainment_rate": "something_attained", "bachelor_rate": "bachelor"},
        figures={f"all_{name}": Coalesce(Sum(name), 0) for name in ("needed", "known", "attained")},
        read=_read,
        together=(
            Together(
                gives=frozenset({"degree", "projects", "internships"}),
                needs=frozenset({"id"}),
                join=partial(_with_resume, past),
            ),
            Together(
                gives=frozenset({"needed", "known", "attained"}),
                needs=frozenset({"id", "opening_id"}),
                join=partial(_with_skills, past),
            ),
        ),
    )


def _with_resume(past: Past, once: Once, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """The applications, each with its highest degree, and how many projects and internships are confirmed."""
    confirmed = once.table.join(ResumeFact, application=once.table.col.id).filter(once.between("application"))
    numbers = {
        name: Count("pk", filter=Q(kind_then=kind))
        for name, kind in (
            ("of_projects", ResumeFactKind.PROJECT),
            ("of_internships", ResumeFactKind.INTERNSHIP),
        )
    }
    resumes = CTE(degrees.by_application(confirmed, past).annotate(**numbers), name="resumes")
    rows = resumes.join(rows, id=resumes.col.application_id, _join_type=LOUTER)
    return with_cte(resumes, select=rows).annotate(
        degree=resumes.col.education,
        projects=resumes.col.of_projects,
        internships=resumes.col.of_internships,
    )


def _with_skills(past: Past, once: Once, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """The applications, each with how many skills its opening requires, of how many anything is known, and how many are
    shown at their level: the score, as training reads it, lies where the level starts or higher."""
    required = CTE(_required(past, once), name="required", materialized=True)
    openings = CTE(
        required.queryset().order_by().values("of").annotate(skills=Count("asks")), name="openings"
    )
    evidence = CTE(
        _of_tests(past, once, required).union(_of_reports(past, once, required), all=True), name="evidence"
    )
    # A test before a full report, that before a partial one.
    ranked = evidence.queryset().order_by("row", "asks", "rank", "which")
    first = CTE(ranked.distinct("row", "asks"), name="first")
    each = first.queryset().order_by().values("row")
    shown = CTE(
        each.annotate(of_known=Count("above"), of_attained=Count("above", filter=Q(above=True))), name="shown"
    )
    rows = openings.join(rows, opening_id=openings.col.of, _join_type=LOUTER)
    rows = shown.join(rows, id=shown.col.row, _join_type=LOUTER)
    return with_cte(required, openings, evidence, first, shown, select=rows).annotate(
        needed=Coalesce(openings.col.skills, 0),
        known=Coalesce(shown.col.of_known, 0),
        attained=Coalesce(shown.col.of_attained, 0),
    )


def _required(past: Past, once: Once) -> "QuerySet[Any]":
    """The skills that these openings require, each with the competency that it stands for and the score from which on
    the level that it asks for is reached."""
    starts = (0, *LEVEL_STARTS)
    return (
        OpeningSkill.objects.filter(
            past.was_there(OpeningSkill),
            opening__in=once.table.queryset().order_by().values(of=F("opening_id")),
        )
        .annotate(
            level_then=past.value(OpeningSkill, "required_level"),
            start=Case(
                *(When(level_then=level, then=Constant(start)) for level, start in enumerate(starts, 1)),
                output_field=DecimalField(),
            ),
        )
        .order_by()
        .values("start", of=F("opening_id"), asks=F("skill_id"), shown_by=F("skill__competency"))
    )


def _of_tests(past: Past, once: Once, required: CTE) -> "QuerySet[Any]":
    """What written tests show of the skills that the application's opening requires."""
    tests = once.table.join(WrittenTest.objects.order_by(), application=once.table.col.id)
    tests = (
        required.join(tests, skill=required.col.asks)
        .filter(past.was_there(WrittenTest), once.between("application"))
        .annotate(then=past.value(WrittenTest, "score"))
    )
    return _seen(tests, once, required, Constant(0, IntegerField()), F("pk"))


def _of_reports(past: Past, once: Once, required: CTE) -> "QuerySet[Any]":
    """What full and partial reports show of them."""
    way = "assessment__interview__application"
    scores = once.table.join(AssessmentScore.objects.order_by(), **{way: once.table.col.id})
    scores = (
        required.join(scores, competency=required.col.shown_by)
        .filter(past.by("assessment__issued_at"), once.between(way))
        # A report's scores never move: another report stands beside it.
        .annotate(then=F("value"), status_then=past.value(Assessment, "status", "assessment__"))
        .filter(status_then=AssessmentStatus.CURRENT, assessment__basis__in=(Basis.FULL, Basis.PARTIAL))
    )
    rank = Case(When(assessment__basis=Basis.FULL, then=Constant(1)), default=Constant(2))
    return _seen(scores, once, required, rank, F("assessment_id"))


def _seen(found: "QuerySet[Any]", once: Once, required: CTE, rank: Any, which: F) -> "QuerySet[Any]":
    """Of which application's skill it is evidence, whether it lies where the level starts or above, and its place."""
    return found.filter(Exact(required.col.of, once.table.col.opening_id), then__isnull=False).values(
        row=once.table.col.id,
        asks=required.col.asks,
        above=GreaterThanOrEqual(F("then"), required.col.start),
        rank=rank,
        which=which,
    )


def _read(found: dict[str, Any]) -> dict[str, Value]:
    counts = (APPLIED, EDUCATED, EXPERIENCED, FITTING, UNKNOWN)
    return {
        **{measure.name: found[f"n_{measure.name}"] for measure in counts},
        DEGREE_RATE.name: Rate(
            found["n_bachelor"],
            found["n_with_degree"],
            DEGREE_RATE.definition,
            exclusions({Reason.NO_EVIDENCE: found["n_applied"] - found["n_with_degree"]}),
        ),
        ATTAINMENT.name: Rate(
            found["all_attained"],
            found["all_known"],
            ATTAINMENT.definition,
            exclusions({Reason.NO_EVIDENCE: found["all_needed"] - found["all_known"]}),
        ),
    }


FIRST = Report(
    name="fit",
    title=_("Fit"),
    words=_("What those who applied know of what their opening requires, as far as evidence shows it."),
    measures=(APPLIED, EDUCATED, DEGREE_RATE, PROJECTS, FITTING, UNKNOWN, ATTAINMENT),
    dimensions=(*EVERYWHERE, SOURCE, degrees.EDUCATION),
    facts=facts_of_projects,
    records_for_hr=True,
    knows_past=True,
    rests=(("with_education", "bachelor_rate:of"), ("applied", "meets_all", "something_unknown")),
)
FIT = replace(
    FIRST,
    version=2,
    measures=(APPLIED, EDUCATED, DEGREE_RATE, EXPERIENCED, FITTING, UNKNOWN, ATTAINMENT),
    facts=facts,
    earlier=(FIRST,),
)

"""Fit: what those who applied in a stretch of time know of what their opening requires, as far as evidence shows it."""

from collections.abc import Callable
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
from reports.once import Together, within
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
    return _facts(asked, ResumeFactKind.PROJECT, ResumeFactKind.INTERNSHIP)


def facts_of_projects(asked: Asked) -> Facts:
    """The same, internships left aside."""
    return _facts(asked, ResumeFactKind.PROJECT)


def _facts(asked: Asked, *experience: ResumeFactKind) -> Facts:
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
            "with_project": Q(experiences__gt=0),
            "bachelor": Q(degree__gte=Degree.BACHELOR),
            "with_degree": Q(degree__gt=degrees.NONE_NAMED),
            "meets_all": Q(needed__gt=0, attained=F("needed")),
            "something_unknown": Q(known__lt=F("needed")),
            "something_attained": Q(attained__gt=0),
        },
        behind={"attainment_rate": "something_attained", "bachelor_rate": "bachelor"},
        figures={f"all_{name}": Coalesce(Sum(name), 0) for name in ("needed", "known", "attained")},
        read=_read,
        together=Together(
            gives=frozenset({"degree", "experiences", "needed", "known", "attained"}),
            needs=frozenset({"id", "opening_id"}),
            join=partial(_joined, past, experience),
        ),
    )


def _joined(
    past: Past, experience: tuple[ResumeFactKind, ...], once: CTE, rows: "QuerySet[Any]"
) -> "QuerySet[Any]":
    """The applications, each with its highest degree, its projects or internships, how many skills its opening
    requires, of how many anything is known, and how many are shown at their level."""
    bounds, between = within(once)
    required = CTE(_required(past, once), name="required", materialized=True)
    openings = CTE(
        required.queryset().order_by().values("of").annotate(skills=Count("asks")), name="openings"
    )
    shown, tables = _shown(past, once, required, between)
    facts_of = once.join(ResumeFact, application=once.col.id).filter(between("application"))
    resumes = CTE(
        degrees.by_application(facts_of, past).annotate(
            experiences=Count("pk", filter=Q(kind_then__in=experience))
        ),
        name="resumes",
    )
    rows = openings.join(rows, opening_id=openings.col.of, _join_type=LOUTER)
    rows = shown.join(rows, id=shown.col.row, _join_type=LOUTER)
    rows = resumes.join(rows, id=resumes.col.application_id, _join_type=LOUTER)
    counts = {"needed": openings.col.skills, "known": shown.col.known, "attained": shown.col.attained}
    return with_cte(bounds, required, openings, *tables, shown, resumes, select=rows).annotate(
        degree=resumes.col.education,
        experiences=resumes.col.experiences,
        **{name: Coalesce(column, 0) for name, column in counts.items()},
    )


def _required(past: Past, once: CTE) -> "QuerySet[Any]":
    """The skills that these openings require, each with the competency that it stands for and the score from which on
    the level that it asks for is reached."""
    starts = (0, *LEVEL_STARTS)
    return (
        OpeningSkill.objects.filter(
            past.was_there(OpeningSkill), opening__in=once.queryset().order_by().values(of=F("opening_id"))
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


def _shown(past: Past, once: CTE, required: CTE, between: Callable[[str], Q]) -> tuple[CTE, tuple[CTE, ...]]:
    """Of each application of how many required skills anything is known, and how many are shown at their level: its
    score, as training reads it, lies where the level starts or higher. With the tables that it is read from."""
    of_opening = Exact(required.col.of, once.col.opening_id)
    tests = once.join(WrittenTest.objects.order_by(), application=once.col.id)
    tests = required.join(tests, skill=required.col.asks).filter(
        past.was_there(WrittenTest), of_opening, between("application")
    )
    scores = once.join(AssessmentScore.objects.order_by(), assessment__interview__application=once.col.id)
    scores = required.join(scores, competency=required.col.shown_by).filter(
        past.by("assessment__issued_at"), of_opening, between("assessment__interview__application")
    )
    tests = tests.annotate(then=past.value(WrittenTest, "score"))
    # A report's scores never move: another report stands beside it.
    scores = scores.annotate(
        then=F("value"), status_then=past.value(Assessment, "status", "assessment__")
    ).filter(status_then=AssessmentStatus.CURRENT, assessment__basis__in=(Basis.FULL, Basis.PARTIAL))

    def seen(found: "QuerySet[Any]", rank: Any, which: str) -> "QuerySet[Any]":
        return found.filter(then__isnull=False).values(
            row=once.col.id,
            asks=required.col.asks,
            above=GreaterThanOrEqual(F("then"), required.col.start),
            rank=rank,
            which=F(which),
        )

    # A test before a full report, that before a partial one.
    of_report = Case(When(assessment__basis=Basis.FULL, then=Constant(1)), default=Constant(2))
    every = seen(tests, Constant(0, IntegerField()), "pk").union(
        seen(scores, of_report, "assessment_id"), all=True
    )
    evidence = CTE(every, name="evidence")
    first = CTE(
        evidence.queryset().order_by("row", "asks", "rank", "which").distinct("row", "asks"), name="first"
    )
    shown = first.queryset().order_by().values("row")
    counted = shown.annotate(known=Count("above"), attained=Count("above", filter=Q(above=True)))
    return CTE(counted, name="shown"), (evidence, first)


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

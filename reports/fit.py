"""Fit: what those who applied in a stretch of time know of what their opening requires, as far as evidence shows it."""

from dataclasses import replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    DecimalField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce, Sign
from django.db.models.lookups import Exact, GreaterThan, LessThan
from django.utils.translation import gettext_lazy as _

from core.figures import Basis, Rate
from recruitment.enums import AssessmentStatus
from recruitment.enums_incoming import Degree, ResumeFactKind
from recruitment.models import Application, Assessment, AssessmentScore, OpeningSkill, ResumeFact, WrittenTest
from reports import degrees
from reports.applying import APPLIED, applied_in
from reports.exclusions import Reason, exclusions
from reports.lines import source_label
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


class _Size(Func):
    """How many there are in an array."""

    function = "CARDINALITY"
    output_field = IntegerField()


class _Without(Func):
    """An array without what equals the value."""

    function = "ARRAY_REMOVE"
    arity = 2


# Of what is shown of each required skill (`above`), looked up once for each application.
_NEEDED, _OF_KNOWN = _Size("shown"), _Without("shown", Constant(None))
_KNOWN, _ATTAINED = _Size(_OF_KNOWN), _Size(_Without(_OF_KNOWN, Constant(-1)))


def facts(asked: Asked) -> Facts:
    """The applications made in the stretch, each with what is shown of the skills that are required, or was then."""
    return _facts(asked, ResumeFactKind.PROJECT, ResumeFactKind.INTERNSHIP)


def facts_of_projects(asked: Asked) -> Facts:
    """The same, internships left aside."""
    return _facts(asked, ResumeFactKind.PROJECT)


def _facts(asked: Asked, *experience: ResumeFactKind) -> Facts:
    past = asked.past
    of_resume = ResumeFact.objects.filter(past.was_there(ResumeFact), application=OuterRef("pk")).annotate(
        kind_then=past.value(ResumeFact, "kind")
    )
    rows = applied_in(asked).annotate(
        shown=ArraySubquery(_required(past).values("above")),
        # One of them, not whether there is any: that is looked up for each, never by reading all facts of everybody.
        education=degrees.highest(of_resume.filter(kind_then=ResumeFactKind.EDUCATION), past),
        experience=Subquery(of_resume.filter(kind_then__in=experience).order_by().values("pk")[:1]),
    )
    return Facts(
        rows=rows,
        at="created_at",
        opening="opening",
        application="pk",
        own={
            "source": (past.value(Application, "source"), source_label),
            "education": ("education", degrees.label),
        },
        counts={
            "applied": Q(),
            "with_education": Q(education__isnull=False),
            "with_project": Q(experience__isnull=False),
            "bachelor": Q(education__gte=Degree.BACHELOR),
            "with_degree": Q(education__gt=degrees.NONE_NAMED),
            "meets_all": Q(GreaterThan(_NEEDED, 0)) & Q(Exact(_ATTAINED, _NEEDED)),
            "something_unknown": Q(LessThan(_KNOWN, _NEEDED)),
            "something_attained": Q(GreaterThan(_ATTAINED, 0)),
        },
        behind={"attainment_rate": "something_attained", "bachelor_rate": "bachelor"},
        figures={
            "all_needed": Coalesce(Sum(_NEEDED), 0),
            "all_known": Coalesce(Sum(_KNOWN), 0),
            "all_attained": Coalesce(Sum(_ATTAINED), 0),
        },
        read=_read,
    )


def _required(past: Past) -> "QuerySet[Any]":
    """The required skills of an application's opening, each with `above`: 1 or 0 where its score, as training reads it,
    lies where the level that it asks for starts or higher, -1 where it lies below, none where nothing is known."""
    test = WrittenTest.objects.filter(
        past.was_there(WrittenTest), application=OuterRef(OuterRef("pk")), skill=OuterRef("skill")
    ).annotate(then=past.value(WrittenTest, "score"))
    in_report = (
        AssessmentScore.objects.filter(
            past.by("assessment__issued_at"),
            assessment__interview__application=OuterRef(OuterRef("pk")),
            competency=OuterRef("skill__competency"),
        )
        .annotate(status_then=past.value(Assessment, "status", "assessment__"))
        # A report's scores never move: another report stands beside it.
        .filter(status_then=AssessmentStatus.CURRENT, value__isnull=False)
        .order_by("-assessment")
    )
    starts = (0, *LEVEL_STARTS)
    return OpeningSkill.objects.filter(past.was_there(OpeningSkill), opening=OuterRef("opening")).annotate(
        level_then=past.value(OpeningSkill, "required_level"),
        above=Sign(
            Coalesce(
                Subquery(test.order_by().values("then")[:1]),
                Subquery(in_report.filter(assessment__basis=Basis.FULL).values("value")[:1]),
                Subquery(in_report.filter(assessment__basis=Basis.PARTIAL).values("value")[:1]),
            )
            - Case(
                *(When(level_then=level, then=Constant(start)) for level, start in enumerate(starts, 1)),
                output_field=DecimalField(),
            )
        ),
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

"""Fit: what those who applied in a stretch of time know of what their opening requires, as far as evidence shows it."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import Exact, GreaterThanOrEqual
from django.db.models.sql.constants import LOUTER
from django.utils.translation import gettext_lazy as _
from django_cte import CTE, with_cte

from core.figures import Basis, Rate
from recruitment.enums import AssessmentStatus
from recruitment.enums_incoming import Degree, ResumeFactKind
from recruitment.models import (
    Application,
    Assessment,
    AssessmentScore,
    OpeningSkill,
    ResumeFact,
    Skill,
    WrittenTest,
)
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
    version=2,
)
EXPERIENCED = Measure(
    name="with_project",
    title=_("projects or internships known"),
    words=_("Of these, whose résumé has a confirmed project or internship."),
    version=3,
)
DEGREE_RATE = Measure(
    name="bachelor_rate",
    title=_("bachelor's degree or higher"),
    words=_(
        "Highest confirmed degree a bachelor's or higher ÷ all whose degree is known. Left out: of whom no confirmed"
        " education names a degree."
    ),
    unit="rate",
    version=2,
)
FITTING = Measure(
    name="meets_all",
    title=_("meets every requirement"),
    words=_(
        "Of these, for whom every required skill is shown at its level. An opening without requirements: none."
    ),
    version=2,
)
UNKNOWN = Measure(
    name="something_unknown",
    title=_("something unknown"),
    words=_("Of these, about whom nothing is known of at least one required skill."),
    version=2,
)
ATTAINMENT = Measure(
    name="attainment_rate",
    title=_("required levels attained"),
    words=_(
        "Required skills shown at their level ÷ required skills of which anything is known, over all applications. A"
        " written test counts first, else the score of a full report, else of a partial one, of several the"
        " later round's; an estimate is no evidence."
    ),
    unit="rate",
    version=2,
)
MEASURES = (APPLIED, EDUCATED, DEGREE_RATE, EXPERIENCED, FITTING, UNKNOWN, ATTAINMENT)
_WORDS_OF_FIRST = _(
    "Required skills shown at their level ÷ required skills of which anything is known, over all applications. A"
    " written test counts first, else the score of a full or partial report; an estimate is no evidence."
)
# As it was while the report that was written first counted, and of a past day nothing that was deleted since.
BY_FIRST_REPORTS = (
    APPLIED,
    *(replace(one, version=one.version - 1) for one in MEASURES[1:-1]),
    replace(ATTAINMENT, words=_WORDS_OF_FIRST, version=1),
)
# As it was before internships became facts of their own.
PROJECTS = replace(
    EXPERIENCED,
    title=_("projects known"),
    words=_("Of these, whose résumé has a confirmed project."),
    version=1,
)
OF_PROJECTS = tuple(PROJECTS if one.name == PROJECTS.name else one for one in BY_FIRST_REPORTS)
_EXPERIENCED = Q(projects__gt=0) | Q(internships__gt=0)


def facts(asked: Asked) -> Facts:
    """The applications made in the stretch, each with what is shown of the skills that are required, or was then."""
    return _facts(asked, _EXPERIENCED, MEASURES, is_latest=True)


def facts_of_first_reports(asked: Asked) -> Facts:
    """The same by the report that was written first, and of a past day without what was deleted since."""
    return _facts(asked, _EXPERIENCED, BY_FIRST_REPORTS, is_latest=False)


def facts_of_projects(asked: Asked) -> Facts:
    """The same, internships left aside."""
    return _facts(asked, Q(projects__gt=0), OF_PROJECTS, is_latest=False)


def _facts(asked: Asked, is_experienced: Q, measures: tuple[Measure, ...], *, is_latest: bool) -> Facts:
    past = replace(asked.past, knows_gone=is_latest)
    return Facts(
        rows=applied_in(asked),
        at="created_at",
        opening="opening",
        application="pk",
        own={
            "source": (past.value(Application, "source"), source_label),
            "education": (degrees.highest("pk", past), degrees.label),
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
        sums={"attainment_rate": "attained"},
        figures={f"all_{name}": Coalesce(Sum(name), 0) for name in ("needed", "known", "attained")},
        read=partial(_read, {one.name: one.definition for one in measures}),
        together=(
            Together(
                gives=frozenset({"degree", "projects", "internships"}),
                needs=frozenset({"id"}),
                join=partial(_with_resume, past),
            ),
            Together(
                gives=frozenset({"needed", "known", "attained"}),
                needs=frozenset({"id", "opening_id"}),
                join=partial(_with_skills, past, is_latest),
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
    rows = with_cte(resumes, select=rows)
    deleted = degrees.gone_by_application(past)
    if deleted is None:
        return rows.annotate(
            degree=resumes.col.education,
            projects=resumes.col.of_projects,
            internships=resumes.col.of_internships,
        )
    gone = CTE(deleted.annotate(**numbers), name="gone")
    rows = gone.join(rows, id=gone.col.application_id_then, _join_type=LOUTER)
    return with_cte(gone, select=rows).annotate(
        degree=Greatest(resumes.col.education, gone.col.education),
        projects=Coalesce(resumes.col.of_projects, 0) + Coalesce(gone.col.of_projects, 0),
        internships=Coalesce(resumes.col.of_internships, 0) + Coalesce(gone.col.of_internships, 0),
    )


def _with_skills(past: Past, is_latest: bool, once: Once, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """The applications, each with how many skills its opening requires, of how many anything is known, and how many are
    shown at their level: the score, as training reads it, lies where the level starts or higher."""
    required = CTE(_required(past, once), name="required", materialized=True)
    openings = CTE(
        required.queryset().order_by().values("of").annotate(skills=Count("asks")), name="openings"
    )
    tests, reports = _place(is_latest)
    shown_by = [_of_tests(past, once, required, tests), _of_reports(past, once, required, reports)]
    if (gone := _of_gone_tests(past, once, required, tests)) is not None:
        shown_by.append(gone)
    evidence = CTE(shown_by[0].union(*shown_by[1:], all=True), name="evidence")
    ranked = evidence.queryset().order_by("row", "asks", *tests)
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


def _place(is_latest: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """The place of a test, and that of a report, among what is known of a skill, the first to count: a test before a
    full report, that before a partial one; of several the later round's, as training reads them, or the first one."""
    nought = Constant(0, IntegerField())
    rank = Case(When(assessment__basis=Basis.FULL, then=Constant(1)), default=Constant(2))
    if is_latest:
        later = {"round": -F("assessment__interview__round"), "which": -F("assessment_id")}
        return {"rank": nought, "round": nought, "which": F("pk")}, {"rank": rank, **later}
    return {"rank": nought, "which": F("pk")}, {"rank": rank, "which": F("assessment_id")}


def _required(past: Past, once: Once) -> "QuerySet[Any]":
    """The skills that these openings require, each with the competency that it stands for and the score from which on
    the level that it asks for is reached."""
    openings = once.table.queryset().order_by().values(of=F("opening_id"))
    there = OpeningSkill.objects.filter(past.was_there(OpeningSkill), opening__in=openings).annotate(
        level_then=past.value(OpeningSkill, "required_level")
    )
    found = _from_level(there).values(
        "start", of=F("opening_id"), asks=F("skill_id"), shown_by=F("skill__competency")
    )
    deleted = past.gone(OpeningSkill, "opening_id", "skill_id", "required_level")
    if deleted is None:
        return found
    competency = Skill.objects.filter(pk=OuterRef("skill_id_then")).values("competency")
    gone = _from_level(
        deleted.filter(opening_id_then__in=openings).annotate(level_then=F("required_level_then"))
    )
    return found.union(
        gone.values("start", of=F("opening_id_then"), asks=F("skill_id_then"), shown_by=Subquery(competency)),
        all=True,
    )


def _from_level(skills: "QuerySet[Any]") -> "QuerySet[Any]":
    starts = (0, *LEVEL_STARTS)
    cases = (When(level_then=level, then=Constant(start)) for level, start in enumerate(starts, 1))
    return skills.annotate(start=Case(*cases, output_field=DecimalField())).order_by()


def _of_tests(past: Past, once: Once, required: CTE, place: dict[str, Any]) -> "QuerySet[Any]":
    """What written tests show of the skills that the application's opening requires."""
    tests = once.table.join(WrittenTest.objects.order_by(), application=once.table.col.id)
    tests = (
        required.join(tests, skill=required.col.asks)
        .filter(past.was_there(WrittenTest), once.between("application"))
        .annotate(then=past.value(WrittenTest, "score"))
    )
    return _seen(tests, once, required, place)


def _of_gone_tests(past: Past, once: Once, required: CTE, place: dict[str, Any]) -> "QuerySet[Any] | None":
    """What those showed that were deleted since; None where none are looked for."""
    tests = past.gone(WrittenTest, "application_id", "skill_id", "score")
    if tests is None:
        return None
    tests = once.table.join(tests, application_id_then=once.table.col.id)
    tests = required.join(tests, skill_id_then=required.col.asks).annotate(then=F("score_then"))
    return _seen(tests, once, required, place)


def _of_reports(past: Past, once: Once, required: CTE, place: dict[str, Any]) -> "QuerySet[Any]":
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
    return _seen(scores, once, required, place)


def _seen(found: "QuerySet[Any]", once: Once, required: CTE, place: dict[str, Any]) -> "QuerySet[Any]":
    """Of which application's skill it is evidence, whether it lies where the level starts or above, and its place."""
    return found.filter(Exact(required.col.of, once.table.col.opening_id), then__isnull=False).values(
        row=once.table.col.id,
        asks=required.col.asks,
        above=GreaterThanOrEqual(F("then"), required.col.start),
        **place,
    )


def _read(definitions: dict[str, str], found: dict[str, Any]) -> dict[str, Value]:
    counts = (APPLIED, EDUCATED, EXPERIENCED, FITTING, UNKNOWN)
    return {
        **{measure.name: found[f"n_{measure.name}"] for measure in counts},
        DEGREE_RATE.name: Rate(
            found["n_bachelor"],
            found["n_with_degree"],
            definitions[DEGREE_RATE.name],
            exclusions({Reason.NO_EVIDENCE: found["n_applied"] - found["n_with_degree"]}),
        ),
        ATTAINMENT.name: Rate(
            found["all_attained"],
            found["all_known"],
            definitions[ATTAINMENT.name],
            exclusions({Reason.NO_EVIDENCE: found["all_needed"] - found["all_known"]}),
        ),
    }


FIRST = Report(
    name="fit",
    title=_("Fit"),
    words=_("What those who applied know of what their opening requires, as far as evidence shows it."),
    measures=OF_PROJECTS,
    dimensions=(*EVERYWHERE, SOURCE, degrees.EDUCATION),
    facts=facts_of_projects,
    records_for_hr=True,
    knows_past=True,
    rests=(("with_education", "bachelor_rate:of"), ("applied", "meets_all", "something_unknown")),
)
SECOND = replace(FIRST, version=2, measures=BY_FIRST_REPORTS, facts=facts_of_first_reports, earlier=(FIRST,))
FIT = replace(FIRST, version=3, measures=MEASURES, facts=facts, earlier=(SECOND, FIRST))

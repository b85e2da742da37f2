"""Groups of candidates beside each other: who finished, was interrupted, came further, scored high, by release.

Groups are what candidates said of themselves with consent (`recruitment.services.groups`). A release is a version of an
interview plan, for reports with what scored them: what is changed later is never mixed with what it replaced.

A group that is a small number in any figure of a release is withheld with all its figures there, and as many of the
next smallest with it as hide it (the rule of `reports.small`). There is no total and no choice of days, openings or
single persons, so that no subtraction finds somebody.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.figures import LEAST, Basis
from recruitment.enums import AgeBand, AssessmentStatus, ExitCause, Gender, InterviewKind, InterviewState
from recruitment.models import Assessment, GroupAnswer, Interview, InterviewExit, Invitation, PlanVersion
from recruitment.models.exits import CAUSE_NOW
from reports import exact
from reports.small import is_safe

# Selection below this share of the highest group's is looked into (29 CFR 1607.4 D).
FOUR_FIFTHS = 0.8
WAYS: dict[str, Any] = {"gender": Gender, "age_band": AgeBand}
OVER = (InterviewState.COMPLETED, InterviewState.INTERRUPTED, InterviewState.ABANDONED)
FINISHED, UNDISTURBED, ADVANCED, HIGH = "finished", "undisturbed", "advanced", "high"
WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    FINISHED: (_("Finished the interview"), _("Finished ÷ begun and not under way.")),
    UNDISTURBED: (
        _("Not interrupted"),
        _("Never interrupted, but by our own server ÷ begun and not under way."),
    ),
    ADVANCED: (_("Invited to the second round"), _("Invited ÷ those with a full report that stands.")),
    HIGH: (
        _("Scored in the upper half"),
        _("At or above the middle of all full scores of this release ÷ those with a full report."),
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One group: `yes` of `of` with the exact interval; its ratio to the group with the highest share and the exact
    interval of that, infinite above where the other share may be 0; None where there is nothing to compare with."""

    label: str
    yes: int
    of: int
    interval: exact.Interval
    ratio: float | None
    ratio_interval: exact.Interval | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of a release, by group."""

    name: str
    title: str | Promise
    words: str | Promise
    scorer: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Release:
    """A plan's version: what of it may be shown, and how many groups are withheld."""

    label: str
    figures: list[Figure]
    withheld: int


# By measure and what scored it ("" where nothing did): how many it counts, of how many.
Counts = Counter[tuple[str, str, bool]]


def releases(by: str) -> list[Release]:
    """Every release that somebody with an answer has begun, the newest first. Two queries."""
    counted = _counted(_rows(by))
    named = {
        row.pk: str(row) for row in PlanVersion.objects.filter(pk__in=counted.keys()).select_related("plan")
    }
    return [_release(named[version], counted[version], WAYS[by]) for version in sorted(named, reverse=True)]


def _rows(by: str) -> list[tuple[Any, ...]]:
    """(version, group, state, was interrupted, score, what scored, was invited): of each person the last interview of
    a release, so that a group is as large as the number of its people. Rounds that people hold are none of its
    interviews: they bear the plan of the opening, and nothing of it is asked or scored in them."""
    attempt = {"interview": OuterRef("pk"), "attempt": OuterRef("attempt")}
    answers = GroupAnswer.objects.filter(candidate=OuterRef("application__candidate"))
    exits = InterviewExit.objects.annotate(now=CAUSE_NOW).filter(**attempt).exclude(now=ExitCause.OUR_OUTAGE)
    reports = Assessment.objects.filter(
        **attempt, basis=Basis.FULL, status=AssessmentStatus.CURRENT, value__isnull=False
    ).order_by("-pk")
    rows = (
        Interview.objects.filter(
            state__in=OVER,
            # From the few who answered, not from everybody.
            application__candidate__in=GroupAnswer.objects.filter(**{f"{by}__gt": ""}).values("candidate"),
        )
        .exclude(kind=InterviewKind.PEOPLE)
        .annotate(
            group=Subquery(answers.values(by)[:1]),
            was_interrupted=Exists(exits),
            score=Subquery(reports.values("value")[:1]),
            scorer=Subquery(reports.values("method")[:1]),
            was_invited=Exists(Invitation.objects.filter(application=OuterRef("application"))),
        )
        .order_by("pk")
        .values_list(
            "application__candidate",
            "version",
            "group",
            "state",
            "was_interrupted",
            "score",
            "scorer",
            "was_invited",
        )
    )
    last = {(candidate, found[0]): tuple(found) for candidate, *found in rows}
    return list(last.values())


def _counted(rows: list[tuple[Any, ...]]) -> dict[int, dict[str, Counts]]:
    """Of each release and group, how many each measure counts."""
    scores = defaultdict(list)
    for version, _group, _state, _interrupted, score, scorer, _invited in rows:
        if score is not None:
            scores[version, scorer].append(score)
    middle = {release: median(found) for release, found in scores.items()}
    counted: dict[int, dict[str, Counts]] = defaultdict(lambda: defaultdict(Counter))
    for version, group, state, interrupted, score, scorer, invited in rows:
        counts = counted[version][group]
        counts[FINISHED, "", state == InterviewState.COMPLETED] += 1
        counts[UNDISTURBED, "", not interrupted] += 1
        if score is not None:
            counts[ADVANCED, scorer, invited] += 1
            counts[HIGH, scorer, score >= middle[version, scorer]] += 1
    return counted


def _release(label: str, groups: dict[str, Counts], names: Any) -> Release:
    shown = sorted(_shown(groups), key=names.values.index)
    measures = sorted(
        {(name, scorer) for group in shown for name, scorer, _yes in groups[group]},
        key=lambda one: (list(WORDS).index(one[0]), one[1]),
    )
    figures = [
        Figure(name, *WORDS[name], scorer, _lines(groups, shown, name, scorer, names))
        for name, scorer in measures
    ]
    return Release(label, figures, len(groups) - len(shown))


def _shown(groups: dict[str, Counts]) -> list[str]:
    """The groups of a release that are shown, each whole: none of their figures, nor of all withheld, is small."""
    hidden = [group for group, counts in groups.items() if not _is_large(counts)]
    shown = sorted(groups.keys() - set(hidden), key=lambda group: (_of(groups[group], FINISHED, ""), group))
    while hidden and shown and not _is_large(sum((groups[group] for group in hidden), Counter())):
        hidden.append(shown.pop(0))
    return shown


def _is_large(counts: Counts) -> bool:
    begun, finished = _of(counts, FINISHED, ""), counts[FINISHED, "", True]
    reported = [
        _of(counts, *one) for one in {(name, scorer) for name, scorer, _yes in counts if name == HIGH}
    ]
    told = [
        {"of": _of(counts, name, scorer), "yes": counts[name, scorer, True]} for name, scorer, _yes in counts
    ]
    # What a figure leaves beside another is a figure, too.
    return all(
        is_safe(one) for one in [*told, {"of": begun}, *({"of": finished, "yes": each} for each in reported)]
    )


def _of(counts: Counts, name: str, scorer: str) -> int:
    return counts[name, scorer, True] + counts[name, scorer, False]


def _lines(groups: dict[str, Counts], shown: list[str], name: str, scorer: str, names: Any) -> list[Line]:
    counted = {
        group: (groups[group][name, scorer, True], _of(groups[group], name, scorer))
        for group in shown
        if _of(groups[group], name, scorer)
    }
    if not counted:
        return []
    # Of equal shares the largest group: its share is known best.
    highest = max(counted.values(), key=lambda one: (one[0] / one[1], one[1]))
    return [
        _line(str(names(group).label), yes, of, highest if len(counted) > 1 else None)
        for group, (yes, of) in counted.items()
    ]


def _line(label: str, yes: int, of: int, highest: tuple[int, int] | None) -> Line:
    interval = exact.share(yes, of)
    if highest is None or not highest[0]:
        return Line(label, yes, of, interval, None, None, "no_comparison")
    if (yes, of) == highest:
        return Line(label, yes, of, interval, 1.0, None, "highest")
    value = (yes / of) / (highest[0] / highest[1])
    bounds = exact.ratio(yes, of, *highest)
    return Line(label, yes, of, interval, value, bounds, _verdict(value, bounds, min(of, highest[1])))


def _verdict(value: float, bounds: exact.Interval, smallest: int) -> str:
    if bounds[1] < FOUR_FIFTHS:
        return "below"
    if smallest < LEAST:
        return "not_enough"
    if value < FOUR_FIFTHS:
        return "maybe_below"
    return "above" if bounds[0] >= FOUR_FIFTHS else "maybe_above"

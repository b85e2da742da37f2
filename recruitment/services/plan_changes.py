"""What a draft would change: a readable difference between two versions of a plan, and whom it concerns."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from core.joining import joined
from core.language import in_language
from recruitment.enums import InterviewState
from recruitment.models import Interview, MentionPoint, PlanVersion, Question, Stage
from recruitment.services.plans import house_levels, waiting_for


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a difference: where, what, as it was and as it would be; "" where there is nothing."""

    where: str
    what: StrPromise
    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Concerned:
    """How many interviews of a plan would take a draft if it were published now, and how many keep what they have."""

    waiting: int
    running: int
    over: int


def concerned(plan_id: int) -> Concerned:
    """The interviews of the plan by what publishing means for them. Two queries."""
    waiting = waiting_for(plan_id).count()
    begun = Interview.objects.filter(version__plan=plan_id).aggregate(
        running=Count("pk", filter=Q(state__in=InterviewState.running)),
        all=Count("pk"),
    )
    return Concerned(waiting, begun["running"] - waiting, begun["all"] - begun["running"])


def between(older: PlanVersion | None, newer: PlanVersion) -> list[Change]:
    """What `newer` says otherwise than `older`, in the order in which a candidate meets it. Eleven queries at most."""
    was, now = _stages(older), _stages(newer)
    found: list[Change] = []
    if older is not None:
        found += _values("", older, newer, _OF_VERSION)
    stages = _paired(was, now, lambda stage: stage.title)
    questions = {
        id(later): earlier
        for earlier, later in _paired(
            [question for stage in was for question in stage.questions.all()],
            [question for stage in now for question in stage.questions.all()],
            lambda question: question.text,
            place=lambda question: (_place(stages, question.stage), question.number),
        )
        if earlier is not None and later is not None
    }
    for earlier, later in stages:
        if later is None:
            found.append(Change(str(earlier), _("Stage removed"), was=earlier.title))
            continue
        if earlier is None:
            found.append(Change(str(later), _("Stage added"), now=later.title))
        else:
            found += _values(str(later), earlier, later, _OF_STAGE)
        for question in later.questions.all():
            kept_of = questions.get(id(question))
            if kept_of is not None and _place(stages, kept_of.stage) != _place(stages, later):
                found.append(
                    Change(str(later), _("Question moved here"), was=kept_of.stage.title, now=question.text)
                )
            found += _of_question(later, question, kept_of)
    found += _of_levels(_levels(older), _levels(newer))
    kept = {question.pk for question in questions.values()}
    found += [
        Change(str(stage), _("Question removed"), was=question.text)
        for stage in was
        for question in stage.questions.all()
        if question.pk not in kept
    ]
    return found


_OF_VERSION: list[tuple[StrPromise, Callable[[Any], str]]] = [
    (_("Notes for the candidate"), lambda version: version.notes),
    (_("English notes for the candidate"), lambda version: version.notes_en),
    (_("Hours to return in"), lambda version: str(version.resume_hours)),
    (_("Read questions aloud"), lambda version: str(version.get_read_aloud_display())),
    (_("Note faces before the camera"), lambda version: str(version.get_faces_display())),
]
_OF_STAGE: list[tuple[StrPromise, Callable[[Any], str]]] = [
    (_("Place of the stage"), lambda stage: str(stage.place)),
    (_("Title of the stage"), lambda stage: stage.title),
    (_("English title"), lambda stage: stage.title_en),
    (_("Minutes"), lambda stage: str(stage.minutes)),
    (_("Competencies"), lambda stage: joined(sorted(str(each) for each in stage.competencies.all()))),
]
_OF_QUESTION: list[tuple[StrPromise, Callable[[Any], str]]] = [
    (_("Question reworded"), lambda question: question.text),
    (_("English question"), lambda question: question.text_en),
    (_("Seconds to prepare"), lambda question: str(question.prepare_seconds or "")),
    (_("Seconds to answer"), lambda question: str(question.answer_seconds or "")),
]


def _stages(version: PlanVersion | None) -> list[Stage]:
    if version is None:
        return []
    rows = version.stages.prefetch_related("competencies", "questions__mention_points__competency")
    found = list(rows.order_by("number"))
    for place, stage in enumerate(found, start=1):
        stage.place = place  # type: ignore[attr-defined]
    return found


def _place(stages: list[tuple[Stage | None, Stage | None]], stage: Stage) -> int:
    """The same number for a stage and what it became."""
    return next(
        place
        for place, pair in enumerate(stages)
        if stage.pk in {each.pk for each in pair if each is not None}
    )


def _paired(
    was: list[Any],
    now: list[Any],
    said: Callable[[Any], str],
    *,
    place: Callable[[Any], Any] = lambda row: row.number,
) -> list[tuple[Any, Any]]:
    """Each row with what it became: the one that says the same, else the one in the same place, else nothing."""
    left = list(was)
    pairs: list[tuple[Any, Any]] = [(_take(left, later, said), later) for later in now]
    for at, (earlier, later) in enumerate(pairs):
        if earlier is None:
            pairs[at] = (_take(left, later, place), later)
    return pairs + [(earlier, None) for earlier in left]


def _take(left: list[Any], later: Any, by: Callable[[Any], Any]) -> Any:
    found = next((earlier for earlier in left if by(earlier) == by(later)), None)
    if found is not None:
        left.remove(found)
    return found


def _values(
    where: str, earlier: Any, later: Any, fields: Iterable[tuple[StrPromise, Callable[[Any], str]]]
) -> Iterator[Change]:
    for what, value in fields:
        if value(earlier) != value(later):
            yield Change(where, what, was=value(earlier), now=value(later))


def _of_question(stage: Stage, question: Question, earlier: Question | None) -> Iterator[Change]:
    if earlier is None:
        yield Change(str(stage), _("Question added"), now=question.text)
        return
    yield from _values(str(stage), earlier, question, _OF_QUESTION)
    points = _paired(
        list(earlier.mention_points.all()),
        list(question.mention_points.all()),
        lambda point: point.label,
        place=_wordings,
    )
    for was, now in points:
        if was is None or now is None or _point(was) != _point(now):
            what = (
                _("Point added") if was is None else _("Point removed") if now is None else _("Point changed")
            )
            yield Change(
                in_language(question.text, question.text_en),
                what,
                was=_point(was) if was else "",
                now=_point(now) if now else "",
            )


def _levels(version: PlanVersion | None) -> dict[tuple[str, int], str]:
    """The anchors of a version; of a draft with what the house's rubric would give it."""
    if version is None:
        return {}
    rows = list(version.levels.select_related("competency"))
    if version.published_at is None:
        rows += house_levels(version)
    return {(str(row.competency), row.level): row.anchor for row in rows}


def _of_levels(was: dict[tuple[str, int], str], now: dict[tuple[str, int], str]) -> Iterator[Change]:
    for key in sorted(was.keys() | now.keys()):
        if was.get(key) != now.get(key):
            what = (
                _("Level added")
                if key not in was
                else _("Level removed")
                if key not in now
                else _("Level reworded")
            )
            yield Change("{} {}".format(*key), what, was=was.get(key, ""), now=now.get(key, ""))


def _wordings(point: MentionPoint) -> str:
    return joined(point.wordings)


def _point(point: MentionPoint) -> str:
    asked = "".join(f" → {text}" for text in (point.probe, point.probe_en) if text)
    said = {
        "label": point.label,
        "competency": point.competency,
        "weight": point.weight,
        "wordings": _wordings(point),
    }
    return gettext("%(label)s (%(competency)s × %(weight)s): %(wordings)s") % said + asked

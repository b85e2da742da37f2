"""A draft written as one page: all its stages, questions and points at once, in their order, in one step.

Whoever writes says which state the page was opened on: of two pages that were open at once the first is saved, the
second is refused and loses nothing that stands on it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, Refused
from core.text import listed, several_lines
from people.actors import Actor
from recruitment.models import Competency, MentionPoint, PlanVersion, Question, Stage
from recruitment.services import plans

MOST_STAGES, MOST_QUESTIONS, MOST_POINTS = 12, 40, 120


@dataclass(frozen=True, slots=True)
class WrittenPoint:
    """A point; `pk` None: a new one."""

    pk: int | None
    label: str
    competency: int
    wordings: tuple[str, ...]
    weight: int
    probe: str
    probe_en: str


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A question with its points; seconds are None where nobody is hurried."""

    pk: int | None
    text: str
    text_en: str
    prepare_seconds: int | None
    answer_seconds: int | None
    points: tuple[WrittenPoint, ...]


@dataclass(frozen=True, slots=True)
class WrittenStage:
    """A stage with its questions, and the ids of what it measures in their order."""

    pk: int | None
    title: str
    title_en: str
    minutes: int
    competencies: tuple[int, ...]
    questions: tuple[WrittenQuestion, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """All that a version asks."""

    notes: str
    notes_en: str
    resume_hours: int
    read_aloud: str
    stages: tuple[WrittenStage, ...]

    @property
    def mark(self) -> str:
        """A short name of this state: equal as long as nothing in it differs."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]


def read(version: PlanVersion) -> Written:
    """The version as it stands. Four queries."""
    stages = version.stages.order_by("number").prefetch_related("competencies", "questions__mention_points")
    return Written(
        version.notes, version.notes_en, version.resume_hours, version.read_aloud,
        tuple(_stage(stage) for stage in stages),
    )  # fmt: skip


def write(*, version_id: int, written: Written, seen: str, by: Actor) -> None:
    """Bring a draft to what is written: its notes, and every stage, question and point in this order.

    What is written with its id is changed or moved (a question into another stage, too), without one it is made, and
    what is not written is removed. Nothing is written where nothing differs. `seen` is the `mark` of the state that the
    page was opened on.

    Forbidden: not_permitted. NotFound: version_unknown. Refused: version_published, changed_meanwhile.
    Invalid: plan_too_long, row_unknown, competency_unknown, field_invalid.
    """
    plans.require_may_plan(by)
    with transaction.atomic():
        draft = plans.held_draft(version_id)
        before = read(draft)
        if before.mark != seen:
            raise Refused(
                "changed_meanwhile",
                _("Somebody else has saved this draft after you opened it. Nothing of yours is lost: it still stands "
                  "on this page. Open the draft as it is now beside it, and carry over what you need."),
            )  # fmt: skip
        _check(written)
        if written != before:
            _bring(draft, written)


def _stage(stage: Stage) -> WrittenStage:
    questions = sorted(stage.questions.all(), key=lambda question: question.number)
    return WrittenStage(
        stage.pk, stage.title, stage.title_en, stage.minutes,
        tuple(sorted(one.pk for one in stage.competencies.all())),
        tuple(_question(question) for question in questions),
    )  # fmt: skip


def _question(question: Question) -> WrittenQuestion:
    points = sorted(question.mention_points.all(), key=lambda point: point.pk)
    return WrittenQuestion(
        question.pk, question.text, question.text_en, question.prepare_seconds, question.answer_seconds,
        tuple(
            WrittenPoint(
                one.pk, one.label, one.competency_id, tuple(one.wordings), one.weight, one.probe, one.probe_en
            )
            for one in points
        ),
    )  # fmt: skip


def _check(written: Written) -> None:
    questions = [one for stage in written.stages for one in stage.questions]
    points = [one for question in questions for one in question.points]
    if len(written.stages) > MOST_STAGES or len(questions) > MOST_QUESTIONS or len(points) > MOST_POINTS:
        raise Invalid(
            "plan_too_long",
            _("A plan has at most %(stages)s stages, %(questions)s questions and %(points)s points.")
            % {"stages": MOST_STAGES, "questions": MOST_QUESTIONS, "points": MOST_POINTS},
        )
    named = {one.competency for one in points} | {pk for stage in written.stages for pk in stage.competencies}
    if len(named) != Competency.objects.filter(pk__in=named).count():
        raise Invalid("competency_unknown", _("There is no such competency any more: choose another."))


def _bring(draft: PlanVersion, written: Written) -> None:
    """What is kept is first where it belongs, so that nothing goes with the stage or question that it stood in."""
    draft.notes, draft.notes_en = several_lines(written.notes), several_lines(written.notes_en)
    draft.resume_hours = written.resume_hours
    draft.read_aloud = written.read_aloud
    stages, questions, points = (
        _Rows(Stage, draft.stages.all()),
        _Rows(Question, Question.objects.filter(stage__version=draft)),
        _Rows(MentionPoint, MentionPoint.objects.filter(question__stage__version=draft)),
    )
    _valid(draft)
    draft.save(update_fields=["notes", "notes_en", "resume_hours", "read_aloud"])
    for number, stage in enumerate(written.stages, start=1):
        stages.put(
            stage.pk, version_id=draft.pk, number=number, title=stage.title.strip(), title_en=stage.title_en.strip(),
            minutes=stage.minutes,
        )  # fmt: skip
    stages.save()
    asked = []
    for row, stage in zip(stages.put_rows, written.stages, strict=True):
        for number, one in enumerate(stage.questions, start=1):
            asked.append(one)
            questions.put(
                one.pk, stage_id=row.pk, number=number, text=several_lines(one.text),
                text_en=several_lines(one.text_en), prepare_seconds=one.prepare_seconds,
                answer_seconds=one.answer_seconds,
            )  # fmt: skip
    questions.save()
    for row, one in zip(questions.put_rows, asked, strict=True):
        for point in one.points:
            points.put(
                point.pk, question_id=row.pk, competency_id=point.competency, label=point.label.strip(),
                wordings=listed(*point.wordings), weight=point.weight, probe=point.probe.strip(),
                probe_en=point.probe_en.strip(),
            )  # fmt: skip
    points.save()
    for rows in (points, questions, stages):
        rows.remove_others()
    _measure(stages.put_rows, written.stages)


def _measure(rows: list[Any], stages: Iterable[WrittenStage]) -> None:
    """What each stage measures."""
    through = Stage.competencies.through
    wanted = {(row.pk, pk) for row, stage in zip(rows, stages, strict=True) for pk in stage.competencies}
    there = {(link.stage_id, link.competency_id): link.pk for link in through.objects.filter(stage__in=rows)}
    through.objects.filter(pk__in=[pk for pair, pk in there.items() if pair not in wanted]).delete()
    through.objects.bulk_create(
        through(stage_id=stage, competency_id=competency)
        for stage, competency in sorted(wanted - there.keys())
    )


class _Rows:
    """The rows of one kind in a draft, and what is put in their place; each is saved in sets."""

    def __init__(self, model: Any, rows: Any) -> None:
        self.model = model
        self.known = {row.pk: row for row in rows}
        self.put_rows: list[Any] = []
        self.changed: list[Any] = []
        self.fields: set[str] = set()

    def put(self, pk: int | None, **values: Any) -> None:
        """A row with these values: the known one, once, or a new one."""
        if pk is None:
            row = self.model(**values)
        elif (row := self.known.pop(pk, None)) is None:
            raise Invalid("row_unknown", _("A part of this page does not belong to this draft."))
        else:
            if any(getattr(row, name) != value for name, value in values.items()):
                self.changed.append(row)
            for name, value in values.items():
                setattr(row, name, value)
        _valid(row)
        self.fields = {name.removesuffix("_id") for name in values}
        self.put_rows.append(row)

    def save(self) -> None:
        """Two statements."""
        if self.changed:
            self.model.objects.bulk_update(self.changed, sorted(self.fields))
        self.model.objects.bulk_create([row for row in self.put_rows if row.pk is None])

    def remove_others(self) -> None:
        """What nobody put anywhere."""
        if self.known:
            self.model.objects.filter(pk__in=self.known).delete()


def _valid(row: Model) -> None:
    """By the fields' own rules; relations are known to be there."""
    relations = [field.name for field in row._meta.fields if field.is_relation]
    try:
        row.clean_fields(exclude=relations)
    except ValidationError as error:
        raise Invalid("field_invalid", " ".join(error.messages)) from None

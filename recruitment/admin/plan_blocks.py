"""A draft as blocks on one page: stages hold questions, questions hold points; each block is a form of its own.

The page sends for every block its key, in the order in which they stand (`order`): s12 is stage 12, q7 question 7, p3
point 3, and sn1, qn1, pn1 are new ones. A question belongs to the stage above it, a point to the question above it. So
a block that is dragged is only moved on the page, and the whole is one form that needs no script to be sent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from core.admin import fields
from core.admin.tags import TagsField
from recruitment.admin.questions import ANSWER_SECONDS, PREPARE_SECONDS
from recruitment.enums_spoken import ReadAloud
from recruitment.evaluation import rubric
from recruitment.models import Competency
from recruitment.models.plans import LONGEST_PROBE, LONGEST_WORDING
from recruitment.services import plan_writing
from recruitment.services.plan_writing import Written, WrittenPoint, WrittenQuestion, WrittenStage

LONGEST_QUESTION = 2_000
LONGEST_NOTES = 5_000
LARGEST_MINUTES = 120
_KEY = re.compile(r"[sqp](?:n\d{1,4}|\d{1,18})")
_ABOVE = {"q": "s", "p": "q"}
_BELOW = {"s": "q", "q": "p"}
_MOST = {"s": plan_writing.MOST_STAGES, "q": plan_writing.MOST_QUESTIONS, "p": plan_writing.MOST_POINTS}
OF_POINT = ("label", "competency", "weight", "probe", "probe_en")
Choices = list[tuple[int, str]]


class VersionForm(forms.Form):
    """What is the whole plan's."""

    notes = fields.words(_("notes for the candidate"), lines=3, required=False, max_length=LONGEST_NOTES)
    notes_en = fields.words(
        _("English notes for the candidate"), lines=3, required=False, max_length=LONGEST_NOTES,
        help_text=_("Candidates who read English have these. Empty: they have the notes as they are."),
    )  # fmt: skip
    resume_hours = fields.number(_("hours to return in"), min_value=24, max_value=168)
    read_aloud = fields.choice(
        _("read questions aloud"),
        ReadAloud.choices,
        help_text=_("A button beside the question plays it; nothing plays by itself."),
    )


class StageForm(forms.Form):
    """A stage without its questions."""

    title = fields.boxed(forms.CharField, _("title"), max_length=60)
    title_en = fields.boxed(forms.CharField, _("English title"), max_length=60, required=False)
    minutes = fields.number(_("minutes"), min_value=1, max_value=LARGEST_MINUTES, initial=5)
    competencies = forms.TypedMultipleChoiceField(
        label=_("competencies"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, competencies: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["competencies"].choices = competencies  # type: ignore[attr-defined]


class QuestionForm(forms.Form):
    """A question without its points."""

    text = fields.words(_("question"), lines=2, max_length=LONGEST_QUESTION)
    text_en = fields.words(_("English question"), lines=2, required=False, max_length=LONGEST_QUESTION)
    prepare_seconds = fields.number(
        _("seconds to prepare"), required=False, min_value=PREPARE_SECONDS[0], max_value=PREPARE_SECONDS[1],
        help_text=_("Empty: the candidate begins whenever ready."),
    )  # fmt: skip
    answer_seconds = fields.number(
        _("seconds to answer"), required=False, min_value=ANSWER_SECONDS[0], max_value=ANSWER_SECONDS[1],
        help_text=_("Of a recording. Empty: ten minutes at most."),
    )  # fmt: skip

    def __init__(self, *args: Any, competencies: Choices, **options: Any) -> None:
        super().__init__(*args, **options)


class PointForm(forms.Form):
    """A point: its wordings are typed as a list and stand as tags."""

    label = fields.boxed(forms.CharField, _("point"), max_length=80)
    competency = forms.TypedChoiceField(label=_("competency"), coerce=int, widget=UnfoldAdminSelectWidget())
    weight = fields.number(_("weight"), min_value=1, max_value=10, initial=1)
    wordings = TagsField(
        label=_("wordings"),
        longest_entry=LONGEST_WORDING,
        help_text=_("Parted by commas or line ends; any one counts."),
    )
    probe = fields.boxed(
        forms.CharField, _("further question"), required=False, max_length=LONGEST_PROBE,
        help_text=_("Asked once when the answer does not mention the point. Empty: nothing further is asked."),
    )  # fmt: skip
    probe_en = fields.boxed(
        forms.CharField, _("English further question"), required=False, max_length=LONGEST_PROBE
    )

    def __init__(self, *args: Any, competencies: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["competency"].choices = [("", "–"), *competencies]  # type: ignore[attr-defined]


FORMS: dict[str, Any] = {"s": StageForm, "q": QuestionForm, "p": PointForm}


@dataclass(slots=True)
class Block:
    """One form on the page with those that stand in it. `said` is an answer that is being tried, `tried` what of it."""

    key: str
    form: forms.Form
    inner: list["Block"] = field(default_factory=list)
    said: Any = None
    tried: Any = None

    @property
    def kind(self) -> str:
        """s, q or p."""
        return self.key[0]

    @property
    def pk(self) -> int | None:
        """The row's id; None of a new one."""
        return int(self.key[1:]) if self.key[1:].isdigit() else None

    def all(self) -> Iterator["Block"]:
        """This one and all in it, in their order."""
        yield self
        for block in self.inner:
            yield from block.all()


def competency_choices() -> Choices:
    """All competencies by name. One query."""
    return [(row.pk, str(row)) for row in Competency.objects.all()]


def shown(written: Written, competencies: Choices) -> list[Block]:
    """The blocks of what stands."""

    def block(kind: str, row: Any, inner: list[Block], *names: str) -> Block:
        initial = {name: getattr(row, name) for name in names}
        if kind == "p":
            initial["wordings"] = list(row.wordings)
        key = f"{kind}{row.pk}"
        return Block(key, FORMS[kind](prefix=key, initial=initial, competencies=competencies), inner)

    return [
        block(
            "s", stage,
            [
                block(
                    "q", question,
                    [block("p", point, [], *OF_POINT) for point in question.points],
                    "text", "text_en", "prepare_seconds", "answer_seconds",
                )
                for question in stage.questions
            ],
            "title", "title_en", "minutes", "competencies",
        )
        for stage in written.stages
    ]  # fmt: skip


def sent(data: QueryDict, competencies: Choices) -> list[Block]:
    """The blocks as they were sent, in their order; a key twice, one that is none, and one without a place are left
    out, and so is what is beyond the most that a plan holds."""
    found: list[Block] = []
    above: dict[str, Block] = {}
    count = dict.fromkeys(_MOST, 0)
    for key in dict.fromkeys(data.getlist("order")):
        if not _KEY.fullmatch(key):
            continue
        kind = key[0]
        block = Block(key, FORMS[kind](data, prefix=key, competencies=competencies))
        block.said = data.get(f"{key}-said", "")
        place = found if kind == "s" else above[_ABOVE[kind]].inner if _ABOVE[kind] in above else None
        if place is None or count[kind] == _MOST[kind]:
            continue
        count[kind] += 1
        place.append(block)
        above[kind] = block
        if kind == "s":
            above.pop("q", None)
    return found


def fresh(kind: str, key: str, competencies: Choices) -> Block:
    """An empty block."""
    return Block(key, FORMS[kind](prefix=key, competencies=competencies))


def are_valid(blocks: list[Block]) -> bool:
    """Whether every form is; all of them say what is wrong."""
    # Each is asked, the one behind a wrong one too.
    wrong = [block for top in blocks for block in top.all() if not block.form.is_valid()]
    return not wrong


def written(version: dict[str, Any], blocks: list[Block]) -> Written:
    """What valid blocks say."""
    return Written(
        version["notes"],
        version["notes_en"],
        version["resume_hours"],
        version["read_aloud"],
        tuple(_stage(block) for block in blocks),
    )


def _stage(block: Block) -> WrittenStage:
    values = dict(block.form.cleaned_data)
    measured = tuple(sorted(set(values.pop("competencies"))))
    return WrittenStage(
        block.pk, competencies=measured, questions=tuple(_question(one) for one in block.inner), **values
    )


def _question(block: Block) -> WrittenQuestion:
    points = tuple(
        WrittenPoint(
            one.pk, **{**one.form.cleaned_data, "wordings": tuple(one.form.cleaned_data["wordings"])}
        )
        for one in block.inner
    )
    return WrittenQuestion(block.pk, points=points, **block.form.cleaned_data)


def points_of(question: Block) -> list[rubric.Point] | None:
    """The points as they are typed, for trying an answer; None while one of them is not whole."""
    if not are_valid(question.inner):
        return None
    return [
        rubric.Point(
            number, values["competency"], values["label"], tuple(values["wordings"]), values["weight"]
        )
        for number, values in enumerate((one.form.cleaned_data for one in question.inner), start=1)
    ]


def change(blocks: list[Block], deed: str, key: str, competencies: Choices) -> None:
    """What the page's buttons do without its script: `up`, `down`, `remove` a block, `add` one in it ("" a stage)."""
    if deed == "add":
        home = next((one for top in blocks for one in top.all() if one.key == key), None)
        kind = "s" if not key else _BELOW.get(home.kind, "") if home is not None else ""
        if kind:
            taken = {one.key for top in blocks for one in top.all()}
            number = next(number for number in range(1, 10_000) if f"{kind}n{number}" not in taken)
            (blocks if home is None else home.inner).append(fresh(kind, f"{kind}n{number}", competencies))
        return
    for siblings in _families(blocks):
        at = next((at for at, one in enumerate(siblings) if one.key == key), None)
        if at is None:
            continue
        block = siblings.pop(at)
        if deed != "remove":
            siblings.insert(max(at + (-1 if deed == "up" else 1), 0), block)
        return


def _families(blocks: list[Block]) -> Iterator[list[Block]]:
    yield blocks
    for block in blocks:
        yield from _families(block.inner)

"""A ready plan taken over, or one of the house's own copied: a plan with a draft, to be edited and then published."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotFound, Refused
from people.actors import Actor, require_right
from people.rights import Right
from recruitment.enums_faces import Faces
from recruitment.library.posts import COMPETENCIES, INTRODUCTION, NOTES, NOTES_EN, POSTS, Asked, Post
from recruitment.models import Competency, InterviewPlan, MentionPoint, PlanVersion, Question, Stage
from recruitment.services import plans

LONGEST_NAME = 120


def stages_of(post: Post) -> list[tuple[str, str, int, list[Asked]]]:
    """What the plan of a post asks: title, English title, minutes, questions."""
    return [
        ("自我介绍", "Introduction", 5, [INTRODUCTION]),
        ("专业问题", "Professional questions", 12, post.questions),
        ("情景模拟", "Situation", 8, [post.situation]),
    ]


def take(*, code: str, name: str, by: Actor) -> PlanVersion:
    """A new plan called `name` whose draft asks what the ready plan `code` asks; missing competencies are made.

    Nothing is published: it is looked through first. Returns the draft.
    Forbidden: not_permitted. NotFound: plan_unknown. Invalid: name_missing. Refused: name_taken.
    """
    require_right(by, Right.RECRUIT)
    post = next((one for one in POSTS if one.code == code), None)
    if post is None:
        raise NotFound("plan_unknown", _("There is no such interview plan."))
    with transaction.atomic():
        draft = plans.edit(plan_id=_named(name).pk, by=by)
        draft.notes, draft.notes_en = NOTES, NOTES_EN
        draft.save(update_fields=["notes", "notes_en"])
        asked = [one for _title, _en, _minutes, questions in stages_of(post) for one in questions]
        known = _competencies({point.competency for one in asked for point in one.points})
        for number, (title, title_en, minutes, questions) in enumerate(stages_of(post), start=1):
            stage = Stage.objects.create(
                version=draft, number=number, title=title, title_en=title_en, minutes=minutes
            )
            _fill(stage, questions, known)
        return draft


def copy_plan(*, plan_id: int, name: str, by: Actor) -> PlanVersion:
    """A new plan called `name` whose draft begins as this one's published version, or as its draft where there is none.

    Forbidden: not_permitted. NotFound: plan_unknown. Invalid: name_missing. Refused: name_taken.
    """
    require_right(by, Right.RECRUIT)
    with transaction.atomic():
        source = InterviewPlan.objects.select_for_update(no_key=True).filter(pk=plan_id).first()
        if source is None:
            raise NotFound("plan_unknown", _("There is no such interview plan."))
        draft = plans.edit(plan_id=_named(name).pk, by=by)
        if (version := source.published or source.draft) is not None:
            # Whoever may decide on faces decides it for each plan.
            begun_with = {**plans.settings_of(version), "faces": Faces.OFF}
            for field, value in begun_with.items():
                setattr(draft, field, value)
            draft.save(update_fields=list(begun_with))
            plans.copy(version, draft)
        return draft


def _named(name: str) -> InterviewPlan:
    name = name.replace("\x00", "").strip()[:LONGEST_NAME]
    if not name:
        raise Invalid("name_missing", _("Please give the plan a name."))
    plan, is_new = InterviewPlan.objects.get_or_create(name=name)
    if not is_new:
        raise Refused("name_taken", _("A plan of this name exists already: choose another name."))
    return plan


def _competencies(codes: set[str]) -> dict[str, Competency]:
    """By code; the house's own where it has them, by code or by name."""
    found = {}
    for code in sorted(codes):
        name, name_en = COMPETENCIES[code]
        own = Competency.objects.filter(code=code).first() or Competency.objects.filter(name=name).first()
        found[code] = own or Competency.objects.create(code=code, name=name, name_en=name_en)
    return found


def _fill(stage: Stage, questions: list[Asked], known: dict[str, Competency]) -> None:
    rows = Question.objects.bulk_create(
        Question(stage=stage, number=number, text=one.text, text_en=one.text_en)
        for number, one in enumerate(questions, start=1)
    )
    MentionPoint.objects.bulk_create(
        MentionPoint(
            question=row, competency=known[point.competency], label=point.label, wordings=point.wordings
        )
        for row, one in zip(rows, questions, strict=True)
        for point in one.points
    )
    stage.competencies.set({known[point.competency].pk for one in questions for point in one.points})

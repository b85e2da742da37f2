"""Plans: edited as a draft, published as a version for good. Who has not begun takes the newest version."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden, Invalid, NotFound, Refused
from people.actors import Actor, Party, actor_user
from people.rights import Right
from people.rules import has_right
from recruitment.enums import InterviewState
from recruitment.models import (
    Answer,
    Checkpoint,
    Interview,
    InterviewPlan,
    MentionPoint,
    PlanVersion,
    Question,
    RubricLevel,
    Stage,
)


def to_take(plan_id: int) -> PlanVersion:
    """The version that an interview scheduled now is taken under. Invalid: plan_not_published.

    The plan is held, so that no version is published between this look and the interview that it is for.
    """
    plan = InterviewPlan.objects.select_for_update(no_key=True).get(pk=plan_id)
    if (version := plan.published) is None:
        raise Invalid("plan_not_published", _("The interview plan has no published version yet."))
    return version


def renew(interview: Interview) -> None:
    """On a locked interview that comes back: where nothing was answered it is taken as if it were scheduled now.

    One of which anything is saved, in whatever attempt, keeps its version.
    """
    if not Interview.objects.filter(_answered(), pk=interview.pk).exists():
        interview.version = to_take(interview.version.plan_id)
        interview.save(update_fields=["version"])


def edit(*, plan_id: int, by: Actor) -> PlanVersion:
    """The plan's draft: the one that exists, else a new one that begins as the newest version. Again: the same.

    NotFound: plan_unknown.
    """
    require_may_plan(by)
    with transaction.atomic():
        plan = _held(plan_id)
        if (draft := plan.draft) is not None:
            return draft
        newest = plan.published
        last = plan.versions.aggregate(last=Max("number"))["last"] or 0
        draft = PlanVersion.objects.create(
            plan=plan,
            number=last + 1,
            **({} if newest is None else settings_of(newest)),
        )
        if newest is not None:
            copy(newest, draft)
        return draft


def settings_of(version: PlanVersion) -> dict[str, Any]:
    """What a version says beside its stages: what another one begins with."""
    return {
        name: getattr(version, name) for name in ("notes", "notes_en", "resume_hours", "read_aloud", "faces")
    }


def copy(source: PlanVersion, draft: PlanVersion) -> None:
    """Give an empty draft the stages, questions, points and own rubric of another version."""
    RubricLevel.objects.bulk_create(
        RubricLevel(version=draft, competency_id=row.competency_id, level=row.level, anchor=row.anchor)
        for row in source.levels.filter(from_house=False)
    )
    for stage in source.stages.prefetch_related("competencies", "questions__mention_points"):
        competencies, questions = list(stage.competencies.all()), list(stage.questions.all())
        new_stage = Stage.objects.create(
            version=draft, number=stage.number, title=stage.title, title_en=stage.title_en,
            minutes=stage.minutes,
        )  # fmt: skip
        new_stage.competencies.set(competencies)
        new_questions = Question.objects.bulk_create(
            Question(
                stage=new_stage, number=question.number, text=question.text, text_en=question.text_en,
                kind=question.kind, prepare_seconds=question.prepare_seconds,
                answer_seconds=question.answer_seconds,
            )
            for question in questions
        )  # fmt: skip
        MentionPoint.objects.bulk_create(
            MentionPoint(
                question=new_question, competency_id=point.competency_id, label=point.label,
                wordings=point.wordings, weight=point.weight, probe=point.probe, probe_en=point.probe_en,
            )
            for question, new_question in zip(questions, new_questions, strict=True)
            for point in question.mention_points.all()
        )  # fmt: skip


def house_levels(draft: PlanVersion) -> list[RubricLevel]:
    """The house's levels of what the draft measures and has none for itself: what publishing gives it. One query."""
    own = RubricLevel.objects.filter(version=draft).values("competency")
    rows = RubricLevel.objects.filter(version__isnull=True).exclude(competency__in=own)
    rows = rows.filter(
        Exists(
            Stage.competencies.through.objects.filter(stage__version=draft, competency=OuterRef("competency"))
        )
        | Exists(
            MentionPoint.objects.filter(question__stage__version=draft, competency=OuterRef("competency"))
        )
    )
    return list(rows.select_related("competency").order_by("competency", "level"))


def publish(*, version_id: int, by: Actor) -> int:
    """Publish a draft for good. Interviews ahead of which nothing is answered take it; all others keep theirs.

    Returns how many take it. NotFound: version_unknown. Refused: version_published.
    Invalid: plan_without_questions.
    """
    require_may_plan(by)
    with transaction.atomic():
        draft = held_draft(version_id)
        if not draft.stages.exists() or draft.stages.filter(questions__isnull=True).exists():
            raise Invalid("plan_without_questions", _("Every stage of the interview plan needs a question."))
        RubricLevel.objects.bulk_create(
            RubricLevel(
                version=draft,
                competency_id=row.competency_id,
                level=row.level,
                anchor=row.anchor,
                from_house=True,
            )
            for row in house_levels(draft)
        )
        draft.published_at, draft.published_by = timezone.now(), actor_user(by)
        draft.save(update_fields=["published_at", "published_by"])
        return waiting_for(draft.plan_id).update(version=draft)


def waiting_for(plan_id: int) -> "QuerySet[Interview]":
    """The interviews by this plan that are ahead, nothing answered: they are taken under what is published last."""
    return Interview.objects.filter(~_answered(), version__plan=plan_id, state=InterviewState.SCHEDULED)


def _answered() -> Q:
    """The condition on interviews: something is saved of them, by the candidate or by who held them."""
    own = {"interview": OuterRef("pk")}
    return Q(Exists(Answer.objects.filter(**own))) | Q(Exists(Checkpoint.objects.filter(**own)))


def discard(*, version_id: int, by: Actor) -> None:
    """Throw a draft away; what is published stays. NotFound: version_unknown. Refused: version_published."""
    require_may_plan(by)
    with transaction.atomic():
        held_draft(version_id).delete()


def _held(plan_id: int) -> InterviewPlan:
    try:
        return InterviewPlan.objects.select_for_update().get(pk=plan_id)
    except InterviewPlan.DoesNotExist:
        raise NotFound("plan_unknown", _("There is no such interview plan.")) from None


def held_draft(version_id: int) -> PlanVersion:
    """The draft under its lock, after its plan's. NotFound: version_unknown. Refused: version_published."""
    plan_id = PlanVersion.objects.values_list("plan_id", flat=True).filter(pk=version_id).first()
    if plan_id is None:
        raise NotFound("version_unknown", _("There is no such plan version."))
    _held(plan_id)
    found = PlanVersion.objects.select_for_update(of=("self",)).filter(pk=version_id).first()
    if found is None:
        raise NotFound("version_unknown", _("There is no such plan version."))
    if found.published_at is not None:
        raise Refused("version_published", _("This version is published and does not change any more."))
    return found


def require_may_plan(by: Actor) -> None:
    """Forbidden("not_permitted") for whoever does not recruit."""
    person = actor_user(by)
    if by is not Party.SYSTEM and (person is None or not has_right(person, Right.RECRUIT)):
        raise Forbidden("not_permitted", _("Only recruiting specialists may change interview plans."))

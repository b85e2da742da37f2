"""The people who are in the room while somebody tries the demo, and two who left it: by the product's own services."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils import timezone

from onboarding.models import OnboardingStep
from onboarding.services import cases, steps
from people.actors import Party
from people.calendar import add_working_days
from people.enums import Role
from people.models import User
from recruitment.enums import ContactChannel, ExitCause, InterviewKind, InterviewState
from recruitment.models import Candidate, FollowUp, Interview, Opening, Question, RoomLink
from recruitment.services import answers, applications, follow_ups, interviews, links, scheduling
from tools.demo import content, files, story

# Whose address begins so comes by themselves; nobody else does.
ADDRESS, LEFT = "guest", "left"
# Who left half way starts so soon that courses of the coming week are planned; what had its day before is done. Of
# the others nothing is due yet.
SOON, LATER = 2, 11


def invite(opening: Opening, today: date) -> None:
    """Who left half way an answer ago, one of them called in vain; and those whose interview waits for them."""
    for number, (name, excel, sql, project) in enumerate(content.LEFT_HALF_WAY + content.GUESTS):
        has_left = number < len(content.LEFT_HALF_WAY)
        candidate = Candidate.objects.create(
            name=name,
            email=f"{LEFT if has_left else ADDRESS}{number + 1}{story.HOUSE}",
            phone=f"1360000{number + 1:04d}",
        )
        interview = _invited(candidate, opening, today, number + (SOON if has_left else LATER))
        if has_left:
            _prepare(interview, today)
        story.evidence(interview.application, excel, sql, project, today)
        if has_left:
            _leave(interview, is_announced=number == 0)
        if number == 1:
            _call_in_vain(interview, by=opening.specialist)


def _invited(candidate: Candidate, opening: Opening, today: date, starts_after: int) -> Interview:
    start = add_working_days(today, starts_after).date
    application = applications.apply(candidate_id=candidate.pk, opening_id=opening.pk, by=Party.SYSTEM)
    now = timezone.now()
    interview = scheduling.schedule(
        application_id=application.pk, opens_at=now, closes_at=now + story.WINDOW, by=Party.SYSTEM
    )
    cases.open_case(
        application_id=application.pk, planned_start=start, waits_on=[interview.pk], by=Party.SYSTEM
    )
    return interview


def _prepare(interview: Interview, today: date) -> None:
    """The lead has agreed to this start in time, and what followed from that was done."""
    lead = User.objects.filter(roles__contains=[Role.LEAD]).earliest("pk")
    ahead = OnboardingStep.objects.filter(case__application=interview.application_id, due_on__lt=today)
    for pk in ahead.order_by("number").values_list("pk", flat=True):
        steps.complete_step(step_id=pk, by=lead)


def _leave(interview: Interview, *, is_announced: bool) -> None:
    """The first stage is saved, the next answer begun; then a word of why, or none."""
    epoch = interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE, consents=["ai_evaluation"]).epoch
    first, second = interview.version.stages.order_by("number")[:2]
    said = content.samples()
    for question in first.questions.all():
        answers.save_text(
            interview_id=interview.pk,
            question_id=question.pk,
            epoch=epoch,
            revision=1,
            text=said[question.text_en],
        )
        answers.finish_answer(interview_id=interview.pk, question_id=question.pk, epoch=epoch, segments=[])
    answers.finish_stage(interview_id=interview.pk, stage_number=first.number, epoch=epoch)
    begun = second.questions.order_by("number").first()
    if begun is not None:
        text = said[begun.text_en]
        answers.save_text(
            interview_id=interview.pk,
            question_id=begun.pk,
            epoch=epoch,
            revision=1,
            text=text[: len(text) // 2],
        )
    if is_announced:
        interviews.leave(
            interview_id=interview.pk, epoch=epoch, choice="leave", cause=ExitCause.INTERRUPTED_BY_SOMEBODY,
            note="家里来人了，晚上八点以后可以继续。", by=Party.CANDIDATE,
        )  # fmt: skip
    else:
        interviews.interrupt(interview_id=interview.pk, cause=None, evidence={}, by=Party.SYSTEM)


def _call_in_vain(interview: Interview, *, by: User) -> None:
    follow_up = FollowUp.objects.get(interview=interview)
    follow_ups.claim(follow_up_id=follow_up.pk, by=by)
    follow_ups.record_contact(
        follow_up_id=follow_up.pk, by=by, channel=ContactChannel.PHONE, reached=False,
        note="响铃无人接听，稍后再打。",
    )  # fmt: skip


def those_who_come() -> list[Interview]:
    """Of the guests who was not in the room yet, or was there when the demo was stopped; by when they were invited."""
    rows = Interview.objects.filter(
        Q(state__in=(InterviewState.SCHEDULED, InterviewState.IN_PROGRESS))
        | Q(state=InterviewState.INTERRUPTED, resume_until__gt=timezone.now()),
        kind=InterviewKind.ROOM,
        round=1,
        attempt=1,
    ).select_related("application__candidate", "version")
    return [row for row in rows.order_by("pk") if _is_guest(row.application.candidate.email)]


def _is_guest(email: str | None) -> bool:
    return bool(email and email.startswith(ADDRESS) and email.endswith(story.HOUSE))


def those_who_wait() -> list[Interview]:
    """Of those who come, whose interview has not begun."""
    return [interview for interview in those_who_come() if interview.started_at is None]


def forget(tokens: Iterable[str]) -> None:
    """End these links, unless somebody came by one of them."""
    hashes = [links.digest(token) for token in tokens]
    RoomLink.objects.filter(token_hash__in=hashes, sessions__isnull=True).delete()


def prepare(path: Path) -> list[str]:
    """Write down who comes at this start, with new links and what they say. Readable by its owner only."""
    coming = those_who_come()
    if path.exists():
        forget([guest["token"] for guest in json.loads(path.read_text())["guests"]])
    said = content.samples()
    guests: list[dict[str, Any]] = []
    for interview in coming:
        words = {
            str(question.pk): said[question.text_en]
            for question in Question.objects.filter(stage__version=interview.version_id)
            if question.text_en in said
        }
        token = links.mint(interview_id=interview.pk, by=Party.SYSTEM)
        guests.append({"interview": interview.pk, "token": token, "words": words})
    files.write(path, {"guests": guests})
    return [interview.application.candidate.name for interview in coming]

"""What the candidate's page knows: the body of `GET /room/api/state`. Reads only."""

from typing import Any

from django.utils.translation import get_language

from recruitment.enums import InterviewState
from recruitment.models import Answer, Checkpoint, Interview
from recruitment.services.leases import VISIBLE_SECONDS


def in_language(own: str, english: str) -> str:
    """The English wording where English is spoken and there is one, else the plan's own."""
    return english if english and (get_language() or "").startswith("en") else own


def stages_of(interview: Interview) -> list[dict[str, Any]]:
    """Every stage with its checkpoint; its questions and their answers from the moment it is open."""
    saved = dict(
        Checkpoint.objects.filter(interview=interview, attempt=interview.attempt).values_list(
            "stage_id", "saved_at"
        )
    )
    answers = {
        answer.question_id: {
            "revision": answer.revision,
            "text": answer.text,
            "finished_at": answer.finished_at,
        }
        for answer in Answer.objects.filter(interview=interview, attempt=interview.attempt)
    }
    is_open = interview.state != InterviewState.SCHEDULED
    stages = []
    for stage in interview.plan.stages.prefetch_related("questions"):
        questions = [
            {
                "id": question.pk,
                "text": in_language(question.text, question.text_en),
                "kind": question.kind,
                "answer": answers.get(question.pk),
            }
            for question in stage.questions.all()
        ]
        stages.append(
            {
                "number": stage.number,
                "title": in_language(stage.title, stage.title_en),
                "saved_at": saved.get(stage.pk),
                "questions": questions if is_open else [],
            }
        )
        is_open = is_open and stage.pk in saved
    return stages


def room_state(interview_id: int) -> dict[str, Any]:
    """The state as it is lived: an interview whose lease has run out reads interrupted, whether or not it was swept."""
    interview = (
        Interview.objects.with_live_state()
        .select_related("plan", "lease", "application__opening__specialist")
        .get(pk=interview_id)
    )
    return {
        "state": interview.live_state,
        "epoch": interview.lease.epoch,
        "attempt": interview.attempt,
        "lease_seconds": VISIBLE_SECONDS,
        "resume_until": interview.resume_until,
        "specialist": {"name": str(interview.application.opening.specialist)},
        "stages": stages_of(interview),
    }

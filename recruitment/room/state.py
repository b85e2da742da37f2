"""What the candidate's page knows: the body of `GET /room/api/state`. Reads only."""

from typing import Any

from django.utils.translation import get_language

from people.colleagues import whom_to_turn_to
from recruitment.enums import FollowUpKind, InterviewState, Standing
from recruitment.models import Answer, Checkpoint, FollowUp, Interview, Opening, Segment
from recruitment.recordings import policy
from recruitment.recordings.services import places
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
    segments = segments_of(interview)
    answers = {
        answer.question_id: {
            "revision": answer.revision,
            "text": answer.text,
            "finished_at": answer.finished_at,
            "media": answer.media or None,
            "segments": segments.get(answer.pk, []),
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
                "prepare_seconds": question.prepare_seconds,
                "answer_seconds": question.answer_seconds,
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


def segments_of(interview: Interview) -> dict[int, list[dict[str, Any]]]:
    """By answer, what is stored of the unfinished ones: each segment's number, page, and chunks up to the first gap.

    The hashes let a page on another device name what was said on the first one, so that it stays part of the answer.
    """
    found = Segment.objects.filter(
        answer__interview=interview,
        answer__attempt=interview.attempt,
        answer__finished_at__isnull=True,
        standing=Standing.TAKEN,
        deletion_reason="",
    ).prefetch_related("chunks")
    listed: dict[int, list[dict[str, Any]]] = {}
    for segment in found:
        hashes: list[str] = []
        for chunk in segment.chunks.all():
            if chunk.seq != len(hashes):
                break
            hashes.append(chunk.sha256)
        listed.setdefault(segment.answer_id, []).append(
            {"number": segment.number, "epoch": segment.epoch, "chunks": len(hashes), "sha256": hashes}
        )
    return listed


def media_of(opening: Opening) -> dict[str, Any]:
    """What an answer may be given in, whether it may be taken again, how much of it, and how long it is kept."""
    return {
        "allowed": policy.allowed_media(opening),
        "retake": opening.may_retake,
        "max_bytes": policy.ANSWER_BYTES,
        "keep_days": opening.recording_days,
    }


def contact_of(interview: Interview) -> dict[str, Any] | None:
    """The candidate's latest request for contact, and what became of it."""
    asked = (
        FollowUp.objects.filter(interview=interview, kind=FollowUpKind.ASKED)
        .order_by("-opened_at", "-pk")
        .first()
    )
    if asked is None:
        return None
    return {
        "note": asked.note,
        "state": asked.state,
        "asked_at": asked.opened_at,
        "due_at": asked.due_at,
        "outcome": asked.outcome or None,
        "answer": asked.answer or None,
        "closed_at": asked.closed_at,
    }


def room_state(interview_id: int) -> dict[str, Any]:
    """The state as it is lived: an interview whose lease has run out reads interrupted, whether or not it was swept."""
    interview = (
        Interview.objects.with_live_state()
        .select_related("plan", "lease", "application__opening__specialist")
        .get(pk=interview_id)
    )
    consents = {
        row.kind: row.given for row in interview.consents.filter(attempt=interview.attempt).order_by("pk")
    }
    return {
        "state": interview.live_state,
        "epoch": interview.lease.epoch,
        "attempt": interview.attempt,
        "lease_seconds": VISIBLE_SECONDS,
        "resume_until": interview.resume_until,
        "specialist": {"name": str(whom_to_turn_to(interview.application.opening.specialist))},
        "media": {
            **media_of(interview.application.opening),
            "left_bytes": places.left_bytes(interview_id=interview.pk, attempt=interview.attempt),
        },
        "consents": sorted(kind for kind, given in consents.items() if given),
        "contact": contact_of(interview),
        "stages": stages_of(interview),
    }

"""What the candidate's page knows: the body of `GET /room/api/state`. Reads only."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from core.language import in_language
from core.prepared import Shape
from people.colleagues import whom_to_turn_to
from recruitment.enums import FollowUpKind, InterviewState, Standing
from recruitment.models import (
    Answer,
    Checkpoint,
    Chunk,
    Consent,
    FollowUp,
    Interview,
    MentionPoint,
    Opening,
    Segment,
    Stage,
)
from recruitment.models.interviews import InterviewQuerySet
from recruitment.recordings import policy
from recruitment.recordings.services import places, voices
from recruitment.services.leases import VISIBLE_SECONDS

PROBE_SECONDS = 60


def stages_of(interview: Interview, saved: dict[int, datetime]) -> list[dict[str, Any]]:
    """Every stage with its checkpoint; its questions and their answers from the moment it is open.

    Two queries, one more where questions are read aloud, and one where the version was not read with the interview.
    """
    answers = answers_of(interview)
    asked_of = questions_of(interview.version_id)
    texts = [in_language(one["text"], one["text_en"]) for of_stage in asked_of.values() for one in of_stage]
    heard = voices.heard(interview.version.read_aloud, texts)
    is_open = interview.state != InterviewState.SCHEDULED
    stages = []
    for (stage_id, number, title, title_en), questions in asked_of.items():
        asked = [
            {
                "id": question["id"],
                "text": in_language(question["text"], question["text_en"]),
                "kind": question["kind"],
                "prepare_seconds": question["prepare_seconds"],
                "answer_seconds": _seconds(question["answer_seconds"], answers.get(question["id"])),
                "voice": voice_of(heard, in_language(question["text"], question["text_en"])),
                "may_probe": question["has_probes"] and not answers.get(question["id"], {}).get("is_decided"),
                "answer": _shown(answers.get(question["id"])),
            }
            for question in questions
        ]
        stages.append(
            {
                "number": number,
                "title": in_language(title, title_en),
                "saved_at": saved.get(stage_id),
                "questions": asked if is_open else [],
            }
        )
        is_open = is_open and stage_id in saved
    return stages


def _seconds(seconds: int | None, answer: dict[str, Any] | None) -> int | None:
    """How long an answer may last: whoever is asked something further gets more time for it."""
    if seconds is None or answer is None or answer["probe"] is None:
        return seconds
    return min(seconds + PROBE_SECONDS, policy.LONGEST_ANSWER_SECONDS)


def _shown(answer: dict[str, Any] | None) -> dict[str, Any] | None:
    return answer and {name: value for name, value in answer.items() if name != "is_decided"}


def voice_of(heard: dict[str, voices.Heard], text: str) -> dict[str, Any] | None:
    """Where a question is heard, and whose voice it is; None where it is read."""
    found = heard.get(text)
    return None if found is None else {"id": found.pk, "kind": found.kind, "seconds": found.seconds}


def questions_of(version_id: int) -> dict[tuple[int, int, str, str], list[dict[str, Any]]]:
    """The questions of each stage (id, number, title, English title), all in order. One query."""
    found: dict[tuple[int, int, str, str], list[dict[str, Any]]] = {}
    for *stage, question_id, text, text_en, kind, prepare, answer, has_probes in _QUESTIONS.rows(version_id):
        questions = found.setdefault(tuple(stage), [])
        if question_id is not None:
            values = (question_id, text, text_en, kind, prepare, answer)
            questions.append(dict(zip(_ASKED, values, strict=True)) | {"has_probes": has_probes})
    return found


_ASKED = ["id", "text", "text_en", "kind", "prepare_seconds", "answer_seconds"]
_QUESTIONS = Shape(
    lambda version_id: (
        Stage.objects.filter(version=version_id)
        .order_by("number", "questions__number")
        .values_list(
            "pk",
            "number",
            "title",
            "title_en",
            *(f"questions__{name}" for name in _ASKED),
            Exists(MentionPoint.objects.filter(question=OuterRef("questions__pk")).exclude(probe="")),
        )
    ),
    int,
)


def answers_of(interview: Interview) -> dict[int, dict[str, Any]]:
    """By question, what is saved of the present attempt. One query.

    Of an unfinished one with what is stored of its recording: each segment's number, page, and chunks up to the first
    gap. The hashes let a page on another device name what was said on the first one, so that it stays part of it.
    """
    return {
        question_id: {
            "revision": revision,
            "text": text,
            "finished_at": finished_at,
            "media": media or None,
            "segments": [_listed(segment) for segment in found],
            "probe": {"text": in_language(asks, asks_en)} if asks else None,
            "is_decided": probe_id is not None,
        }
        for question_id, revision, text, finished_at, media, probe_id, asks, asks_en, found in _ANSWERS.rows(
            interview.pk, interview.attempt
        )
    }


def _answers(interview_id: int, attempt: int) -> QuerySet[Any, Any]:
    chunks = (
        Chunk.objects.filter(segment=OuterRef("pk"))
        .order_by("seq")
        .values(json=JSONObject(seq="seq", sha256="sha256"))
    )
    segments = (
        Segment.objects.filter(
            answer=OuterRef("pk"), answer__finished_at=None, standing=Standing.TAKEN, deletion_reason=""
        )
        .order_by("number")
        .values(json=JSONObject(number="number", epoch="epoch", chunks=ArraySubquery(chunks)))
    )
    rows = Answer.objects.filter(interview=interview_id, attempt=attempt).order_by()
    return rows.values_list(
        "question_id",
        "revision",
        "text",
        "finished_at",
        "media",
        "probe",
        "probe__point__probe",
        "probe__point__probe_en",
        ArraySubquery(segments),
    )


_ANSWERS = Shape(_answers, int, int)


def _listed(segment: dict[str, Any]) -> dict[str, Any]:
    hashes: list[str] = []
    for chunk in segment["chunks"]:
        if chunk["seq"] != len(hashes):
            break
        hashes.append(chunk["sha256"])
    return {
        "number": segment["number"],
        "epoch": segment["epoch"],
        "chunks": len(hashes),
        "sha256": hashes,
    }


def media_of(opening: Opening) -> dict[str, Any]:
    """What an answer may be given in, whether it may be taken again, how much of it, and how long it is kept."""
    return {
        "allowed": policy.allowed_media(opening),
        "retake": opening.may_retake,
        "max_bytes": policy.ANSWER_BYTES,
        "keep_days": opening.recording_days,
    }


def with_surroundings(interviews: "InterviewQuerySet") -> "InterviewQuerySet":
    """Annotate what the page shows of each: `saved` and `saved_when`, `agreed`, and `asked`, the latest request."""
    saved = Checkpoint.objects.filter(interview=OuterRef("pk"), attempt=OuterRef("attempt")).order_by("pk")
    words = Consent.objects.filter(interview=OuterRef("pk"), attempt=OuterRef("attempt")).order_by("pk")
    asked = FollowUp.objects.filter(interview=OuterRef("pk"), kind=FollowUpKind.ASKED)
    columns = ["note", "state", "outcome", "answer", "opened_at", "due_at", "closed_at"]
    return interviews.annotate(
        saved=ArraySubquery(saved.values("stage")),
        saved_when=ArraySubquery(saved.values("saved_at")),
        agreed=ArraySubquery(words.values(json=JSONObject(kind="kind", given="given"))),
        asked=Subquery(
            asked.order_by("-opened_at", "-pk").values(json=JSONObject(**{name: name for name in columns}))[
                :1
            ]
        ),
    )


def saved_of(interview: Any) -> dict[int, datetime]:
    """When each saved stage of an interview read `with_surroundings` was saved."""
    return dict(zip(interview.saved, interview.saved_when, strict=True))


def contact_of(asked: dict[str, Any] | None) -> dict[str, Any] | None:
    """The candidate's latest request for contact, and what became of it."""
    if asked is None:
        return None
    return {
        "note": asked["note"],
        "state": asked["state"],
        "asked_at": _moment(asked["opened_at"]),
        "due_at": _moment(asked["due_at"]),
        "outcome": asked["outcome"] or None,
        "answer": asked["answer"] or None,
        "closed_at": _moment(asked["closed_at"]),
    }


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written).astimezone(UTC) if written else None


def room_state(interview_id: int) -> dict[str, Any]:
    """The state as it is lived: an interview whose lease has run out reads interrupted, whether or not it was swept.

    Four queries, five where questions are read aloud.
    """
    interview = (
        with_surroundings(Interview.objects.with_live_state())
        .select_related("lease", "version", "application__opening__specialist")
        .get(pk=interview_id)
    )
    consents = {word["kind"]: word["given"] for word in interview.agreed}
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
        "contact": contact_of(interview.asked),
        "stages": stages_of(interview, saved_of(interview)),
    }

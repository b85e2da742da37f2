"""Where a chunk belongs, in one statement: hundreds of phones ask this every second, twice for each chunk."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core import prepared
from recruitment.recordings import policy
from recruitment.recordings.policy import Stored

# `attempt` is the one in which the page's epoch was given: a page of an earlier attempt still drains its queue.
_FIND = """
    WITH here AS (
        SELECT interview.id, interview.state, interview.attempt AS present, interview.version_id,
               opening.richest_medium,
               CASE WHEN lease.epoch = %(epoch)s THEN interview.attempt
                    ELSE (SELECT entry.attempt FROM recruitment_roomentry AS entry
                           WHERE entry.interview_id = interview.id AND entry.epoch = %(epoch)s)
               END AS attempt
          FROM recruitment_roomsession AS session
          JOIN recruitment_roomlink AS link ON link.id = session.link_id
          JOIN recruitment_interview AS interview ON interview.id = session.interview_id
          JOIN recruitment_lease AS lease ON lease.interview_id = interview.id
          JOIN recruitment_application AS application ON application.id = interview.application_id
          JOIN recruitment_opening AS opening ON opening.id = application.opening_id
         WHERE session.token_hash = %(token_hash)s AND link.revoked_at IS NULL AND link.expires_at > %(now)s
    )
    SELECT here.id, here.state, here.present, here.attempt, here.richest_medium, question.id,
           (SELECT consent.given FROM recruitment_consent AS consent
             WHERE consent.interview_id = here.id AND consent.attempt = here.attempt AND consent.kind = 'recording'
             ORDER BY consent.id DESC LIMIT 1),
           EXISTS (SELECT FROM recruitment_checkpoint AS saved
                    WHERE saved.interview_id = here.id AND saved.attempt = here.attempt AND saved.stage_id = stage.id),
           EXISTS (SELECT FROM recruitment_stage AS earlier
                    WHERE earlier.version_id = here.version_id AND earlier.number < stage.number
                      AND NOT EXISTS (SELECT FROM recruitment_checkpoint AS saved
                                       WHERE saved.interview_id = here.id AND saved.attempt = here.attempt
                                         AND saved.stage_id = earlier.id)),
           answer.id, answer.finished_at IS NOT NULL, segment.id, segment.epoch, segment.standing,
           segment.deletion_reason, recording.id IS NOT NULL, chunk.sha256, chunk.set_aside
      FROM here
      LEFT JOIN (recruitment_question AS question JOIN recruitment_stage AS stage ON stage.id = question.stage_id)
             ON question.id = %(question)s AND stage.version_id = here.version_id
      LEFT JOIN recruitment_answer AS answer
             ON answer.interview_id = here.id AND answer.attempt = here.attempt AND answer.question_id = question.id
      LEFT JOIN recruitment_segment AS segment ON segment.answer_id = answer.id AND segment.number = %(segment)s
      LEFT JOIN recruitment_recording AS recording ON recording.segment_id = segment.id
      LEFT JOIN recruitment_chunk AS chunk ON chunk.segment_id = segment.id AND chunk.seq = %(seq)s
"""
_STORED = """
    SELECT coalesce(sum(chunk.bytes)
                    FILTER (WHERE segment.standing <> 'discarded' AND answer.id = %(answer)s), 0)::bigint,
           count(chunk.id) FILTER (WHERE segment.standing <> 'discarded' AND answer.id = %(answer)s),
           coalesce(sum(chunk.bytes)
                    FILTER (WHERE segment.standing <> 'discarded' AND answer.attempt = %(attempt)s), 0)::bigint,
           coalesce(sum(chunk.bytes), 0)::bigint
      FROM recruitment_answer AS answer
      JOIN recruitment_segment AS segment ON segment.answer_id = answer.id
      JOIN recruitment_chunk AS chunk ON chunk.segment_id = segment.id
     WHERE answer.interview_id = %(interview)s
"""


@dataclass(frozen=True, slots=True)
class Place:
    """What there is on a chunk's way, None for what there is not."""

    interview_id: int
    state: str
    present_attempt: int
    attempt: int | None
    richest_medium: str
    question_id: int | None
    has_agreed: bool | None
    is_stage_saved: bool
    is_stage_early: bool
    answer_id: int | None
    is_answer_finished: bool
    segment_id: int | None
    segment_epoch: int | None
    standing: str | None
    deletion_reason: str | None
    has_recording: bool
    sha256: str | None
    set_aside: bool | None

    @property
    def is_late(self) -> bool:
        """Whether the attempt is over, the answer finished or its stage saved: kept, but no part of the answer."""
        return self.attempt != self.present_attempt or self.is_answer_finished or self.is_stage_saved


def find(*, token_hash: str, question: int, segment: int, seq: int, epoch: int) -> Place | None:
    """The place of a chunk sent with this cookie; None when the cookie or its link is not good (any more)."""
    facts = {
        "token_hash": token_hash, "question": question, "segment": segment, "seq": seq, "epoch": epoch,
        "now": timezone.now(),
    }  # fmt: skip
    row = _first(_FIND, facts)
    return None if row is None else Place(*row)


def stored(place: Place) -> Stored:
    """How much of this interview is stored: a discarded take counts for the whole interview only."""
    return _stored(place.interview_id, place.attempt, place.answer_id)


def left_bytes(*, interview_id: int, attempt: int) -> int:
    """How many bytes this attempt may still send, whatever the answer."""
    return policy.left_bytes(_stored(interview_id, attempt, None))


def _stored(interview_id: int, attempt: int | None, answer_id: int | None) -> Stored:
    facts = {"interview": interview_id, "answer": answer_id, "attempt": attempt}
    return Stored(*(_first(_STORED, facts) or (0, 0, 0, 0)))


def _first(statement: str, facts: dict[str, Any]) -> tuple[Any, ...] | None:
    return prepared.execute(statement, facts).first

"""What may be recorded and how much: the opening's policy, the candidate's consent, and limits with their reasons."""

from dataclasses import dataclass

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, Refused, TooLarge
from recruitment.enums import Medium
from recruitment.models import Consent, Interview, Opening, Segment

MIB = 1024 * 1024
# Four seconds of the richest video are 0.3 MiB; a file from the phone's camera is cut into pieces of this size.
LARGEST_CHUNK = 2 * MIB
# Ten minutes at 600 kbit/s are 45 MB, and recorders overshoot by half; a minute from a phone's camera app is about 130.
ANSWER_BYTES = 150 * 1000 * 1000
# A dozen answers of five minutes as video: more is no interview but a store.
INTERVIEW_BYTES = 300 * 1000 * 1000
# All attempts of one interview together, late and discarded takes included: what one link can ever make us keep.
LINK_BYTES = 2 * INTERVIEW_BYTES
LONGEST_ANSWER_SECONDS = 600
# A page opens one segment per start, interruption or retake; nobody is interrupted this often in one answer.
SEGMENTS_PER_ANSWER = 100
# Ten minutes in slices of one second, the shortest that a recorder makes of itself, and some reserve.
CHUNKS_PER_SEGMENT = 1000
CHUNKS_PER_ANSWER = 2000


@dataclass(frozen=True)
class Stored:
    """How much is stored already, in bytes: of the answer, of the attempt, and of the interview as a whole."""

    answer: int
    answer_chunks: int
    attempt: int
    interview: int


def allowed_media(opening: Opening) -> list[str]:
    """The media an answer may be given in, the richest first; text is always the last."""
    return Medium.down_from(opening.richest_medium)


def medium_of(mime: str) -> str:
    """Video or audio as a recorder's type names it; "" when it names neither."""
    kind = mime.partition("/")[0]
    return kind if kind in (Medium.VIDEO, Medium.AUDIO) else ""


def has_agreed(interview: Interview, attempt: int) -> bool:
    """Whether the candidate agreed to be recorded in this attempt; the last word counts."""
    last = (
        Consent.objects.filter(interview=interview, attempt=attempt, kind="recording").order_by("-pk").first()
    )
    return last is not None and last.given


def require_may_record(interview: Interview, attempt: int) -> None:
    """Invalid: media_not_offered (the policy). Refused: recording_not_agreed (the candidate)."""
    require_offered(interview.application.opening.richest_medium, "")
    require_agreed(has_agreed=has_agreed(interview, attempt))


def require_offered(richest_medium: str, mime: str) -> None:
    """Invalid: media_not_offered. A type that names neither sound nor picture is not judged by its name."""
    allowed = Medium.down_from(richest_medium)
    if allowed == [Medium.TEXT] or (medium_of(mime) and medium_of(mime) not in allowed):
        raise Invalid(
            "media_not_offered",
            _("This interview does not take recordings of this kind; please write your answer."),
            missing=[],
        )


def require_agreed(*, has_agreed: bool | None) -> None:
    """Refused: recording_not_agreed; None is who was never asked."""
    if not has_agreed:
        raise Refused("recording_not_agreed", _("You have not agreed to be recorded. You may also write."))


def require_below(known: Stored, size: int) -> None:
    """TooLarge: quota_exceeded, with what is exceeded and its limit in bytes (or chunks)."""
    limits = (
        ("answer", known.answer + size, ANSWER_BYTES),
        ("chunks", known.answer_chunks + 1, CHUNKS_PER_ANSWER),
        ("interview", known.attempt + size, INTERVIEW_BYTES),
        ("link", known.interview + size, LINK_BYTES),
    )
    for what, amount, most in limits:
        if amount > most:
            raise TooLarge(
                "quota_exceeded",
                _("No more can be recorded here. What was sent is saved."),
                quota=what,
                most=most,
            )


def left_bytes(known: Stored) -> int:
    """How much more the attempt and the interview as a whole may hold."""
    return max(0, min(INTERVIEW_BYTES - known.attempt, LINK_BYTES - known.interview))


def free_number(answer_id: int | None) -> int:
    """The number of the next segment: one above the highest."""
    highest = Segment.objects.filter(answer=answer_id).aggregate(highest=Max("number"))["highest"]
    return 0 if highest is None else highest + 1

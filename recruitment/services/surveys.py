"""What a candidate thought of an interview: asked on the own page once it is over, answered once."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, Refused
from core.text import one_line
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import Interview, InterviewSurvey
from recruitment.models.surveys import BEST, LONGEST_WHY
from recruitment.services import locking

# Finished, or left for good; while somebody may come back nobody asks what they thought of it.
OVER = (InterviewState.COMPLETED, InterviewState.ABANDONED)


def is_asked(interview: Interview) -> bool:
    """Whether this interview is over and waits for its candidate's word. One query, none while it goes on."""
    if interview.state not in OVER or interview.kind == InterviewKind.VENDOR:
        return False
    return not InterviewSurvey.objects.filter(interview=interview, attempt=interview.attempt).exists()


def answer(*, interview_id: int, rating: int, why: str = "") -> InterviewSurvey:
    """The candidate's word on the attempt that is over. The first one stands; it changes no score and no decision.

    Invalid: rating_unknown (0 to 10), why_too_long (500). Refused: not_over.
    """
    if not 0 <= rating <= BEST:
        raise Invalid("rating_unknown", _("Please choose a number from 0 to 10."))
    why = one_line(why)
    if len(why) > LONGEST_WHY:
        raise Invalid("why_too_long", _("Please use 500 characters at most."))
    with transaction.atomic():
        interview = locking.interview(interview_id)
        if interview.state not in OVER or interview.kind == InterviewKind.VENDOR:
            raise Refused("not_over", _("This interview is not over yet."))
        row, _is_new = InterviewSurvey.objects.get_or_create(
            interview=interview, attempt=interview.attempt, defaults={"rating": rating, "why": why}
        )
        return row

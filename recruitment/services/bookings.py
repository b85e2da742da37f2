"""Nobody is booked twice, and no room: who is taken when, said before the database refuses it, and after.

The exclusion constraints of rounds and scorecards decide; what is asked here only gives their refusal its words.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from recruitment.enums import InterviewKind
from recruitment.models import Interview, Round, Scorecard

_CONSTRAINTS = ("room_booked_once", "interviewer_booked_once")


def require_free(
    opens_at: datetime,
    closes_at: datetime,
    *,
    interviewers: Collection[int],
    room: str,
    but: int | None = None,
) -> None:
    """Raise Refused("interviewer_busy") or Refused("room_taken") naming who, where, when; `but`: this round aside."""
    slot = DateTimeTZRange(opens_at, closes_at)
    cards = Scorecard.objects.filter(interviewer__in=interviewers, is_booked=True, slot__overlap=slot)
    card = cards.exclude(round=but).select_related("interviewer").order_by("slot", "pk").first()
    if card is not None:
        raise Refused(
            "interviewer_busy",
            _("%(who)s is booked for another round then: %(when)s.")
            % {"who": card.interviewer, "when": _span(card.slot)},
            interviewer=card.interviewer_id,
        )
    if not room:
        return
    rounds = Round.objects.filter(room=room, is_booked=True, slot__overlap=slot)
    taken = rounds.exclude(pk__in=[but] if but else []).order_by("slot", "pk").first()
    if taken is not None:
        raise Refused(
            "room_taken",
            _("The room %(room)s is taken then: %(when)s.") % {"room": room, "when": _span(taken.slot)},
            room=room,
        )


def _span(slot: DateTimeTZRange) -> str:
    begin, end = timezone.localtime(slot.lower), timezone.localtime(slot.upper)
    return f"{date_format(begin, 'Y-m-d H:i')} – {date_format(end, 'H:i')}"


@contextmanager
def named_clash(
    opens_at: datetime,
    closes_at: datetime,
    *,
    interviewers: Collection[int],
    room: str,
    but: int | None = None,
) -> Iterator[None]:
    """Around what books: first `require_free`; what somebody else booked in this very moment is refused as well.

    Refused: interviewer_busy, room_taken.
    """
    require_free(opens_at, closes_at, interviewers=interviewers, room=room, but=but)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not any(name in str(error) for name in _CONSTRAINTS):
            raise
        # The other one has committed by now, or the constraint would still have waited.
        require_free(opens_at, closes_at, interviewers=interviewers, room=room, but=but)
        raise Refused("taken_meanwhile", _("Somebody booked this time a moment ago.")) from error


@contextmanager
def moved(interview: Interview, opens_at: datetime, closes_at: datetime) -> Iterator[None]:
    """`named_clash` around the save of an interview's new window; of one that nobody is booked for, nothing."""
    held = None
    if interview.kind == InterviewKind.PEOPLE:
        held = Round.objects.filter(interview=interview.pk).first()
    if held is None:
        yield
        return
    called = Scorecard.objects.filter(round=held, is_called=True).values_list("interviewer", flat=True)
    with named_clash(opens_at, closes_at, interviewers=list(called), room=held.room, but=held.pk):
        yield


def is_free_again(interview: Interview) -> bool:
    """Whether an interview that was called off can have its old time back, for its interviewers and its room."""
    try:
        with moved(interview, interview.window_opens_at, interview.window_closes_at):
            return True
    except Refused:
        return False

"""What a round's present state requires to be said to those who hold it."""

from collections.abc import Iterator

from messaging.services.deciding import Need
from notifications import facts
from notifications.enums import Audience
from notifications.kinds.rounds import ROUND, ROUND_OFF
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import Interview, Scorecard


def card_url(card: Scorecard) -> str:
    """Where the interviewer reads about the candidate and writes."""
    return facts.admin_url(f"rounds/{card.pk}/")


def needs(interview: Interview, side: frozenset[Audience]) -> Iterator[Need]:
    """Every interviewer hears of the round as it is now, and of its end; whoever is replaced, that it is off.

    One need for each change of the calendar entry. Of a round that was held nothing is left to say.
    """
    if Audience.INTERVIEWER not in side or interview.kind != InterviewKind.PEOPLE:
        return
    if interview.state not in (InterviewState.SCHEDULED, InterviewState.CANCELLED):
        return
    cards = Scorecard.objects.filter(round__interview=interview.pk).select_related("interviewer")
    context = facts.of_interview(interview)
    for card in cards.order_by("pk"):
        kind = ROUND if card.is_booked else ROUND_OFF
        yield Need(
            kind=kind,
            audience=Audience.INTERVIEWER,
            to=card.interviewer,
            key=f"interview:{interview.pk}:change-{card.sequence}",
            context={**context, "card_url": card_url(card), "is_first": card.sequence == 0},
            expires_at=interview.window_closes_at,
        )

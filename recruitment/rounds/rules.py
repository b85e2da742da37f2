"""Who may read which scorecard: nobody the others' before the own one is in, and nobody's draft but the own."""

from people.models import User
from recruitment.models import Application, Round, Scorecard
from recruitment.rules import may_recruit


def readable(held: Round, user: User) -> list[Scorecard]:
    """The cards of a round that this person may read, in their order. Two queries at most, and those of the right.

    Whoever owes a card reads the own one alone, recruiter or not: what others wrote would colour it. Otherwise what
    was handed in is read by whoever takes care of the application, and by the other interviewers.
    """
    cards = list(held.cards.filter(is_called=True).select_related("interviewer").order_by("pk"))
    own = next((card for card in cards if card.interviewer_id == user.pk), None)
    if own is not None and own.handed_in_at is None:
        return [own]
    if own is None and not may_recruit(user, Application, held.interview.application_id):
        return []
    return [card for card in cards if card.handed_in_at is not None]

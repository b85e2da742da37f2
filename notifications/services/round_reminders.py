"""Reminders of people's rounds, the day before and an hour before, and of scorecards that are owed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from messaging import quiet
from messaging.models import Message
from messaging.refs import ref
from messaging.services import messages
from messaging.services.deciding import Need
from notifications import audiences, facts
from notifications.enums import Audience
from notifications.kinds.rounds import CARD_DUE, CARD_LATE, ROUND_REMINDER
from notifications.services.rounds import card_url
from recruitment.enums import InterviewKind, InterviewState
from recruitment.models import Interview, Scorecard

DAY, HOUR = timedelta(hours=24), timedelta(hours=1)
# A card is promised within a day; its interviewer hears of it after four hours.
REMINDED_AFTER, PROMISED_WITHIN = timedelta(hours=4), timedelta(hours=24)
# What is older than this is a line on the first page, and no news.
LONGEST = timedelta(days=14)


def send_due(*, limit: int = 200) -> int:
    """Queue every reminder whose time has come; safe to run twice. Returns how many are new."""
    now = timezone.now()
    ahead = Interview.objects.filter(
        kind=InterviewKind.PEOPLE,
        state=InterviewState.SCHEDULED,
        window_opens_at__gt=now,
        window_opens_at__lte=now + DAY,
        held__isnull=False,
    )
    made = sum(
        _make(pk, now)
        for pk in list(ahead.order_by("window_opens_at", "pk").values_list("pk", flat=True)[:limit])
    )
    owed = Scorecard.objects.owed().filter(
        slot__endswith__lte=now - REMINDED_AFTER, slot__endswith__gt=now - LONGEST
    )
    ids = owed.order_by("round__interview").values_list("round__interview", flat=True).distinct()
    return made + sum(_make(pk, now) for pk in list(ids[:limit]))


def _make(interview_id: int, now: datetime) -> int:
    with transaction.atomic():
        interview = (
            facts.interviews().select_for_update(no_key=True, of=("self",)).filter(pk=interview_id).first()
        )
        if interview is None:
            return 0
        asked = list(_ahead(interview, now) if interview.state == InterviewState.SCHEDULED else ())
        asked += list(_owed(interview, now))
        keys = [need.idem_key for need in asked]
        known = set(Message.objects.filter(idem_key__in=keys).values_list("idem_key", flat=True))
        new = [need for need in asked if need.idem_key not in known]
        return len(messages.queue_all(new, topic=ref(interview), origin=ref(interview))) if new else 0


def _ahead(interview: Interview, now: datetime) -> Iterator[Need]:
    """One for this time of beginning, of the two the later one that is due; the candidate's day before is the guide."""
    left = interview.window_opens_at - now
    if not timedelta(0) < left <= DAY:
        return
    is_soon = left <= HOUR
    # The day before does not wake anybody; the hour before is why it is sent at all.
    if not is_soon and quiet.held(now) != now:
        return
    context = {**facts.of_interview(interview), "is_soon": is_soon}
    key = f"interview:{interview.pk}:{int(interview.window_opens_at.timestamp())}:{'hour' if is_soon else 'day'}"
    if is_soon:
        yield Need(
            kind=ROUND_REMINDER, audience=Audience.CANDIDATE, to=interview.application.candidate, key=key,
            context=context, expires_at=interview.window_opens_at,
        )  # fmt: skip
    cards = Scorecard.objects.filter(round__interview=interview.pk, is_booked=True)
    for card in cards.select_related("interviewer").order_by("pk"):
        yield Need(
            kind=ROUND_REMINDER, audience=Audience.INTERVIEWER, to=card.interviewer, key=key,
            context={**context, "card_url": card_url(card)}, expires_at=interview.window_opens_at,
        )  # fmt: skip


def _owed(interview: Interview, now: datetime) -> Iterator[Need]:
    """Whoever owes a card is reminded once; after a day the specialist hears who has not handed in."""
    cards = Scorecard.objects.owed().filter(round__interview=interview.pk).select_related("interviewer")
    late = [card for card in cards.order_by("pk") if card.slot.upper <= now - REMINDED_AFTER]
    if not late:
        return
    due_by = late[0].slot.upper + PROMISED_WITHIN
    context = {**facts.of_interview(interview), "due_by": due_by}
    key = f"interview:{interview.pk}:attempt-{interview.attempt}"
    for card in late:
        yield Need(
            kind=CARD_DUE, audience=Audience.INTERVIEWER, to=card.interviewer, key=key,
            context={**context, "card_url": card_url(card), "is_over": due_by <= now},
        )  # fmt: skip
    specialist = audiences.specialist(interview.application.opening)
    if due_by <= now and specialist is not None:
        names = [str(card.interviewer) for card in late]
        yield Need(
            kind=CARD_LATE, audience=Audience.SPECIALIST, to=specialist, key=key,
            context={**context, "late": names},
        )  # fmt: skip

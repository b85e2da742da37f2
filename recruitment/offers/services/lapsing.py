"""Before an offer lapses: once, the candidate and the colleague are reminded that an answer is still awaited."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone

from core.jobs.sets import in_sets
from people.actors import Party, actor_label
from recruitment import signals
from recruitment.enums import OfferState
from recruitment.models import Offer

# So long before the end; of an offer that is answered within less than two days, when half of its time is over.
BEFORE = timedelta(hours=24)


def is_near(sent_at: datetime, answer_by: datetime, now: datetime) -> bool:
    """Whether the end is near enough for a reminder, and has not come."""
    left = answer_by - now
    return timedelta(0) < left <= min(BEFORE, (answer_by - sent_at) / 2)


def remind_due() -> int:
    """Remind of each offer whose end is near, once; how many."""
    now = timezone.now()
    waiting = Offer.objects.filter(
        state=OfferState.SENT, reminded_at__isnull=True, answer_by__gt=now, answer_by__lte=now + BEFORE
    )
    rows = waiting.order_by("answer_by").values_list("pk", "sent_at", "answer_by")[:1000]
    return in_sets([pk for pk, sent, until in rows if is_near(sent, until, now)], remind, what="offer")


def remind(offer_ids: Collection[int]) -> int:
    """Mark these, as far as they still wait, within a transaction, and announce it; how many."""
    now = timezone.now()
    due = Offer.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(
        pk__in=offer_ids, state=OfferState.SENT, reminded_at__isnull=True, answer_by__gt=now
    )
    near = list(due.defer("letter").order_by("pk"))
    for offer in near:
        offer.reminded_at = now
        offer.save(update_fields=["reminded_at"])
    signals.offer_lapsing.emit_all(
        [(offer, {"answer_by": offer.answer_by.isoformat()}) for offer in near],
        by=actor_label(Party.SYSTEM),
    )
    return len(near)

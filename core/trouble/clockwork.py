"""After the clock was set back: what was put off by moments or minutes does not wait for as long as it was set back."""

from datetime import datetime, timedelta

from django.utils import timezone
from django_q.models import Schedule

from core.events.models import Reaction, ReactionState
from core.jobs.models import LongWork, WorkState

# Tries are put off by four minutes at most.
FARTHEST = timedelta(minutes=10)


def bring_back() -> int:
    """What lies further ahead than it can have been put off is due now; always 0. Three statements by their indexes,
    and the short table of schedules."""
    now = timezone.now()
    ahead = now + FARTHEST
    Reaction.objects.filter(state=ReactionState.PENDING, next_try_at__gt=ahead).update(next_try_at=now)
    LongWork.objects.filter(state__in=WorkState.unfinished, next_try_at__gt=ahead).update(next_try_at=now)
    for row in Schedule.objects.only("pk", "schedule_type", "minutes", "cron", "next_run"):
        latest: datetime = row.calculate_next_run(now)
        if row.next_run is not None and row.next_run > latest + timedelta(minutes=1):
            # Only where nobody moved it on meanwhile.
            Schedule.objects.filter(pk=row.pk, next_run=row.next_run).update(next_run=latest)
    return 0

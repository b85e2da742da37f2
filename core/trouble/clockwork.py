"""After the clock was set back: what was put off by moments or minutes does not wait for as long as it was set back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from core.collecting import declared
from core.events.models import Reaction, ReactionState
from core.jobs.models import LongWork, WorkState
from core.trouble.machine import ClockWatch

# Tries are put off by four minutes at most.
FARTHEST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PutOff:
    """Rows that are put off by moments: where `at` lies further ahead than `farthest`, the clock was wrong when it was
    written. Every app's `clockwork.py` declares its own, as PUT_OFF."""

    model: type[models.Model]
    at: str
    farthest: timedelta
    of: dict[str, Any] = field(default_factory=dict)

    def bring_back(self, now: datetime) -> int:
        """They are due now; how many."""
        rows = self.model._default_manager.order_by().filter(
            **{f"{self.at}__gt": now + self.farthest}, **self.of
        )
        return rows.update(**{self.at: now})


class Clockwork:
    """What it remembers is the clock of the last call."""

    def __init__(self, watch: ClockWatch | None = None) -> None:
        self.watch = watch or ClockWatch()
        self.is_first = True

    def __call__(self) -> int:
        """What lies further ahead than it can have been put off is due now; always 0.

        The ground's own every time: three statements by their indexes, and the short tables of jobs. What the apps
        declare when this process begins, and whenever the clock was set back.
        """
        before = self.watch.set_by
        list(self.watch.look())
        bring_back()
        if self.is_first or self.watch.set_by < before:
            bring_back_declared()
            self.is_first = False
        return 0


def bring_back() -> None:
    """Reactions, long work, schedules and jobs."""
    now = timezone.now()
    ahead = now + FARTHEST
    Reaction.objects.filter(state=ReactionState.PENDING, next_try_at__gt=ahead).update(next_try_at=now)
    LongWork.objects.filter(state__in=WorkState.unfinished, next_try_at__gt=ahead).update(next_try_at=now)
    for row in Schedule.objects.only("pk", "schedule_type", "minutes", "cron", "next_run"):
        latest: datetime = row.calculate_next_run(now)
        if row.next_run is not None and row.next_run > latest + timedelta(minutes=1):
            # Only where nobody moved it on meanwhile.
            Schedule.objects.filter(pk=row.pk, next_run=row.next_run).update(next_run=latest)
    # A job waits from when it was asked for, and is anybody's again so long after it was taken in hand.
    clusters: dict[str, Any] = settings.Q_CLUSTER
    for key, cluster in ((clusters["name"], clusters), *clusters["ALT_CLUSTERS"].items()):
        taken = timedelta(seconds=cluster["retry"])
        OrmQ.objects.filter(key=key, lock__gt=now + taken + FARTHEST).update(lock=now)


def bring_back_declared() -> int:
    """What the apps say is put off; how many rows."""
    now = timezone.now()
    return sum(each.bring_back(now) for module in declared("clockwork") for each in module.PUT_OFF)

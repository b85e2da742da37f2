"""A schedule that cannot be read is left out and said, and holds up no other.

The queue's scheduler goes through all that are due in one transaction: one row whose rhythm or arguments cannot be read
would undo the others each time. The code's own rows are looked at before they are written (`manage.py sync_schedules`);
this is for what came into the table in another way, and ends with the next start, which writes them anew.
"""

import ast
import logging
import uuid

from django.utils import timezone
from django_q import cluster
from django_q.brokers import Broker
from django_q.models import Schedule, Task

SAID = "It is not started: its row in the list of schedules cannot be read."
GROUP = "schedule"

logger = logging.getLogger(__name__)


def keep() -> None:
    """From now on in this process, and in those that it makes. Twice it is the same."""
    cluster.scheduler = _scheduler


_theirs = cluster.scheduler


def _scheduler(broker: Broker | None = None) -> None:
    """As theirs, without those that cannot be read."""
    leave_out()
    _theirs(broker)


def leave_out() -> int:
    """Of what is due; how many were left out."""
    now, count = timezone.now(), 0
    for row in Schedule.objects.exclude(repeats=0).filter(next_run__lt=now):
        try:
            row.calculate_next_run(row.next_run)
            ast.literal_eval(row.args or "()")
        except Exception as error:  # noqa: BLE001 -- whatever it raises, the scheduler would raise
            logger.critical("schedule %s cannot be read (%s): it is left out", row.name, type(error).__name__)
            Schedule.objects.filter(pk=row.pk).update(repeats=0)
            Task.objects.create(
                id=uuid.uuid4().hex, name=row.name or str(row.pk), func=row.func, group=GROUP, started=now, stopped=now,
                result=SAID, success=False, attempt_count=1,
            )  # fmt: skip
            count += 1
    return count

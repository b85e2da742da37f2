"""One row that cannot be read among the schedules: the others are asked for, and it is said which one is left out."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import Failure, OrmQ, Schedule
from django_q.scheduler import scheduler

from core.jobs import poison

BEAT = "core.jobs.tasks.beat"


def due(name: str, **fields: object) -> None:
    values = {"schedule_type": Schedule.MINUTES, "minutes": 1, **fields}
    row = Schedule(name=name, func=BEAT, next_run=timezone.now() - timedelta(seconds=1), repeats=-1, **values)
    Schedule.objects.bulk_create([row])  # a save would look at it


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "broken",
    [
        {"schedule_type": Schedule.CRON, "minutes": None, "cron": "61 * * * *"},
        {"schedule_type": Schedule.CRON, "minutes": None, "cron": None},
        {"args": "(1,"},
        {"args": "__import__('os')"},
        {"schedule_type": "?"},
    ],
)
def test_a_schedule_that_cannot_be_read_holds_up_no_other(broken: dict[str, object]) -> None:
    Schedule.objects.all().delete()
    OrmQ.objects.all().delete()
    due("first")
    due("core.beat", **broken)
    due("last")
    scheduler(get_broker())
    assert OrmQ.objects.count() == 0, "the queue's own way"

    poison._scheduler(get_broker())
    poison._scheduler(get_broker())

    assert OrmQ.objects.count() == 2
    [failure] = Failure.objects.filter(group=poison.GROUP)
    assert (failure.name, failure.func, failure.result) == ("core.beat", BEAT, poison.SAID)
    call_command("sync_schedules", verbosity=0)
    assert Schedule.objects.get(name="core.beat").repeats == -1

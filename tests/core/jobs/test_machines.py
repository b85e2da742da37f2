"""Any number of machines run the jobs: what is due is put into the queue once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler

AT_ONCE = 4


@pytest.mark.django_db(transaction=True)
def test_a_schedule_that_is_due_runs_once_however_many_machines_look() -> None:
    OrmQ.objects.all().delete()
    Schedule.objects.all().delete()
    Schedule.objects.create(
        name="core.beat", func="core.jobs.tasks.beat", schedule_type=Schedule.MINUTES, minutes=1,
        next_run=timezone.now() - timedelta(seconds=1), repeats=-1,
    )  # fmt: skip
    together, raised = threading.Barrier(AT_ONCE), list[Any]()

    def machine() -> None:
        try:
            together.wait(5)
            scheduler(broker=get_broker())
        except Exception as error:  # noqa: BLE001 -- whatever one of them raises is shown
            raised.append(error)
        finally:
            connection.close()

    machines = [threading.Thread(target=machine) for _number in range(AT_ONCE)]
    for each in machines:
        each.start()
    for each in machines:
        each.join(10)
    assert (raised, OrmQ.objects.count()) == ([], 1)
    assert Schedule.objects.get().next_run > timezone.now()

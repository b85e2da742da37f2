"""A clock that was set a day ahead and back leaves nothing waiting for that day."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from core import collecting
from core.events import pulse
from core.events.models import Event, Pulse, Reaction
from core.jobs.models import LongWork
from core.trouble import clockwork, machine
from messaging.models import Callback, ChannelPause, Delivery
from recruitment.models import Lease
from recruitment.models.interviews import ROOM_PULSE
from recruitment.services import leases
from tests.factories import notifications as house
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_jobs_tries_and_long_work_come_back_and_what_is_in_time_is_left_alone() -> None:
    call_command("sync_schedules", verbosity=0)
    now = timezone.now()
    event = Event.objects.create(kind="x", subject_type="x", subject_id=1, origin_type="x", origin_id=1)
    put_off = {"event": event, "subject_type": "x", "subject_id": 1}
    ahead = Reaction.objects.create(name="a.b", next_try_at=now + DAY, **put_off)
    soon = Reaction.objects.create(name="a.c", next_try_at=now + timedelta(seconds=64), **put_off)
    work = LongWork.objects.create(kind="x", subject_type="x", subject_id=1, next_try_at=now + DAY)
    done = LongWork.objects.create(
        kind="x", subject_type="x", subject_id=2, state="done", next_try_at=now + DAY
    )
    Schedule.objects.update(next_run=now + timedelta(days=400))
    in_time = Schedule.objects.get(name="core.beat")
    Schedule.objects.filter(pk=in_time.pk).update(next_run=now + timedelta(seconds=20))

    queue = {
        name: OrmQ.objects.create(key=key, payload="x", lock=now + ahead)
        for name, key, ahead in (
            ("asked for", "hrsuite", DAY), ("in hand", "hrsuite", timedelta(seconds=600)),
            ("asked for, slow", "slow", DAY), ("in hand, slow", "slow", timedelta(seconds=7200)),
        )
    }  # fmt: skip

    clockwork.bring_back()

    locks = {name: OrmQ.objects.get(pk=row.pk).lock - now for name, row in queue.items()}
    assert {name for name, lock in locks.items() if lock < timedelta(seconds=60)} == {
        "asked for",
        "asked for, slow",
    }

    for row in (ahead, soon, work, done):
        row.refresh_from_db()
    assert ahead.next_try_at <= timezone.now() and work.next_try_at <= timezone.now()
    assert (soon.next_try_at, done.next_try_at) == (now + timedelta(seconds=64), now + DAY)
    in_time.refresh_from_db()
    assert in_time.next_run == now + timedelta(seconds=20)
    late = Schedule.objects.filter(schedule_type=Schedule.MINUTES, next_run__gt=now + timedelta(hours=25))
    assert not late.exists()
    assert not Schedule.objects.filter(next_run__gt=now + timedelta(days=367)).exists()


def test_the_pulse_follows_a_clock_that_was_set_back_and_whoever_leaves_is_noticed_in_time() -> None:
    now = timezone.now()
    stamped = Pulse.objects.create(name=ROOM_PULSE, at=now + DAY)
    interview = make.interview(state="in_progress")
    Lease.objects.filter(pk=interview.pk).update(live=True, expires_at=now + DAY + timedelta(seconds=20))

    gap = pulse.stamp(ROOM_PULSE, after_gap=leases.forgive_silence, set_back=leases.follow_the_clock_back)

    stamped.refresh_from_db()
    assert gap == timedelta(0) and abs(stamped.at - timezone.now()) < timedelta(seconds=10)
    left = Lease.objects.get(pk=interview.pk).expires_at - timezone.now()
    assert timedelta(seconds=5) < left < timedelta(seconds=60)


def test_a_clock_set_an_hour_ahead_interrupts_nobody_who_is_still_heard() -> None:
    """For the pulse it is a silence of ours: whose lease ran out in it has half a minute to be heard."""
    now = timezone.now()
    Pulse.objects.create(name=ROOM_PULSE, at=now - timedelta(hours=1))
    interview = make.interview(state="in_progress")
    Lease.objects.filter(pk=interview.pk).update(live=True, expires_at=now - timedelta(minutes=59))
    pulse.stamp(ROOM_PULSE, after_gap=leases.forgive_silence, set_back=leases.follow_the_clock_back)
    with time_machine.travel(timezone.now(), tick=False):
        assert leases.interrupt_lapsed() == 0


def test_what_the_apps_put_off_comes_back_with_the_clock_and_what_was_planned_stays() -> None:
    """When a pump begins, and whenever the clock was set back; else nothing is looked through."""
    wall = [1000.0]
    watch = machine.ClockWatch(machine.Clocks(lambda: wall[0], lambda: 0.0, lambda: 0.0))
    sweep, now = clockwork.Clockwork(watch), timezone.now()
    interview = make.interview(state="in_progress")
    planned, tried, held = (house.message(interview=interview, key=key) for key in "abc")
    Delivery.objects.update(due_at=now + 2 * DAY)
    Delivery.objects.filter(message=tried).update(attempt_count=1)
    Delivery.objects.filter(message=held).update(state="leased", lease_until=now + DAY, lease_token="x")
    ChannelPause.objects.create(channel="email", until=now + 2 * DAY, code="x")
    callback = Callback.objects.create(digest="x", event="x", content="<xml/>", due_at=now + DAY)

    def back() -> set[str]:
        """Which of them are due within a minute."""
        soon = now + timedelta(minutes=1)
        due = {row.message_id: row.due_at < soon for row in Delivery.objects.all()}
        return {
            name for name, is_back in (
                ("planned", due[planned.pk]), ("tried", due[tried.pk]),
                ("held", Delivery.objects.filter(message=held, lease_until__lt=soon).exists()),
                ("pause", ChannelPause.objects.filter(until__lt=soon).exists()),
                ("callback", Callback.objects.filter(pk=callback.pk, due_at__lt=soon).exists()),
            ) if is_back
        }  # fmt: skip

    sweep()
    assert back() == {"tried", "held", "pause", "callback"}
    Callback.objects.update(due_at=now + DAY)
    sweep()
    wall[0] += 3600.0
    sweep()
    assert "callback" not in back()
    wall[0] -= 3600.0
    sweep()
    assert "callback" in back() and "planned" not in back()


def test_every_declared_row_can_be_asked_for() -> None:
    assert clockwork.bring_back_declared() == 0
    all_of_them = [each for app in collecting.declared("clockwork") for each in app.PUT_OFF]
    assert {(each.model.__name__, each.at) for each in all_of_them} == {
        ("Delivery", "lease_until"), ("Delivery", "due_at"), ("ChannelPause", "until"), ("Callback", "due_at"),
        ("Approval", "due_at"), ("Scoring", "claimed_until"), ("Transcript", "claimed_until"),
        ("Scoring", "try_after"), ("Transcript", "try_after"), ("Voice", "try_after"),
    }  # fmt: skip

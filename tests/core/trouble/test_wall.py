"""How far the clock on the wall was set: noted once, whoever looks, and forgotten after a day.

The database's clock cannot be set here. What counts is how far it and the other one came apart: the other one set back
by an hour is the wall set an hour forward.
"""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from core.trouble import wall
from core.trouble.models import WallClock

pytestmark = pytest.mark.django_db
HOUR = 3600.0


class Steady:
    """A clock that goes on with this machine's, less how far the wall is to have been set."""

    def __init__(self) -> None:
        self.wall_set_by = 0.0

    def __call__(self) -> float:
        return time.monotonic() - self.wall_set_by


def keeper(steady: Steady, of: str = "one:start") -> wall.Keeper:
    return wall.Keeper(steady, of)


def noted() -> float:
    return round(WallClock.objects.get().set_by)


def test_nothing_is_noted_while_both_go_on_alike_or_a_little_apart() -> None:
    steady = Steady()
    pump = keeper(steady)
    assert pump.look() == timedelta(0)
    steady.wall_set_by = 20.0
    assert (pump.look(), noted()) == (timedelta(0), 0)


@pytest.mark.parametrize("by", [HOUR, -HOUR, 24 * HOUR, -24 * HOUR])
def test_a_jump_is_noted_and_forgotten_when_the_clock_is_set_right(by: float) -> None:
    steady = Steady()
    pump = keeper(steady)
    pump.look()
    steady.wall_set_by = by
    assert round(pump.look().total_seconds()) == by
    assert (noted(), wall.times_set()) == (by, 1)
    assert pump.look() == timedelta(0), "it is noted once"
    steady.wall_set_by = 0.0
    assert round(pump.look().total_seconds()) == -by
    assert (noted(), wall.times_set()) == (0, 2)


def test_of_several_pumps_one_notes_it_and_each_notes_what_comes_next() -> None:
    here, there = Steady(), Steady()
    one, other = keeper(here), keeper(there, "two:start")
    one.look(), other.look()
    here.wall_set_by = there.wall_set_by = HOUR
    assert [round(pump.look().total_seconds()) for pump in (one, other)] == [HOUR, 0]
    here.wall_set_by = there.wall_set_by = 0.0
    assert [round(pump.look().total_seconds()) for pump in (other, one)] == [-HOUR, 0]
    assert noted() == 0


def test_a_pump_that_begins_goes_on_from_the_one_that_was_ended_in_the_jump() -> None:
    steady = Steady()
    keeper(steady).look()
    steady.wall_set_by = -HOUR
    assert round(keeper(steady).look().total_seconds()) == -HOUR
    assert keeper(steady).look() == timedelta(0)


def test_another_machines_clock_and_this_one_after_a_start_are_compared_with_nothing() -> None:
    steady = Steady()
    keeper(steady).look()
    steady.wall_set_by = HOUR
    assert keeper(steady, "one:another start").look() == timedelta(0)
    assert keeper(steady, "").look() == timedelta(0)


def test_what_was_noted_in_a_step_that_did_not_end_well_is_noted_by_the_next() -> None:
    steady = Steady()
    pump = keeper(steady)
    pump.look()
    before = pump.last
    steady.wall_set_by = HOUR

    def noted_in_vain() -> None:
        with pump.forgetting():
            pump.look()
            WallClock.objects.update(total=0.0, set_by=0.0)  # as the transaction that is undone leaves it
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        noted_in_vain()
    assert pump.last == before
    assert round(pump.look().total_seconds()) == HOUR


def test_what_stays_set_is_taken_for_the_right_time_after_a_day() -> None:
    steady = Steady()
    pump = keeper(steady)
    pump.look()
    steady.wall_set_by = HOUR
    pump.look()
    WallClock.objects.update(set_at=timezone.now() - timedelta(hours=25))
    assert (pump.look(), noted()) == (timedelta(0), 0)
    assert pump.look() == timedelta(0), "and it is no jump back"
    steady.wall_set_by = 0.0
    assert round(pump.look().total_seconds()) == -HOUR
    assert noted() == -HOUR


def test_it_may_be_either_moment_while_the_clock_is_set_and_one_else() -> None:
    first, last = wall.moments()
    assert first == last
    row = WallClock.objects.create(pk=1, steady_at=timezone.now(), steady_of="another machine")
    first, last = wall.moments()
    assert first == last
    for set_by in (HOUR, -HOUR):
        WallClock.objects.filter(pk=row.pk).update(set_by=set_by)
        first, last = wall.moments()
        assert last - first == timedelta(seconds=HOUR)
        shown = first if set_by < 0 else last
        assert abs(shown - timezone.now()) < timedelta(seconds=30)


def test_on_the_machine_that_keeps_it_a_jump_counts_before_the_pump_has_noted_it() -> None:
    steady = Steady()
    wall.Keeper(steady).look()
    steady.wall_set_by = -HOUR
    first, last = wall.moments(steady)
    assert abs(last - first - timedelta(seconds=HOUR)) < timedelta(seconds=5)
    assert abs(first - timezone.now()) < timedelta(seconds=5)

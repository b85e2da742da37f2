"""A jump of the wall clock is not time: who is in the room stays, and who was in time is let in."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from core.errors import Refused
from core.events import pulse
from core.events.models import Pulse
from core.trouble.models import WallClock
from core.trouble.wall import Keeper
from hrsuite.management.commands import pump
from people.actors import Party
from recruitment.models import Interview, InterviewExit, Lease
from recruitment.models.interviews import ROOM_PULSE
from recruitment.room import status
from recruitment.services import deadlines, interviews, leases
from tests.core.trouble.test_wall import Steady
from tests.factories import clocks
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def set_lease(interview: Interview, left: timedelta, **fields: object) -> None:
    Lease.objects.filter(pk=interview.pk).update(live=True, expires_at=timezone.now() + left, **fields)


def beat(at: timedelta = timedelta(0)) -> None:
    Pulse.objects.update_or_create(
        name=ROOM_PULSE, defaults={"at": timezone.now() + at, "silent_since": None, "held_until": None}
    )


def stamp() -> None:
    pulse.stamp(ROOM_PULSE, after_gap=leases.forgive_silence, set_back=leases.follow_the_clock_back)


def over() -> None:
    """The time in which nobody's silence counts has passed."""
    Pulse.objects.update(held_until=timezone.now() - timedelta(seconds=1))


def live_state(interview: Interview) -> str:
    return str(Interview.objects.with_live_state().get(pk=interview.pk).live_state)


def left(interview: Interview) -> float:
    return (Lease.objects.get(pk=interview.pk).expires_at - timezone.now()).total_seconds()


@pytest.mark.parametrize("by", [HOUR, 24 * HOUR])
def test_who_is_heard_between_a_clock_set_back_and_the_pulse_that_follows_is_there(by: timedelta) -> None:
    """The pulse lies ahead of every lease then; whoever swept by it would find the whole room empty."""
    interview = make.interview(state="in_progress")
    beat(by)
    set_lease(interview, timedelta(seconds=30))

    assert leases.interrupt_lapsed() == 0 and live_state(interview) == "in_progress"
    assert interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE).epoch == 2
    stamp()
    assert leases.interrupt_lapsed() == 0 and live_state(interview) == "in_progress"
    assert not InterviewExit.objects.exists()


def test_while_the_pulse_lies_ahead_nothing_counts_as_heard_even_what_has_run_out() -> None:
    """Nobody knows how long nobody could hear: a pump that begins then gives everybody their time first."""
    interview = make.interview(state="in_progress")
    beat(HOUR)
    set_lease(interview, timedelta(minutes=-5))
    assert leases.interrupt_lapsed() == 0
    stamp()
    assert leases.interrupt_lapsed() == 0
    assert interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE).state == "in_progress"
    assert not InterviewExit.objects.exists()
    set_lease(interview, timedelta(seconds=-1))
    over()
    beat()
    assert leases.interrupt_lapsed() == 1, "who is silent then has left"


def test_a_lease_that_was_begun_before_a_clock_was_set_back_and_written_after_it_follows_too() -> None:
    rows = [make.interview(state="in_progress") for _each in range(3)]
    beat(HOUR)
    stamp()
    for interview, fields in zip(
        rows, ({"visible": True}, {"visible": False}, {"is_leaving": True}), strict=True
    ):
        set_lease(interview, HOUR + timedelta(seconds=20), **fields)
    stamp()
    assert [round(left(interview), -1) for interview in rows] == [30, 60, 10]


@pytest.mark.parametrize("by", [HOUR, 24 * HOUR])
def test_a_lease_that_was_begun_before_a_clock_was_set_forward_and_written_after_it_has_its_time(
    by: timedelta,
) -> None:
    """Entering takes a while: its lease is written with the clock of its beginning, after the gap was forgiven."""
    interview, gone = (make.interview(state="in_progress") for _each in range(2))
    beat(-by)
    set_lease(gone, -by - timedelta(minutes=5), visible=True)
    stamp()
    set_lease(interview, -by + timedelta(seconds=30))

    assert leases.interrupt_lapsed() == 1, "only who had left before"
    assert [live_state(row) for row in (interview, gone)] == ["in_progress", "interrupted"]
    stamp()
    beat_again = interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
    assert beat_again.state == "in_progress"
    over()
    assert leases.interrupt_lapsed() == 0
    assert list(InterviewExit.objects.values_list("interview", flat=True)) == [gone.pk]


def test_two_gaps_one_after_the_other_are_one() -> None:
    interview = make.interview(state="in_progress")
    beat(-HOUR)
    stamp()
    set_lease(interview, -HOUR + timedelta(seconds=30))
    Pulse.objects.update(at=timezone.now() - timedelta(seconds=15))
    Pulse.objects.update(held_until=timezone.now() + timedelta(seconds=5))
    stamp()
    assert leases.interrupt_lapsed() == 0
    over()
    assert leases.interrupt_lapsed() == 1


@pytest.mark.parametrize("by", [HOUR, -HOUR, 24 * HOUR, -24 * HOUR])
def test_the_pump_notes_the_jump_with_the_stamp_and_moves_what_vendors_have_left(by: timedelta) -> None:
    vendor, people = make.interview(state="in_progress"), make.interview(state="in_progress")
    Interview.objects.filter(pk=vendor.pk).update(kind="vendor")
    Interview.objects.filter(pk=people.pk).update(kind="people")
    steady = Steady()
    clock = Keeper(steady, "one:start")
    pump.listen(0, clock)
    # By the wall of before: as long as they are, an hour less the jump as it is read now.
    set_lease(vendor, HOUR * 1.5 - by)
    set_lease(people, HOUR)
    Pulse.objects.filter(name=ROOM_PULSE).update(at=timezone.now() - by)
    steady.wall_set_by = by.total_seconds()

    pump.listen(0, clock)

    assert [round(left(row), -2) for row in (vendor, people)] == [5400, 3600]
    assert round(WallClock.objects.get().set_by) == by.total_seconds()
    assert leases.interrupt_lapsed() == 0
    pump.listen(0, clock)
    assert round(left(vendor), -2) == 5400, "once"


def test_a_stamp_that_fails_leaves_the_jump_to_the_next() -> None:
    vendor = make.interview(state="in_progress")
    Interview.objects.filter(pk=vendor.pk).update(kind="vendor")
    steady = Steady()
    clock = Keeper(steady, "one:start")
    pump.listen(0, clock)
    set_lease(vendor, HOUR)
    steady.wall_set_by = 1800.0
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_pulse ADD CONSTRAINT no CHECK (name <> 'pump') NOT VALID")
        with pytest.raises(IntegrityError):
            pump.listen(0, clock)
        assert round(left(vendor), -2) == 3600
        cursor.execute("ALTER TABLE events_pulse DROP CONSTRAINT no")
    pump.listen(0, clock)
    assert (round(left(vendor), -2), round(WallClock.objects.get().set_by)) == (5400, 1800)


WINDOWS: dict[str, tuple[timedelta, timedelta, float, bool]] = {
    # opens and closes as the clock shows it, how far it was set, whether the candidate is let in
    "an open window after the clock was set back": (HOUR / 2, HOUR * 5, -3600.0, True),
    "one that is not open by either": (HOUR * 2, HOUR * 5, -3600.0, False),
    "an open window after the clock was set forward": (-HOUR * 5, -HOUR / 2, 3600.0, True),
    "one that is over by either": (-HOUR * 5, -HOUR * 2, 3600.0, False),
    "an open one": (-HOUR, HOUR, 0.0, True),
    "one that is not open yet": (HOUR / 2, HOUR, 0.0, False),
    "one that is over": (-HOUR, -HOUR / 2, 0.0, False),
}


@pytest.mark.parametrize("case", WINDOWS)
def test_a_window_is_open_when_it_is_so_by_the_clock_or_by_what_it_would_show(case: str) -> None:
    opens, closes, set_by, is_let_in = WINDOWS[case]
    now = timezone.now()
    interview = make.interview(window_opens_at=now + opens, window_closes_at=now + closes)
    clocks.noted(timedelta(seconds=set_by))

    def entered() -> bool:
        try:
            return interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE).state == "in_progress"
        except Refused:
            return False

    assert (status.status_of(interview.pk).situation == "invited") is is_let_in
    if closes < timedelta(0):
        assert deadlines.end_windows() == (0 if is_let_in else 1)
    assert entered() is is_let_in


def test_the_time_to_return_is_not_over_by_a_clock_that_was_set_forward() -> None:
    now = timezone.now()
    interview = make.interview(state="interrupted", resume_until=now - HOUR)
    clocks.noted(timedelta(days=1))
    assert status.status_of(interview.pk).situation == "interrupted"
    assert interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE).state == "in_progress"

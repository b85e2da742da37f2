"""The lease: heartbeats, beacons, the sweep, and the time in which we could not hear."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F

from core.errors import NotFound, Refused
from core.events import pulse
from core.events.models import Pulse
from people.actors import Party
from recruitment.models import Interview, InterviewExit, Lease
from recruitment.models.interviews import ROOM_PULSE
from recruitment.services import answers, interviews, leases, links
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def session_of(interview: Interview) -> str:
    """The cookie's hash of a browser in this interview's room."""
    token, _session = links.exchange(token=links.mint(interview_id=interview.pk, by=Party.SYSTEM))
    return links.digest(token)


def now() -> datetime:
    """The database's own clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def set_lease(interview: Interview, seconds: float, **fields: object) -> None:
    Lease.objects.filter(pk=interview.pk).update(expires_at=now() + timedelta(seconds=seconds), **fields)


def beat(at: datetime | None = None) -> None:
    Pulse.objects.update_or_create(name=ROOM_PULSE, defaults={"at": at or now()})


def left_seconds(interview: Interview) -> float:
    return (Lease.objects.get(pk=interview.pk).expires_at - now()).total_seconds()


def test_a_heartbeat_is_one_query_and_extends_the_lease(django_assert_num_queries: object) -> None:
    interview = make.interview(state="in_progress")
    session = session_of(interview)
    set_lease(interview, 3)

    with django_assert_num_queries(1):
        leases.heartbeat(token_hash=session, epoch=1, visible=True)
    assert 29 < left_seconds(interview) <= 30
    leases.heartbeat(token_hash=session, epoch=1, visible=False)
    assert 59 < left_seconds(interview) <= 60


@pytest.mark.parametrize(
    ("state", "epoch", "seconds", "code"),
    [
        ("in_progress", 2, 20, "stale_epoch"),
        ("in_progress", 1, -600, "interrupted"),
        ("interrupted", 1, 20, "interrupted"),
        ("completed", 1, 20, "ended"),
        ("completed", 9, 20, "ended"),
        ("abandoned", 1, 20, "ended"),
    ],
)
def test_a_heartbeat_that_may_not_extend_says_why(state: str, epoch: int, seconds: int, code: str) -> None:
    interview = make.interview(state=state)
    session = session_of(interview)
    set_lease(interview, seconds)
    before = Lease.objects.filter(pk=interview.pk).values().get()

    with pytest.raises(Refused) as raised:
        leases.heartbeat(token_hash=session, epoch=epoch, visible=True)

    assert raised.value.code == code
    assert Lease.objects.filter(pk=interview.pk).values().get() == before


def test_a_heartbeat_of_nobody_is_not_found() -> None:
    with pytest.raises(NotFound):
        leases.heartbeat(token_hash="0" * 64, epoch=1, visible=True)


def test_beacons_make_noticing_faster_and_a_reload_is_no_exit() -> None:
    interview = make.interview(state="in_progress")
    session = session_of(interview)

    leases.note_beacon(token_hash=session, epoch=1, event="hidden")
    assert 59 < left_seconds(interview) <= 60
    leases.note_beacon(token_hash=session, epoch=1, event="pagehide")
    assert 9 < left_seconds(interview) <= 10
    leases.note_beacon(token_hash=session, epoch=1, event="hidden")
    assert 9 < left_seconds(interview) <= 10, "a closing page says that it is hidden, too"
    interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)
    leases.note_beacon(token_hash=session, epoch=1, event="pagehide")

    assert 29 < left_seconds(interview) <= 30, "the old page's late beacon is stale"
    assert not InterviewExit.objects.exists()


def test_the_sweep_interrupts_only_who_fell_silent() -> None:
    alive, silent, finished = (make.interview(state=s) for s in ("in_progress", "in_progress", "completed"))
    set_lease(silent, -1)
    set_lease(finished, -1, live=True)

    assert (leases.interrupt_lapsed(), leases.interrupt_lapsed()) == (1, 0)

    assert [Interview.objects.get(pk=i.pk).state for i in (alive, silent, finished)] == [
        "in_progress", "interrupted", "completed",
    ]  # fmt: skip
    assert not InterviewExit.objects.get().is_announced


def test_an_interview_whose_open_stage_left_the_plan_is_complete_and_holds_nobody_up() -> None:
    finished, silent = make.interview(state="in_progress"), make.interview(state="in_progress")
    for number in (1, 2):
        make.saved_stage(finished, number)
    with make.unfrozen():
        finished.version.stages.get(number=3).delete()
    set_lease(finished, -5)
    set_lease(silent, -1)

    assert (leases.interrupt_lapsed(), leases.interrupt_lapsed()) == (2, 0)

    assert [Interview.objects.get(pk=i.pk).state for i in (finished, silent)] == ["completed", "interrupted"]


def test_an_interview_that_cannot_be_interrupted_holds_nobody_up() -> None:
    without_plan, silent = make.interview(state="in_progress"), make.interview(state="in_progress")
    with make.unfrozen():
        without_plan.version.stages.all().delete()
    set_lease(without_plan, -5)
    set_lease(silent, -1)

    assert leases.interrupt_lapsed() == 1

    assert Interview.objects.get(pk=silent.pk).state == "interrupted"


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"visible": True}, "network"),
        ({"visible": False}, "app_switched"),
        ({"visible": False, "is_leaving": True}, "page_closed"),
        ({"visible": True, "in_outage": True}, "our_outage"),
    ],
)
def test_the_last_sign_of_life_names_the_cause(fields: dict[str, bool], cause: str) -> None:
    interview = make.interview(state="in_progress")
    set_lease(interview, -1, **fields)

    leases.interrupt_lapsed()

    assert InterviewExit.objects.get().cause == cause


def test_a_lapsed_lease_reads_interrupted_before_anybody_noticed_and_a_read_writes_nothing() -> None:
    interview = make.interview(state="in_progress")
    set_lease(interview, -5)
    beat()

    rows = Interview.objects.with_live_state().filter(live_state="interrupted")

    assert [row.pk for row in rows] == [interview.pk]
    assert Interview.objects.get(pk=interview.pk).state == "in_progress"


def test_while_we_are_deaf_no_lease_runs_out() -> None:
    interview = make.interview(state="in_progress")
    set_lease(interview, -100)
    beat(now() - timedelta(seconds=300))

    assert Interview.objects.with_live_state().get(pk=interview.pk).live_state == "in_progress"
    gap = pulse.stamp(ROOM_PULSE, after_gap=leases.forgive_silence)

    lease = Lease.objects.get(pk=interview.pk)
    assert gap > timedelta(seconds=290)
    assert lease.in_outage and 28 < left_seconds(interview) <= 30
    assert leases.interrupt_lapsed() == 0


def test_a_lease_that_lived_through_an_outage_is_not_cut_off_right_after_it() -> None:
    interview = make.interview(state="in_progress")
    set_lease(interview, 1)
    beat(now() - timedelta(seconds=25))

    pulse.stamp(ROOM_PULSE, after_gap=leases.forgive_silence)

    assert 28 < left_seconds(interview) <= 30, "its next heartbeat could not come any sooner"
    assert Lease.objects.get(pk=interview.pk).in_outage


def test_a_short_gap_moves_nothing_and_what_ran_out_before_the_gap_stays_run_out() -> None:
    short, before = make.interview(state="in_progress"), make.interview(state="in_progress")
    set_lease(short, -1)
    beat(now() - timedelta(seconds=5))
    pulse.stamp(ROOM_PULSE, after_gap=leases.forgive_silence)
    assert left_seconds(short) < 0

    set_lease(before, -400)
    beat(now() - timedelta(seconds=300))
    pulse.stamp(ROOM_PULSE, after_gap=leases.forgive_silence)
    assert left_seconds(before) < -300


def test_who_kept_the_page_open_through_an_outage_is_not_counted_as_gone() -> None:
    interview = make.interview(state="in_progress")
    set_lease(interview, -100)
    beat(now() - timedelta(seconds=300))

    entered = interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)

    assert (entered.epoch, entered.state) == (2, "in_progress")
    assert not InterviewExit.objects.exists()


def test_returning_before_anybody_noticed_still_records_the_exit() -> None:
    interview = make.interview(state="in_progress")
    set_lease(interview, -100)
    beat()

    interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)

    exit_ = InterviewExit.objects.get()
    assert exit_.returned_at is not None and not exit_.is_announced


@pytest.mark.django_db(transaction=True)
def test_two_pumps_interrupt_each_interview_once() -> None:
    rows = [make.interview(state="in_progress") for _number in range(12)]
    Lease.objects.update(expires_at=datetime(2020, 1, 1, tzinfo=UTC), live=True)
    counts: list[int] = []

    def pump() -> None:
        counts.append(leases.interrupt_lapsed())
        connection.close()

    pumps = [threading.Thread(target=pump) for _number in range(3)]
    for thread in pumps:
        thread.start()
    for thread in pumps:
        thread.join()

    assert sum(counts) == len(rows)
    assert InterviewExit.objects.count() == len(rows)
    assert set(Lease.objects.annotate(state=F("interview__state")).values_list("state", "live")) == {
        ("interrupted", False)
    }


@pytest.mark.django_db(transaction=True)
def test_exit_and_completion_at_the_same_instant_leave_one_consistent_end() -> None:
    for _time in range(5):
        interview = make.interview(state="in_progress")
        make.saved_stage(interview, 1)
        make.saved_stage(interview, 2)
        question = interview.version.stages.get(number=3).questions.get()
        answers.save_text(
            interview_id=interview.pk, question_id=question.pk, epoch=1, revision=1, text="我会倾听。"
        )
        set_lease(interview, -1)
        ready = threading.Barrier(2)

        def finish(interview_id: int = interview.pk, ready: threading.Barrier = ready) -> None:
            ready.wait()
            answers.finish_stage(interview_id=interview_id, stage_number=3, epoch=1)
            connection.close()

        def sweep(ready: threading.Barrier = ready) -> None:
            ready.wait()
            leases.interrupt_lapsed()
            connection.close()

        threads = [threading.Thread(target=finish), threading.Thread(target=sweep)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        interview = Interview.objects.get(pk=interview.pk)
        assert (interview.state, interview.lease.live, interview.resume_until) == ("completed", False, None)
        assert not interview.exits.filter(returned_at__isnull=True).exists()
        assert not interview.follow_ups.exclude(state="closed").exists()


def test_the_sweep_never_runs_ahead_of_the_pulse() -> None:
    interview = make.interview(state="in_progress")
    set_lease(interview, -4)
    beat(now() - timedelta(seconds=8))

    assert leases.interrupt_lapsed() == 0, "nobody has proved yet that a heartbeat could have been heard"
    pulse.stamp(ROOM_PULSE, after_gap=leases.forgive_silence)

    assert leases.interrupt_lapsed() == 1

"""Vendors' reports: signed, kept once, applied in the order of events, by the same machine and the same chain."""

import itertools
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from recruitment.evaluation.services import scoring
from recruitment.models import (
    Assessment,
    Checkpoint,
    FollowUp,
    Interview,
    InterviewExit,
    Lease,
    RubricScore,
    VendorEvent,
)  # fmt: skip
from recruitment.services import leases
from recruitment.vendors.services import polling
from tests.factories import people
from tests.recruitment.vendors.sender import ROOT, Sender

pytestmark = pytest.mark.django_db


def test_a_whole_interview_at_a_vendor_leads_to_a_full_report(sender: Sender) -> None:
    answers = [
        sender.send(report).json()
        for report in (
            sender.report("started"),
            sender.stage(1),
            sender.stage(2),
            sender.stage(3),
            sender.report("completed"),
        )
    ]

    assert answers == [{"status": "applied", "code": ""}] * 5
    assert sender.state() == "completed"
    report = Assessment.objects.get(status="current")
    assert (report.basis, report.value) == ("full", 90)
    assert set(RubricScore.objects.values_list("method", flat=True)) == {f"vendor:{sender.vendor.code}"}
    assert Interview.objects.get(pk=sender.interview.pk).application.stage == "second_round"


def test_what_the_vendor_leaves_out_waits_for_a_person_and_then_the_report_is_full(sender: Sender) -> None:
    stage = sender.report("stage_done", stage=2, scores=[{"competency": "expertise", "value": 90}])
    # Teamwork is measured in two stages, and told of in the last only: that is enough.
    first = sender.report("stage_done", stage=1, scores=[{"competency": "communication", "value": 90}])
    for report in (
        sender.report("started"), first, stage, sender.stage(3), sender.report("completed"),
    ):  # fmt: skip
        assert sender.send(report).json() == {"status": "applied", "code": ""}
    assert sender.state() == "completed"
    waiting = RubricScore.objects.get(value=None)
    assert (waiting.competency.code, waiting.method, waiting.checkpoint.stage.number) == (
        "reaction",
        "person",
        2,
    )
    assert not Assessment.objects.filter(basis="full").exists()

    scoring.override(score_id=waiting.pk, value="80", reason="听了录音", by=people.recruiter())

    assert Assessment.objects.get(basis="full", status="current").competencies.count() == 5


def test_a_vendor_that_scores_nothing_leaves_one_score_each_to_a_person(sender: Sender) -> None:
    stages = [{"stage": number} for number in (1, 2, 3)]
    for report in (sender.report("started"), sender.report("completed", stages=stages)):
        sender.send(report)
    assert sender.state() == "completed"
    assert sorted(RubricScore.objects.values_list("competency__code", "value", "checkpoint__stage__number")) == [
        ("communication", None, 1), ("composure", None, 3), ("expertise", None, 2), ("reaction", None, 2),
        ("teamwork", None, 1),
    ]  # fmt: skip


def test_a_vendors_exit_starts_the_same_chain_and_the_return_ends_it(sender: Sender) -> None:
    for report in (sender.report("started"), sender.stage(1), sender.report("exited", cause="network")):
        sender.send(report)

    exit_ = InterviewExit.objects.get()
    assert (sender.state(), exit_.cause, exit_.evidence["vendor"]) == (
        "interrupted",
        "network",
        sender.vendor.code,
    )
    assert list(FollowUp.objects.values_list("state", flat=True)) == ["open"]
    assert set(Assessment.objects.values_list("basis", flat=True)) == {"partial", "fallback"}

    sender.send(sender.report("resumed"))
    assert sender.state() == "in_progress"
    assert list(FollowUp.objects.values_list("state", "outcome")) == [("closed", "returned")]


def test_a_report_sent_again_is_known_and_does_nothing(sender: Sender) -> None:
    started, exited = sender.report("started"), sender.report("exited", cause="device")
    first = [sender.send(report).status_code for report in (started, exited)]
    again = [(answer.status_code, answer.json()) for answer in (sender.send(started), sender.send(exited))]

    assert (first, again) == ([202, 202], [(200, {"status": "known"})] * 2)
    assert InterviewExit.objects.count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("order", list(itertools.permutations(range(5)))[::7])
def test_any_order_of_arrival_leads_to_the_same_end(order: tuple[int, ...]) -> None:
    sender = Sender()
    reports = [
        sender.report("started"),
        sender.stage(1),
        sender.stage(2),
        sender.stage(3),
        sender.report("completed"),
    ]

    for place in order:
        assert sender.send(reports[place]).status_code == 202

    assert sender.state() == "completed"
    assert Checkpoint.objects.count() == 3
    assert set(VendorEvent.objects.values_list("state", flat=True)) == {"applied"}


def test_an_exit_that_arrives_after_what_came_later_is_kept_and_moves_nothing(sender: Sender) -> None:
    sender.send(sender.report("started"))
    exited, stage = sender.report("exited", cause="network"), sender.stage(1)
    sender.send(stage)

    answer = sender.send(exited)

    assert answer.json() == {"status": "overtaken", "code": "state_in_progress"}
    assert (sender.state(), InterviewExit.objects.count()) == ("in_progress", 0)


@pytest.mark.parametrize("place", [0, 1])
def test_an_exit_in_the_same_second_as_another_report_is_no_later_one(sender: Sender, place: int) -> None:
    """Vendors count in seconds: the exit that follows a stage at once counts, and so does a return in its second."""
    sender.send(sender.report("started"))
    stage, exited, resumed = (
        sender.stage(1),
        sender.report("exited", cause="device"),
        sender.report("resumed"),
    )
    exited["at"] = stage["at"]
    sender.send(stage)
    if place:
        resumed["at"] = exited["at"]
        assert sender.send(resumed).json()["status"] == "waiting"

    assert sender.send(exited).json() == {"status": "applied", "code": ""}

    assert InterviewExit.objects.get().cause == "device"
    assert sender.state() == ("in_progress" if place else "interrupted")
    assert set(VendorEvent.objects.values_list("state", flat=True)) == {"applied"}


def test_an_exit_that_we_noticed_first_is_explained_by_the_vendors_report(sender: Sender) -> None:
    sender.send(sender.report("started"))
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert leases.interrupt_lapsed() == 1
    assert InterviewExit.objects.get().cause == "unknown"
    exited = sender.report("exited", cause="device")

    assert sender.send(exited).json() == {"status": "applied", "code": ""}

    exit_ = InterviewExit.objects.get()
    assert (exit_.cause, exit_.is_announced, exit_.evidence["report"]) == ("device", False, exited["id"])
    assert exit_.evidence["saved_stages"] == 0, "what we noted ourselves stays"
    again = sender.send(sender.report("exited", cause="network")).json()
    assert (again["status"], InterviewExit.objects.get().cause) == ("waiting", "device")


def test_nothing_moves_a_finished_interview(sender: Sender) -> None:
    for report in (sender.report("started"), sender.stage(1), sender.stage(2), sender.stage(3),
                   sender.report("completed")):  # fmt: skip
        sender.send(report)

    answer = sender.send(sender.report("exited", cause="network"))

    assert (answer.json()["status"], sender.state()) == ("overtaken", "completed")
    assert not InterviewExit.objects.exists()


def test_another_vendors_words_are_mapped_and_a_mood_is_kept_but_never_used() -> None:
    sender = Sender("yimian")
    sender.send(sender.report("interview.begin"))
    scores = [
        {"competency": "沟通表达", "value": 8.5},
        {"competency": "表情", "value": 9},
        {"competency": "情绪状态", "value": 3},
    ]
    sender.send(sender.report("section.finish", stage=1, scores=scores))
    sender.send(sender.report("interview.leave", cause="切换应用"))

    assert list(RubricScore.objects.values_list("competency__code", "value")) == [("communication", 85)]
    assert VendorEvent.objects.get(kind="stage_done").payload["scores"] == scores
    assert InterviewExit.objects.get().cause == "app_switched"


def test_a_report_of_the_window_that_arrives_after_it_still_counts(sender: Sender) -> None:
    reports = [sender.report("started"), sender.stage(1), sender.stage(2), sender.stage(3)]
    reports.append(sender.report("completed"))
    Interview.objects.filter(pk=sender.interview.pk).update(
        window_opens_at=sender.clock - timedelta(hours=1),
        window_closes_at=sender.clock + timedelta(minutes=1),
    )

    with time_machine.travel(sender.clock + timedelta(hours=1), tick=False):
        assert [sender.send(report).json()["status"] for report in reports] == ["applied"] * 5

    assert Interview.objects.get(pk=sender.interview.pk).state == "completed"


def test_what_was_kept_and_not_applied_is_applied_by_the_job(sender: Sender) -> None:
    VendorEvent.objects.create(
        vendor=sender.vendor, event_id="lost", reference="R-1", kind="started", occurred_at=timezone.now()
    )

    assert polling.apply_waiting() == 1
    assert sender.state() == "in_progress"


def test_a_report_does_not_wait_for_ever(sender: Sender) -> None:
    sender.send(sender.report("resumed"))
    VendorEvent.objects.update(received_at=timezone.now() - timedelta(hours=2))

    polling.apply_waiting()

    assert list(VendorEvent.objects.values_list("state", "code")) == [("refused", "state_scheduled")]


def test_a_vendors_lease_lasts_two_hours_from_its_last_word(sender: Sender) -> None:
    sender.send(sender.report("started"))

    left = Interview.objects.get(pk=sender.interview.pk).lease.expires_at - timezone.now()

    assert timedelta(minutes=119) < left <= timedelta(hours=2)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_example_sender_is_understood(live_server: Any) -> None:
    sender = Sender()
    script = str(ROOT / "docs" / "examples" / "vendor_sender.py")
    command = [sys.executable, script, live_server.url, sender.vendor.code, sender.secret, "R-1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert sender.state() == "interrupted"

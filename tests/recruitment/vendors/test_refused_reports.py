"""Reports that are refused, with their codes, and who may connect a vendor."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core.errors import Forbidden, Refused
from people.actors import Party
from recruitment.models import (
    Checkpoint,
    Interview,
    RubricScore,
    VendorEvent,
    VendorInterview,
)  # fmt: skip
from recruitment.services import interviews
from recruitment.vendors.services import connections, polling
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.vendors.sender import Sender

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"signature": "0" * 64}, 401, "signature_wrong"),
        ({"signature": "ä"}, 401, "signature_wrong"),
        ({"timestamp": "1600000000"}, 401, "timestamp_stale"),
        ({"timestamp": "soon"}, 401, "timestamp_stale"),
        ({"code": "nobody"}, 401, "signature_wrong"),
        ({"timestamp": "179583640_0"}, 401, "timestamp_stale"),
        ({"timestamp": ""}, 401, "timestamp_stale"),
    ],
)
def test_who_cannot_prove_who_they_are_changes_nothing(
    sender: Sender, change: dict[str, str], status: int, code: str
) -> None:
    if change.get("signature") == "ä":
        change = {"signature": "\u00e4"}
    answer = sender.send(sender.report("started"), **change)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (sender.state(), VendorEvent.objects.count()) == ("scheduled", 0)


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        (lambda report: b"{", 422, "body_unreadable"),
        (lambda report: b"[]", 422, "body_unreadable"),
        (lambda report: b"\xff\xfe", 422, "body_unreadable"),
        (lambda report: b"[" * 100_000, 422, "body_unreadable"),
        (lambda report: {**report, "note": "a\x00b"}, 422, "body_unreadable"),
        (lambda report: {**report, "id": 7}, 422, "field_missing"),
        (lambda report: {**report, "id": "x" * 101}, 422, "field_missing"),
        (lambda report: {**report, "event": "danced"}, 422, "kind_unknown"),
        (lambda report: {**report, "at": "yesterday"}, 422, "time_unreadable"),
        (lambda report: {**report, "at": "2026-11-23T10:00:00"}, 422, "time_unreadable"),
        (lambda report: {**report, "at": "2026-13-45T10:00:00Z"}, 422, "time_unreadable"),
        (lambda report: {**report, "interview": "R-9"}, 404, "reference_unknown"),
        (lambda report: b" " * (256 * 1024 + 1), 413, "report_too_large"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused_with_a_code(
    sender: Sender, spoil: Callable[[Any], Any], status: int, code: str
) -> None:
    answer = sender.send(spoil(sender.report("started")))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (sender.state(), VendorEvent.objects.count()) == ("scheduled", 0)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"stage": 9}, "stage_unknown"),
        ({"stage": "1"}, "stage_unknown"),
        ({"stage": 1, "scores": [{"competency": "communication", "value": 101}]}, "score_unreadable"),
        ({"stage": 1, "scores": [{"competency": "communication", "value": "NaN"}]}, "score_unreadable"),
        ({"stage": 1, "scores": [{"competency": "communication"}]}, "score_unreadable"),
        ({"stage": 1, "scores": ["communication"]}, "score_unreadable"),
    ],
)
def test_a_stage_that_makes_no_sense_is_kept_as_refused_and_saves_nothing(
    sender: Sender, more: dict[str, Any], code: str
) -> None:
    sender.send(sender.report("started"))

    answer = sender.send(sender.report("stage_done", **more))

    assert answer.json() == {"status": "refused", "code": code}
    assert not Checkpoint.objects.exists() and not RubricScore.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('"x": NaN', "body_unreadable"),
        ('"x": 1e999', "body_unreadable"),
        ('"x": "\\ud800"', "body_unreadable"),
        ('"x": "\\u0000"', "body_unreadable"),
        ('"x": ' + "[" * 960 + "]" * 960, "body_unreadable"),
        ('"at": "0001-01-01T00:00:00+08:00"', "time_unreadable"),
        ('"at": "9999-12-31T23:59:59-08:00"', "time_unreadable"),
        ('"id": "\\udfff"', "body_unreadable"),
    ],
)
def test_what_cannot_be_kept_is_refused_before_it_is_kept(sender: Sender, body: str, code: str) -> None:
    whole = json.dumps(sender.report("started"))[:-1] + f", {body}}}"

    answer = sender.send(whole.encode())

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not VendorEvent.objects.exists()


def test_stages_that_are_no_list_are_refused_and_hold_nobody_up(sender: Sender) -> None:
    sender.send(sender.report("started"))
    answer = sender.send(sender.report("completed", stages=5))
    assert answer.json() == {"status": "refused", "code": "stage_unknown"}

    other = Sender()
    VendorEvent.objects.update(state="waiting", payload=[])
    VendorEvent.objects.create(
        vendor=other.vendor,
        event_id="e1",
        reference="R-1",
        kind="started",
        occurred_at=timezone.now(),
        payload={},
    )
    assert polling.apply_waiting() > 0, "one vendor's unreadable reports are not another's"
    assert Interview.objects.get(pk=other.interview.pk).state == "in_progress"


def test_a_candidate_cannot_enter_our_room_for_a_vendors_interview(sender: Sender) -> None:
    with pytest.raises(Refused) as raised:
        interviews.enter(interview_id=sender.interview.pk, by=Party.CANDIDATE)
    assert (raised.value.code, sender.state()) == ("held_elsewhere", "scheduled")


def test_a_secret_is_encrypted_at_rest_and_only_the_lead_renews_it(sender: Sender) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret_sealed FROM recruitment_vendor")
        assert sender.secret not in cursor.fetchone()[0]
    with pytest.raises(Forbidden):
        connections.renew_secret(vendor_id=sender.vendor.pk, by=people.recruiter())

    connections.renew_secret(vendor_id=sender.vendor.pk, by=people.lead())
    assert sender.send(sender.report("started")).status_code == 401


def test_only_an_interview_that_has_not_begun_is_handed_over(sender: Sender) -> None:
    begun, hr = make.interview(state="in_progress"), people.recruiter()
    for interview_id, reference, code in (
        (begun.pk, "R-2", "interview_begun"), (make.interview().pk, "R-1", "reference_taken"),
        (make.interview().pk, " ", "reference_invalid"),
    ):  # fmt: skip
        with pytest.raises(Exception) as raised:
            connections.hand_over(
                interview_id=interview_id, vendor_id=sender.vendor.pk, reference=reference, by=hr
            )
        assert raised.value.code == code
    assert VendorInterview.objects.count() == 1

"""A record that is held for a dispute: nothing of it goes, by no job."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.errors import DomainError
from core.history.models import Change, Look
from core.history.opening import opened
from core.jobs.retention import forget_all
from people.models import User
from recruitment.models import Application, Hold, RoomLink, Segment
from recruitment.privacy.services import erasing, holding
from recruitment.recordings import retention
from recruitment.services import merging
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


@pytest.fixture
def lead() -> User:
    return people.lead()


def refused(call: Any, **given: Any) -> str:
    with pytest.raises(DomainError) as error:
        call(**given)
    return error.value.code


def old(name: str) -> RoomLink:
    """Somebody with a link, a recording, a change and a look of long ago."""
    row = make.interview(make.application(candidate=make.candidate(name, phone="")), state="in_progress")
    answer = make.saved_stage(row, 1, text="答").interview.answers.first()
    Segment.objects.create(answer=answer, number=0, epoch=1, mime="audio/webm")
    Segment.objects.update(opened_at=timezone.now() - timedelta(days=2000))
    candidate = row.application.candidate
    Look.objects.create(kind="page", model="recruitment.candidate", object_id=str(candidate.pk))
    with opened():
        Look.objects.update(at=timezone.now() - timedelta(days=2000))
        Change.objects.update(at=timezone.now() - timedelta(days=2000))
    return RoomLink.objects.create(
        interview=row, token_hash=name, expires_at=timezone.now() - timedelta(days=500)
    )


def test_nothing_of_a_held_record_goes_by_its_period(lead: User) -> None:
    held, free = old("被扣"), old("自由")
    candidate = held.interview.application.candidate
    row = holding.hold(candidate_id=candidate.pk, reason="仲裁", by=lead)

    forget_all()
    retention.delete_due()

    assert set(RoomLink.objects.all()) == {held}
    assert set(Look.objects.values_list("object_id", flat=True)) == {str(candidate.pk)}
    left = set(Change.objects.filter(model="recruitment.interview").values_list("object_id", flat=True))
    assert left == {str(held.interview_id)}
    stored = Segment.objects.filter(deletion_reason="")
    assert set(stored.values_list("answer__interview", flat=True)) == {held.interview_id}

    holding.lift(hold_id=row.pk, reason="已和解", by=lead)
    forget_all()
    retention.delete_due()
    assert not RoomLink.objects.exists() and not Segment.objects.filter(deletion_reason="").exists()
    assert free.interview_id != held.interview_id


def test_a_hold_ends_after_its_day(lead: User) -> None:
    row = make.candidate()
    today = timezone.localdate()
    assert (
        refused(holding.hold, candidate_id=row.pk, reason="仲裁", until=today - timedelta(1), by=lead)
        == "day_past"
    )
    hold = holding.hold(candidate_id=row.pk, reason="仲裁", until=today, by=lead)
    assert set(Hold.objects.standing()) == {hold}
    assert refused(holding.hold, candidate_id=row.pk, reason="仲裁", by=lead) == "held_already"
    Hold.objects.update(until=today - timedelta(1))
    assert not Hold.objects.standing().exists()
    assert set(Hold.objects.standing()) == set()
    again = holding.hold(candidate_id=row.pk, reason="再次仲裁", by=lead)
    assert set(Hold.objects.standing()) == {again}


def test_only_the_lead_holds_and_lifts_with_a_reason(lead: User) -> None:
    row = make.candidate()
    assert refused(holding.hold, candidate_id=row.pk, reason="仲裁", by=people.recruiter()) == "not_permitted"
    assert refused(holding.hold, candidate_id=row.pk, reason=" ", by=lead) == "reason_missing"
    assert refused(holding.hold, candidate_id=0, reason="仲裁", by=lead) == "candidate_unknown"
    hold = holding.hold(candidate_id=row.pk, reason="仲裁", by=lead)
    assert refused(holding.lift, hold_id=hold.pk, reason="", by=lead) == "reason_missing"
    assert refused(holding.lift, hold_id=0, reason="好", by=lead) == "hold_unknown"
    holding.lift(hold_id=hold.pk, reason="已和解", by=lead)
    assert refused(holding.lift, hold_id=hold.pk, reason="已和解", by=lead) == "lifted_already"


def test_a_held_record_is_not_merged_away(lead: User) -> None:
    keep, gone = make.candidate(), make.candidate(phone="13700001111", email="b@b.com")
    holding.hold(candidate_id=gone.pk, reason="仲裁", by=lead)
    assert refused(merging.merge, keep_id=keep.pk, gone_id=gone.pk, by=lead) == "held"


def test_holds_that_ended_by_their_day_keep_nobody_from_being_merged(lead: User) -> None:
    keep, gone = make.candidate(), make.candidate(phone="13700001111", email="b@b.com")
    today = timezone.localdate()
    for row in (keep, gone):
        holding.hold(candidate_id=row.pk, reason="仲裁", until=today, by=lead)
    given = {"keep_id": keep.pk, "gone_id": gone.pk, "by": lead}
    assert refused(merging.merge, **given) == "held"
    Hold.objects.update(until=today - timedelta(1))
    merging.merge(**given)
    assert set(Hold.objects.values_list("candidate", "until")) == {(keep.pk, today - timedelta(1))}
    again = holding.hold(candidate_id=keep.pk, reason="再次仲裁", by=lead)
    assert set(Hold.objects.standing()) == {again}


def of_one_person(lead: User) -> tuple[RoomLink, RoomLink]:
    """Two applications of one person, each with a link, a recording and changes of long ago."""
    first, second = old("甲"), old("乙")
    other = second.interview.application.candidate
    Application.objects.filter(candidate=other).update(candidate=first.interview.application.candidate)
    return first, second


def test_of_one_application_nothing_goes_and_of_the_others_by_their_periods(lead: User) -> None:
    held, free = of_one_person(lead)
    application = Application.objects.get(pk=held.interview.application_id)
    row = holding.hold_application(application_id=application.pk, reason="仲裁", by=lead)
    assert (row.candidate, row.application) == (application.candidate, application)

    forget_all()
    retention.delete_due()

    assert set(RoomLink.objects.all()) == {held}
    stored = Segment.objects.filter(deletion_reason="")
    assert set(stored.values_list("answer__interview", flat=True)) == {held.interview_id}
    left = set(Change.objects.filter(model="recruitment.interview").values_list("object_id", flat=True))
    assert left == {str(held.interview_id)}

    holding.lift(hold_id=row.pk, reason="已和解", by=lead)
    forget_all()
    retention.delete_due()
    assert not RoomLink.objects.exists() and not Segment.objects.filter(deletion_reason="").exists()
    assert free.interview_id != held.interview_id


def test_who_has_a_held_application_is_neither_erased_nor_merged_away(lead: User) -> None:
    one = make.application(stage="rejected", stood_at="screening")
    row = holding.hold_application(application_id=one.pk, reason="仲裁", by=lead)
    given = {"candidate_id": one.candidate_id, "reason": "要求", "by": lead}
    assert refused(erasing.decide, **given) == "held"
    keep = make.candidate(phone="13700001111", email="b@b.com")
    assert refused(merging.merge, keep_id=keep.pk, gone_id=one.candidate_id, by=lead) == "held"
    holding.lift(hold_id=row.pk, reason="已和解", by=lead)
    assert erasing.decide(**given).state == "waiting"


def test_each_application_is_held_once_beside_the_whole_record(lead: User) -> None:
    first = make.application(stage="rejected", stood_at="screening")
    second = make.application(candidate=first.candidate)
    holds = [
        holding.hold(candidate_id=first.candidate_id, reason="甲", by=lead),
        holding.hold_application(application_id=first.pk, reason="乙", by=lead),
        holding.hold_application(application_id=second.pk, reason="丙", by=lead),
    ]
    assert set(Hold.objects.standing()) == set(holds)
    given = {"application_id": first.pk, "reason": "仲裁"}
    assert refused(holding.hold_application, **given, by=lead) == "held_already"
    assert refused(holding.hold_application, **given, by=people.recruiter()) == "not_permitted"
    assert (
        refused(holding.hold_application, application_id=0, reason="仲裁", by=lead) == "application_unknown"
    )
    past = timezone.localdate() - timedelta(1)
    assert refused(holding.hold_application, **given, until=past, by=lead) == "day_past"
    Hold.objects.filter(pk=holds[1].pk).update(until=past)
    again = holding.hold_application(**given, by=lead)
    assert set(Hold.objects.standing()) == {holds[0], holds[2], again}

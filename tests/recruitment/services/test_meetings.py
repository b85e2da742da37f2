"""Interviews that people hold: HR says whether the candidate came, and the chain runs as for any other."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.errors import DomainError, Forbidden, Invalid, Refused
from core.events.models import Event, Reaction
from people.actors import Party
from recruitment.models import Application, Assessment, FollowUp, Interview, Lease
from recruitment.queries import unscored_by_person
from recruitment.services import endings, meetings, scheduling
from reports import weekly
from reports.progress import progress
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def meeting(stage: str = "second_round", **fields: Any) -> Interview:
    """A second round with people, at this hour."""
    fields = {"kind": "people", "round": 2, **fields}
    return make.interview(make.application(stage=stage), **fields)


def told(interview: Interview) -> list[str]:
    """The interview's own events, in order."""
    events = Event.objects.filter(subject_type="recruitment.interview", subject_id=interview.pk)
    return list(events.order_by("id").values_list("kind", flat=True))


def snapshot() -> dict[str, Any]:
    models = (Interview, Lease, Application, FollowUp, Assessment, Event)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def refused(call: Any, error: type[DomainError], code: str) -> None:
    before = snapshot()
    with pytest.raises(error) as raised:
        call()
    assert raised.value.code == code
    assert snapshot() == before


def test_it_took_place_without_stages_or_report_and_every_receiver_ran() -> None:
    interview, hr = meeting(), people.recruiter()
    make.written_test(interview.application)

    meetings.took_place(interview_id=interview.pk, by=hr, note="谈得很好")

    interview = Interview.objects.select_related("lease", "application").get(pk=interview.pk)
    assert (interview.state, interview.application.stage, interview.lease.live) == (
        "completed",
        "second_round",
        False,
    )
    assert interview.started_at is not None and interview.completed_at is not None
    assert told(interview) == ["interview_started", "interview_completed"]
    assert Event.objects.get(kind="interview_completed").facts["note"] == "谈得很好"
    assert set(Reaction.objects.values_list("state", flat=True)) == {"done"}
    assert (
        not Assessment.objects.exists()
        and not Interview.objects.visible_to(hr).filter(unscored_by_person()).exists()
    )
    week = weekly.week(timezone.localdate(), user=None)
    # Without stages and report it is in no figure about AI interviews.
    assert (week.started, week.completed, week.interrupted, week.pass_rate.denominator) == (0, 0, 0, 0)
    assert not [one for one in progress(interview.application.opening).pass_rate.excluded if one.count]


@pytest.mark.parametrize(("stage", "after"), [("screening", "evaluating"), ("interviewing", "evaluating")])
def test_a_first_round_with_people_moves_the_application_on(stage: str, after: str) -> None:
    interview = meeting(stage, round=1)
    meetings.took_place(interview_id=interview.pk, by=people.recruiter())
    assert Application.objects.get().stage == after


def test_what_was_broken_off_may_have_taken_place_after_all() -> None:
    interview = meeting(state="interrupted")
    meetings.took_place(interview_id=interview.pk, by=people.recruiter())
    assert told(interview) == ["interview_completed"]
    assert interview.exits.get().returned_at is not None


def test_who_did_not_come_is_missed_called_and_given_a_new_time() -> None:
    interview, hr = meeting(), people.recruiter()

    meetings.did_not_come(interview_id=interview.pk, by=hr)

    assert Interview.objects.get().state == "missed"
    assert told(interview) == ["interview_missed"]
    assert FollowUp.objects.get().state == "open"
    assert set(Reaction.objects.values_list("state", flat=True)) == {"done"}
    opens = timezone.now() + timedelta(days=1)
    scheduling.reschedule(
        interview_id=interview.pk, opens_at=opens, closes_at=opens + timedelta(hours=1), by=hr
    )
    assert Interview.objects.get().state == "scheduled"


@pytest.mark.parametrize("step", [meetings.took_place, meetings.did_not_come])
def test_what_is_refused_leaves_everything_as_it_was(step: Any) -> None:
    hr, later = people.recruiter(), timezone.now() + timedelta(hours=2)
    room, vendor = make.interview(), make.interview(kind="vendor")
    done = meeting(state="completed")
    ahead = meeting(window_opens_at=later, window_closes_at=later + timedelta(hours=1))

    refused(lambda: step(interview_id=room.pk, by=hr), Refused, "not_held_by_people")
    refused(lambda: step(interview_id=vendor.pk, by=hr), Refused, "not_held_by_people")
    refused(lambda: step(interview_id=done.pk, by=hr), Refused, "step_not_allowed")
    refused(lambda: step(interview_id=ahead.pk, by=hr), Refused, "window_not_open")
    refused(lambda: step(interview_id=ahead.pk, by=people.manager()), Forbidden, "not_permitted")
    refused(lambda: step(interview_id=ahead.pk, by=Party.CANDIDATE), Forbidden, "not_permitted")


def test_a_note_has_its_length() -> None:
    interview, hr = meeting(), people.recruiter()
    refused(
        lambda: meetings.took_place(interview_id=interview.pk, by=hr, note="长" * 501),
        Invalid,
        "note_too_long",
    )


def test_the_clock_alone_never_says_so() -> None:
    past = timezone.now() - timedelta(days=2)
    interview = meeting(window_opens_at=past, window_closes_at=past + timedelta(hours=1))
    assert not endings.miss(interview_id=interview.pk)
    meetings.did_not_come(interview_id=interview.pk, by=people.recruiter())
    assert Interview.objects.get().state == "missed"

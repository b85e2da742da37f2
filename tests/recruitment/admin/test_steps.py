"""Every step is a POST that calls its service; what a service refuses leaves everything as it was."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django import forms
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.test import Client
from django.urls import reverse

from core.admin.steps import StepForm
from recruitment.models import (
    Assessment,
    ContactAttempt,
    FollowUp,
    Interview,
    InterviewExit,
    RoomLink,
    RubricScore,
)
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.admin.stepping import ALL_STEPS, ROWS, said, state, step, window

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("admin", "name"), ALL_STEPS)
def test_a_step_is_never_taken_by_get(as_hr, story, admin, name):
    before = state()
    one = next(one for one in admin.steps if one.name == name)
    row = ROWS[admin].objects.earliest("pk")
    assert as_hr.get(step(row, name)).status_code == (405 if one.form is None else 200)
    assert as_hr.put(step(row, name)).status_code == 405
    assert state() == before


@pytest.mark.parametrize("who", [people.manager, people.user, None])
def test_nobody_else_takes_a_step(client, story, who):
    if who:
        client.force_login(who())
    before = state()
    for admin, name in ALL_STEPS:
        row = ROWS[admin].objects.earliest("pk")
        answer = client.post(step(row, name), {"reason": "x", **window()})
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("admin:login"))
    assert state() == before


def test_no_step_asks_for_several_by_a_list_that_takes_a_key_held_down() -> None:
    """A phone has no Ctrl: several of many are looked up, several of a few have a tick each."""

    def below(form: type[StepForm]) -> Iterator[type[StepForm]]:
        for one in form.__subclasses__():
            yield one
            yield from below(one)

    plain = {
        (form.__name__, name)
        for form in below(StepForm)
        for name, field in form.base_fields.items()
        if isinstance(field.widget, forms.SelectMultiple)
        and not isinstance(field.widget, AutocompleteSelectMultiple)
    }
    assert plain == set()


def test_a_step_needs_the_csrf_token(story, recruiter):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(recruiter)
    before = state()
    assert strict.post(step(story.follow_up, "claim")).status_code == 403
    assert state() == before


def test_unknown_steps_and_records_are_not_found(as_hr, story):
    assert as_hr.post(step(story.interview, "abandon")).status_code == 404
    address = reverse("admin:recruitment_interview_step", args=[story.interview.pk + 999, "cancel"])
    assert as_hr.post(address).status_code == 404


def test_one_click_claims_a_follow_up_and_leads_back_to_the_queue(as_hr, story, recruiter):
    queue = reverse("admin:recruitment_followup_changelist") + "?work=overdue"
    answer = as_hr.post(step(story.follow_up, "claim"), headers={"referer": f"http://testserver{queue}"})
    assert answer.headers["Location"] == f"http://testserver{queue}"
    follow_up = story.follow_up
    assert (follow_up.state, follow_up.assignee) == ("claimed", recruiter)


def test_a_step_leads_to_no_foreign_address(as_hr, story):
    answer = as_hr.post(step(story.follow_up, "claim"), {"next": "https://evil.example/"})
    assert answer.headers["Location"] == reverse(
        "admin:recruitment_followup_change", args=[story.follow_up.pk]
    )


def test_what_somebody_else_claimed_is_refused(as_hr, story):
    as_hr.post(step(story.follow_up, "claim"))
    other = Client()
    other.force_login(people.recruiter(name="另一位"))
    before = state()
    answer = other.post(step(story.follow_up, "claim"))
    assert answer.status_code == 302
    assert len(said(answer)) == 1
    assert state() == before


@pytest.mark.parametrize(("name", "reached"), [("reached", True), ("not-reached", False)])
def test_one_click_notes_a_call(as_hr, story, recruiter, name, reached):
    as_hr.post(step(story.follow_up, name))
    assert list(ContactAttempt.objects.values_list("follow_up", "by", "channel", "reached")) == [
        (story.follow_up.pk, recruiter.pk, "phone", reached)
    ]


def test_another_contact_is_noted_with_its_channel(as_hr, story):
    as_hr.post(step(story.follow_up, "contact"), {"channel": "wecom", "reached": "on", "note": "晚上再打"})
    assert list(ContactAttempt.objects.values_list("channel", "reached", "note")) == [
        ("wecom", True, "晚上再打")
    ]
    before = state()
    assert as_hr.post(step(story.follow_up, "contact"), {"channel": "smoke signals"}).status_code == 422
    assert state() == before


def test_the_cause_is_recorded_beside_the_noticed_one(as_hr, story, recruiter):
    as_hr.post(step(story.follow_up, "cause"), {"cause": "device"})
    exit_ = InterviewExit.objects.get()
    assert (exit_.cause, exit_.corrected_cause, exit_.corrected_by) == ("network", "device", recruiter)
    before = state()
    assert as_hr.post(step(story.follow_up, "cause"), {"cause": "the dog"}).status_code == 422
    assert state() == before


def test_the_cause_is_recorded_on_the_interview_of_its_own_exits_only(as_hr, story):
    other = make.exit_(make.interview(state="in_progress"))
    before = state()
    answer = as_hr.post(step(story.interview, "correct-cause"), {"exit": other.pk, "cause": "device"})
    assert answer.status_code == 422
    assert state() == before
    mine = story.interview.exits.get()
    as_hr.post(step(story.interview, "correct-cause"), {"exit": mine.pk, "cause": "device"})
    mine.refresh_from_db()
    assert mine.corrected_cause == "device"


def test_a_follow_up_is_closed_with_its_outcome_once(as_hr, story):
    values = {"outcome": "unreachable", "cause": "unwilling", "note": "三次未接"}
    as_hr.post(step(story.follow_up, "close"), values)
    follow_up = FollowUp.objects.get()
    assert (follow_up.state, follow_up.outcome, follow_up.note) == ("closed", "unreachable", "三次未接")
    assert follow_up.exit.corrected_cause == "unwilling"
    before = state()
    assert as_hr.post(step(follow_up, "close"), {"outcome": "reached"}).status_code == 422
    assert as_hr.post(step(follow_up, "claim")).status_code == 302
    assert state() == before


def test_outcomes_that_only_the_system_notices_are_not_offered(as_hr, story):
    before = state()
    assert as_hr.post(step(story.follow_up, "close"), {"outcome": "returned"}).status_code == 422
    assert state() == before


def test_an_interview_is_rescheduled_with_its_stages(as_hr, story):
    assert (
        as_hr.post(step(story.interview, "reschedule"), {**window(), "keep_checkpoints": "on"}).status_code
        == 302
    )
    interview = Interview.objects.get()
    assert (interview.state, interview.attempt, interview.saved_stages) == ("scheduled", 2, 2)
    assert FollowUp.objects.get().outcome == "rescheduled"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"opens_at": "2026-12-01T10:00", "closes_at": "2026-12-01T09:00"},
        {"opens_at": "2020-12-01T08:00", "closes_at": "2020-12-01T09:00"},
        {"opens_at": "2031-12-01T08:00", "closes_at": "2031-12-01T09:00"},
        {"opens_at": "yesterday", "closes_at": "9999-12-31T23:59"},
    ],
)
def test_a_window_that_makes_no_sense_is_refused_with_its_reason(as_hr, story, values):
    before = state()
    answer = as_hr.post(step(story.interview, "reschedule"), values)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert state() == before


def test_a_finished_interview_is_neither_moved_nor_cancelled(as_hr):
    interview = make.interview(state="completed")
    before = state()
    assert as_hr.post(step(interview, "reschedule"), window()).status_code == 422
    assert as_hr.post(step(interview, "cancel")).status_code == 422
    assert state() == before


def test_an_interview_is_cancelled_with_all_that_hangs_on_it(as_hr, story):
    assert as_hr.post(step(story.interview, "cancel")).status_code == 302
    assert Interview.objects.get().state == "cancelled"
    assert FollowUp.objects.get().outcome == "cancelled"
    assert set(Assessment.objects.values_list("status", flat=True)) == {"withdrawn"}


def test_a_link_is_shown_once_and_kept_as_a_hash(as_hr, story):
    answer = as_hr.post(step(story.interview, "mint"))
    address = answer.context["address"]
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert address in answer.content.decode()
    token = address.rsplit("/", 1)[1]
    assert len(token) >= 43
    page = as_hr.get(
        reverse("admin:recruitment_interview_change", args=[story.interview.pk])
    ).content.decode()
    assert token not in page
    assert RoomLink.objects.latest("pk").token_hash not in page
    assert said(answer) == []


def test_a_link_is_revoked_where_it_belongs(as_hr, story):
    mine = RoomLink.objects.get()
    assert as_hr.post(step(story.interview, "revoke"), {"link": mine.pk}).status_code == 302
    mine.refresh_from_db()
    assert mine.revoked_at is not None
    foreign = make.interview(state="in_progress")
    assert as_hr.post(step(foreign, "revoke"), {"link": mine.pk}).status_code == 422
    assert as_hr.post(step(mine, "revoke")).status_code == 302


def test_a_reviewers_score_stands_beside_the_rubrics(as_hr, story, recruiter):
    score = RubricScore.objects.earliest("pk")
    was = score.value
    values = {"score": score.pk, "value": "62.5", "reason": "回答太笼统"}
    assert as_hr.post(step(story.interview, "override"), values).status_code == 302
    score.refresh_from_db()
    assert (score.value, score.override, score.overridden_by) == (was, Decimal("62.50"), recruiter)
    assert Assessment.objects.filter(basis="partial", status="superseded").count() == 1


@pytest.mark.parametrize(
    "values",
    [{"value": "101", "reason": "x"}, {"value": "nan", "reason": "x"}, {"value": "80", "reason": " "}],
)
def test_a_score_without_sense_or_reason_is_refused(as_hr, story, values):
    score = RubricScore.objects.earliest("pk")
    before = state()
    assert as_hr.post(step(story.interview, "override"), {"score": score.pk, **values}).status_code == 422
    assert state() == before


def test_the_score_of_another_interview_cannot_be_reviewed_from_here(as_hr, story):
    other = make.interview(state="in_progress")
    before = state()
    values = {"score": RubricScore.objects.earliest("pk").pk, "value": "80", "reason": "x"}
    assert as_hr.post(step(other, "override"), values).status_code == 422
    assert state() == before

"""Every step is a POST that calls its service; what a service refuses leaves everything as it was."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.events.models import Event
from recruitment.admin.applications import ApplicationAdmin
from recruitment.admin.follow_ups import FollowUpAdmin
from recruitment.admin.interviews import InterviewAdmin
from recruitment.admin.traces import InterviewExitAdmin, RoomLinkAdmin
from recruitment.evaluation.admin.assessments import DecisionAdmin
from recruitment.models import (
    Application,
    Assessment,
    Candidate,
    ContactAttempt,
    Decision,
    FollowUp,
    Interview,
    InterviewExit,
    Invitation,
    RoomLink,
    RubricScore,
)
from recruitment.services import applications
from tests.factories import people, segments
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db

WATCHED = [
    Application,
    Assessment,
    ContactAttempt,
    Decision,
    FollowUp,
    Interview,
    InterviewExit,
    Invitation,
    RoomLink,
]


def state() -> dict:
    """Everything a step could change."""
    rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in WATCHED}
    return rows | {
        "events": Event.objects.count(),
        "scores": list(RubricScore.objects.order_by("pk").values()),
    }


def step(row, name: str) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_step", args=[row.pk, name])


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def window(days: int = 1) -> dict[str, str]:
    """So long that it holds a working day's daytime, whenever the tests run."""
    opens = timezone.localtime() + timedelta(days=days)
    return {
        "opens_at": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_at": f"{opens + timedelta(days=12):%Y-%m-%dT%H:%M}",
    }


ALL_STEPS = [
    (admin, one.name)
    for admin in (
        ApplicationAdmin,
        DecisionAdmin,
        FollowUpAdmin,
        InterviewAdmin,
        InterviewExitAdmin,
        RoomLinkAdmin,
    )
    for one in admin.steps
]
ROWS = {
    ApplicationAdmin: Application,
    DecisionAdmin: Decision,
    FollowUpAdmin: FollowUp,
    InterviewAdmin: Interview,
    InterviewExitAdmin: InterviewExit,
    RoomLinkAdmin: RoomLink,
}


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


def test_inviting_on_the_fallback_shows_the_score_first_and_keeps_its_basis(as_hr, story, recruiter):
    decision = Decision.objects.get(assessment__basis="fallback")
    page = as_hr.get(step(decision, "invite")).content.decode()
    report = decision.assessment
    for figure in (report.value, report.low, report.high):
        assert f"{figure:.0f}" in page
    assert not Invitation.objects.exists()
    assert as_hr.post(step(decision, "invite")).status_code == 302
    assert list(Invitation.objects.values_list("basis", "invited_by")) == [("fallback", recruiter.pk)]
    assert Application.objects.get().stage == "second_round"
    before = state()
    assert as_hr.post(step(decision, "invite")).status_code == 422
    assert state() == before


def test_declining_rejects_nobody(as_hr, story):
    decision = Decision.objects.waiting().get()
    assert as_hr.post(step(decision, "decline")).status_code == 302
    decision.refresh_from_db()
    assert (decision.outcome, Application.objects.get().stage) == ("declined", "interviewing")


def test_an_application_is_made_once_per_opening(as_hr):
    opening, candidate = make.opening(), make.candidate()
    address = reverse("admin:recruitment_application_add")
    values = {"candidate": candidate.pk, "opening": opening.pk, "planned_start": ""}
    application = as_hr.post(address, values).headers["Location"]
    assert application == reverse("admin:recruitment_application_change", args=[Application.objects.get().pk])
    answer = as_hr.post(address, values)
    assert (answer.status_code, Application.objects.count()) == (422, 1)
    assert answer.context["form"].non_field_errors()


def test_an_application_goes_through_its_stages(as_hr):
    application = make.application(stage="second_round")
    for name, stage in (("make_offer", "offer"), ("hire", "hired")):
        assert as_hr.post(step(application, name)).status_code == 302
        assert Application.objects.get().stage == stage
    before = state()
    assert as_hr.post(step(application, "screen")).status_code == 302
    assert as_hr.post(step(application, "reject"), {"reason": "太晚了"}).status_code == 422
    assert state() == before


def test_a_rejection_needs_its_reason(as_hr):
    application = make.application(stage="second_round")
    before = state()
    assert as_hr.post(step(application, "reject"), {"reason": " "}).status_code == 422
    assert state() == before
    assert as_hr.post(step(application, "reject"), {"reason": "经验不符"}).status_code == 302
    application = Application.objects.get()
    assert (application.stage, application.end_reason) == ("rejected", "经验不符")


def test_an_interview_is_scheduled_from_the_application(as_hr):
    application = make.application()
    values = {**window(), "kind": "room", "round": 1}
    assert as_hr.post(step(application, "schedule"), values).status_code == 302
    assert list(Interview.objects.values_list("application", "state", "attempt")) == [
        (application.pk, "scheduled", 1)
    ]
    before = state()
    assert as_hr.post(step(application, "schedule"), values).status_code == 422
    assert state() == before


def test_a_start_date_without_a_calendar_year_is_refused(as_hr):
    application = make.application()
    before = state()
    for day in ("2031-03-03", "2020-03-03", "2026-02-30"):
        assert as_hr.post(step(application, "plan_start"), {"planned_start": day}).status_code == 422
    assert state() == before


def test_new_evidence_brings_the_estimate_up_to_date(as_hr, story):
    old = Assessment.objects.get(basis="fallback", status="current")
    test = story.application.written_tests.get()
    fact = story.application.resume_facts.get()
    values = {
        "interviews-TOTAL_FORMS": 0,
        "interviews-INITIAL_FORMS": 0,
        "written_tests-TOTAL_FORMS": 1,
        "written_tests-INITIAL_FORMS": 1,
        "written_tests-0-id": test.pk,
        "written_tests-0-application": story.application.pk,
        "written_tests-0-skill": test.skill_id,
        "written_tests-0-score": "95",
        "written_tests-0-taken_on": "2026-11-16",
        "resume_facts-TOTAL_FORMS": 1,
        "resume_facts-INITIAL_FORMS": 1,
        "resume_facts-0-id": fact.pk,
        "resume_facts-0-application": story.application.pk,
        "resume_facts-0-kind": "project",
        "resume_facts-0-title": fact.title,
        "resume_facts-0-skill": fact.skill_id,
        "resume_facts-0-level": 3,
        "stage": "hired",
        "planned_start": "2031-01-01",
    }
    address = reverse("admin:recruitment_application_change", args=[story.application.pk])
    assert as_hr.post(address, values).status_code == 302
    new = Assessment.objects.get(basis="fallback", status="current")
    assert (new.pk > old.pk, new.value > old.value) == (True, True)
    application = Application.objects.get()
    assert (application.stage, application.planned_start) == ("interviewing", None)


def test_the_buttons_follow_the_state(as_hr, story):
    page = as_hr.get(reverse("admin:recruitment_interview_change", args=[story.interview.pk]))
    assert [one["url"].rsplit("/", 2)[1] for one in page.context["steps"]] == ["reschedule", "mint", "cancel"]
    done = make.interview(state="completed")
    page = as_hr.get(reverse("admin:recruitment_interview_change", args=[done.pk]))
    assert page.context["steps"] == []
    applications.withdraw(application_id=story.application.pk, by=people.lead())
    page = as_hr.get(reverse("admin:recruitment_application_change", args=[story.application.pk]))
    assert [one["url"].rsplit("/", 2)[1] for one in page.context["steps"]] == ["reopen"]


def test_a_candidates_words_never_become_markup(as_hr):
    nasty = "<script>alert(1)</script>"
    candidate = Candidate.objects.create(name=nasty)
    application = make.application(candidate=candidate)
    interview = make.interview(application, state="interrupted")
    make.follow_up(interview, note=nasty)
    for address in (
        reverse("admin:recruitment_interview_change", args=[interview.pk]),
        reverse("admin:recruitment_followup_changelist"),
        reverse("admin:recruitment_followup_change", args=[FollowUp.objects.get().pk]),
        reverse("admin:recruitment_application_change", args=[application.pk]),
        reverse("admin:index"),
    ):
        page = as_hr.get(address).content.decode()
        assert nasty not in page
        assert "&lt;script&gt;alert(1)" in page


def offered(client, interview) -> set[str]:
    page = client.get(reverse("admin:recruitment_interview_change", args=[interview.pk]))
    return {one["url"].rsplit("/", 2)[1] for one in page.context["steps"]}


def test_hr_says_how_a_meeting_with_people_went(as_hr):
    held, unused, room = make.interview(kind="people"), make.interview(kind="people"), make.interview()
    assert {"took-place", "did-not-come"} <= offered(as_hr, held)
    assert not {"took-place", "did-not-come"} & offered(as_hr, room)

    assert as_hr.post(step(held, "took-place"), {"note": "谈了<b>一小时</b>"}).status_code == 302
    assert as_hr.post(step(unused, "did-not-come")).status_code == 302

    assert [Interview.objects.get(pk=row.pk).state for row in (held, unused)] == ["completed", "missed"]
    assert not {"took-place", "did-not-come"} & (offered(as_hr, held) | offered(as_hr, unused))
    page = as_hr.get(reverse("admin:recruitment_interview_change", args=[held.pk])).content.decode()
    assert "谈了&lt;b&gt;一小时" in page and "<b>一小时" not in page


@pytest.mark.parametrize("name", ["took-place", "did-not-come"])
def test_of_a_room_nobody_says_how_it_went(as_hr, name):
    interview = make.interview()
    before = state()
    answer = as_hr.post(step(interview, name))
    assert (answer.status_code, bool(answer.context["form"].non_field_errors())) == (422, True)
    assert state() == before


def test_consent_to_recording_is_taken_back_with_what_it_deletes(as_hr):
    interview = make.interview(state="interrupted")
    segment = segments.segment(segments.answer(interview))
    segments.discarded(segment.answer, 1)
    assert "withdraw-consent" not in offered(as_hr, interview)
    before = state()
    assert as_hr.post(step(interview, "withdraw-consent")).status_code == 422
    assert state() == before

    interview.consents.create(attempt=1, kind="recording", version="test", given=True)
    assert "withdraw-consent" in offered(as_hr, interview)
    page = as_hr.get(step(interview, "withdraw-consent"))
    assert page.status_code == 200 and interview.consents.count() == 2
    assert "：1" in page.content.decode() or ": 1" in page.content.decode()
    assert as_hr.post(step(interview, "withdraw-consent")).status_code == 302

    segment.refresh_from_db()
    said_last = interview.consents.filter(kind="recording").latest("pk")
    assert (segment.deletion_reason, said_last.given) == ("consent", False)
    assert "withdraw-consent" not in offered(as_hr, interview)

"""Steps on decisions, applications and evidence, and which buttons stand there."""

import pytest
from django.urls import reverse

from recruitment.models import (
    Application,
    Assessment,
    Candidate,
    Decision,
    FollowUp,
    Interview,
    Invitation,
)
from recruitment.services import applications
from tests.factories import people, segments
from tests.factories import recruitment as make
from tests.recruitment.admin.stepping import offered, state, step, window

pytestmark = pytest.mark.django_db


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
    taken = [one["url"].rsplit("/", 2)[1] for one in page.context["steps"]]
    assert taken == ["reschedule", "mint", "cancel", "offer-times"]
    done = make.interview(state="completed")
    page = as_hr.get(reverse("admin:recruitment_interview_change", args=[done.pk]))
    assert page.context["steps"] == []
    applications.withdraw(application_id=story.application.pk, by=people.lead())
    page = as_hr.get(reverse("admin:recruitment_application_change", args=[story.application.pk]))
    assert [one["url"].rsplit("/", 2)[1] for one in page.context["steps"]] == [
        "reopen",
        "enquiry",
        "resume",
    ]


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

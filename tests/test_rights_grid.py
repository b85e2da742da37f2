"""Role × step: who is let in by every step that people take, and who is refused before anything is looked at."""

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError, Forbidden
from messaging.models import SmsConnection, WeComConnection
from messaging.services import callbacks, messages, taking_back, telling
from messaging.services import connections as messaging_connections
from notifications.services import guides, wordings
from onboarding.models import OnboardingCase
from onboarding.services import cases, identities, steps, templates
from people.models import Department, Role, User
from people.rights import SEED, Reach, Right
from people.services import tokens
from recruitment.evaluation.services import scoring
from recruitment.experiments.services import running
from recruitment.intake.services import mailboxes, receiving
from recruitment.models import (
    Application,
    Candidate,
    Decision,
    FollowUp,
    InterviewExit,
    RoomLink,
    RubricScore,
    Vendor,
)
from recruitment.offers.services import letter_templates, offers
from recruitment.recordings.services import deletions, faces, keeping
from recruitment.resumes.services import adding, confirming
from recruitment.rounds.services import slots
from recruitment.services import (
    applications,
    applying,
    decisions,
    endings,
    evidence,
    follow_ups,
    interviews,
    links,
    meetings,
    notes,
    problems,
    ready_plans,
    scheduling,
    tags,
)
from recruitment.services import steps as by_name
from recruitment.vendors.services import connections
from tests.factories import people
from tests.recruitment.admin.conftest import Story, broken_off
from tests.recruitment.resumes import files
from tests.recruitment.resumes.conftest import _empty_storage  # noqa: F401 -- what a step stores goes again
from training.services import items, plans

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]

PERSONS: dict[str, Callable[[], User]] = {
    "recruiting": people.recruiter,
    "onboarding": people.onboarder,
    "training": people.trainer,
    "lead": people.lead,
    "manager": people.manager,
    "interviewer": lambda: people.user(Role.INTERVIEWER),
    "administrator": lambda: people.user(Role.ADMINISTRATOR),
    "nobody": people.user,
    "closed": lambda: people.lead(is_active=False),
    "superuser": lambda: people.user(is_superuser=True),
}
ALWAYS = {"lead", "superuser"}
RECRUITING, PREPARING, TRAINING = {"recruiting"}, {"onboarding"}, {"training"}
HR = RECRUITING | PREPARING | TRAINING


def _steps(story: Story, by: User) -> dict[str, tuple[set[str], Callable[[], Any]]]:
    """Every step: who may besides the lead and a superuser, and how it is taken. 0 is a row that is not there."""
    interview, application = story.interview.pk, story.application.pk
    soon = timezone.now() + timedelta(hours=1)
    window = {"opens_at": soon, "closes_at": soon + timedelta(days=2)}
    case = OnboardingCase.objects.values_list("pk", flat=True).first() or 0
    step = 0 if not case else OnboardingCase.objects.get(pk=case).steps.get(kind="contract").pk
    approval = 0 if not case else OnboardingCase.objects.get(pk=case).steps.get(kind="approval").pk
    exit_, link = InterviewExit.objects.get().pk, RoomLink.objects.latest("pk").pk
    score, follow_up = RubricScore.objects.first().pk, FollowUp.objects.get(kind="exit").pk
    decision = Decision.objects.values_list("pk", flat=True).first() or 0
    return {
        "apply": (RECRUITING, lambda: applications.apply(
            candidate_id=application, opening_id=story.application.opening_id, by=by)),
        "enter": (RECRUITING, lambda: applying.enter(
            person=applying.Newcomer("新人", email="new@example.com"),
            opening_id=story.application.opening_id, by=by)),
        "move": (RECRUITING, lambda: applications.take_step(application_id=application, step="reject", by=by)),
        "plan start": (RECRUITING | PREPARING, lambda: applications.plan_start(
            application_id=application, planned_start=None, by=by)),
        "schedule": (RECRUITING, lambda: scheduling.schedule(application_id=application, by=by, **window)),
        "reschedule": (RECRUITING, lambda: scheduling.reschedule(interview_id=interview, by=by, **window)),
        "offer times": (RECRUITING, lambda: slots.offer_round(
            application_id=application, times=[], choose_by=soon, place=slots.Place(interviewers=[]), by=by)),
        "offer a move": (RECRUITING, lambda: slots.offer_move(
            interview_id=interview, times=[], choose_by=soon, by=by)),
        "make an offer": (RECRUITING, lambda: offers.make(application_id=application, terms=_terms(soon), by=by)),
        "approve an offer": (RECRUITING, lambda: offers.approve(offer_id=0, by=by)),
        "publish a letter": (RECRUITING, lambda: letter_templates.publish(template_id=0, by=by)),
        "send an offer": (RECRUITING, lambda: offers.send(offer_id=0, by=by)),
        "withdraw an offer": (RECRUITING, lambda: offers.withdraw(offer_id=0, reason="x", by=by)),
        "take times back": (RECRUITING, lambda: slots.withdraw(offer_id=0, by=by)),
        "cancel": (RECRUITING, lambda: endings.cancel(interview_id=interview, by=by)),
        "took place": (RECRUITING, lambda: meetings.took_place(interview_id=interview, by=by)),
        "did not come": (RECRUITING, lambda: meetings.did_not_come(interview_id=interview, by=by)),
        "correct cause": (RECRUITING, lambda: interviews.correct_cause(exit_id=exit_, cause="?", by=by)),
        "mint link": (RECRUITING, lambda: links.mint(interview_id=interview, by=by)),
        "revoke link": (RECRUITING, lambda: links.revoke(link_id=link, by=by)),
        "send guide": (RECRUITING, lambda: guides.send_now(interview_id=interview, by=by)),
        "hand over": (RECRUITING, lambda: connections.hand_over(
            interview_id=interview, vendor_id=0, reference="", by=by)),
        "override score": (RECRUITING, lambda: scoring.override(score_id=score, value="?", reason="", by=by)),
        "invite": (RECRUITING, lambda: decisions.invite(decision_id=decision, by=by)),
        "advance": (RECRUITING, lambda: decisions.advance(application_id=application, by=by)),
        "by name": (RECRUITING, lambda: by_name.take(application_id=application, step="withdraw", by=by)),
        "decline": (RECRUITING, lambda: decisions.decline(decision_id=decision, by=by)),
        "evidence": (RECRUITING, lambda: evidence.announce_changed(story.application, by=by)),
        "add resume": (RECRUITING, lambda: adding.add(
            looked=_looked(), candidate_id=story.application.candidate_id, application_id=application, by=by)),
        "remove resume": (RECRUITING, lambda: adding.remove(resume_id=0, by=by)),
        "confirm fact": (RECRUITING, lambda: confirming.confirm(resume_id=0, proposal_id=0, by=by)),
        "dismiss fact": (RECRUITING, lambda: confirming.dismiss(resume_id=0, proposal_id=0, by=by)),
        "take a ready plan": (RECRUITING, lambda: ready_plans.take(code="sales", name="销售代表", by=by)),
        "copy a plan": (RECRUITING, lambda: ready_plans.copy_plan(plan_id=0, name="副本", by=by)),
        "publish page": (RECRUITING, lambda: receiving.publish(opening_id=story.application.opening_id, by=by)),
        "page offline": (RECRUITING, lambda: receiving.take_offline(opening_id=story.application.opening_id, by=by)),
        "same person": (RECRUITING, lambda: receiving.same_person(intake_id=0, candidate_id=0, by=by)),
        "new of mail": (RECRUITING, lambda: receiving.newcomer(
            intake_id=0, person=applying.Newcomer("新人", email="new@example.com"), opening_id=0, by=by)),
        "mailbox password": ({"administrator"}, lambda: mailboxes.set_password(mailbox_id=0, password="x", by=by)),
        "test mailbox": ({"administrator"}, lambda: mailboxes.test(mailbox_id=0, by=by)),
        "read mailbox": ({"administrator"}, lambda: mailboxes.read_soon(mailbox_id=0, by=by)),
        "put aside": (RECRUITING, lambda: receiving.dismiss(intake_id=0, by=by)),
        "note": (HR, lambda: notes.write(candidate_id=story.application.candidate_id, text="看过", by=by)),
        "edit note": (HR, lambda: notes.edit(note_id=0, text="看过", was="", by=by)),
        "tag": (RECRUITING, lambda: tags.put(candidate_id=story.application.candidate_id, names=["英语好"], by=by)),
        "untag": (RECRUITING, lambda: tags.take_off(candidate_id=0, names=["英语好"], by=by)),
        "start an experiment": (set(), lambda: running.start(experiment_id=0, by=by)),
        "end an experiment": (set(), lambda: running.end(experiment_id=0, by=by)),
        "publish a wording": (set(), lambda: wordings.publish(wording_id=0, by=by)),
        "reset a wording": (set(), lambda: wordings.reset(wording_id=0, by=by)),
        "take a problem": (RECRUITING | {"administrator"}, lambda: problems.take(problem_id=0, by=by)),
        "answer a problem": (RECRUITING | {"administrator"}, lambda: problems.answer(problem_id=0, words="x", by=by)),
        "log an enquiry": (HR, lambda: notes.log_enquiry(application_id=application, by=by)),
        "claim": (RECRUITING, lambda: follow_ups.claim(follow_up_id=follow_up, by=by)),
        "contact": (RECRUITING, lambda: follow_ups.record_contact(
            follow_up_id=follow_up, by=by, channel="?", reached=True)),
        "close": (RECRUITING, lambda: follow_ups.close(follow_up_id=follow_up, by=by, outcome="?")),
        "withdraw consent": (RECRUITING, lambda: keeping.withdraw_consent(interview_id=interview, by=by)),
        "withdraw faces": (RECRUITING, lambda: faces.withdraw(interview_id=interview, by=by)),
        "delete recording": (set(), lambda: deletions.delete_with_reason(segment_id=0, reason="", by=by)),
        "vendor secret": ({"administrator"}, lambda: connections.renew_secret(vendor_id=_vendor().pk, by=by)),
        "message secret": ({"administrator"}, lambda: messaging_connections.set_secret(
            SmsConnection(), secret="x", by=by)),
        "test wecom": ({"administrator"}, lambda: messaging_connections.test_wecom(WeComConnection(), by=by)),
        "set callback": ({"administrator"}, lambda: messaging_connections.set_callback(
            WeComConnection(), token="?", aes_key="?", by=by)),
        "callback again": ({"administrator"}, lambda: callbacks.again(callback_id=0, by=by)),
        "test sms": ({"administrator"}, lambda: messaging_connections.test_sms(SmsConnection(), by=by)),
        "open case": (PREPARING, lambda: cases.open_case(
            application_id=0, planned_start=timezone.localdate(), waits_on=[], by=by)),
        "wait on": (PREPARING, lambda: cases.wait_on(case_id=0, interview_ids=[], by=by)),
        "started": (PREPARING, lambda: steps.mark_started(case_id=0, by=by)),
        "step": (PREPARING, lambda: steps.complete_step(step_id=step, by=by)),
        "approval": (set(), lambda: steps.complete_step(step_id=approval, by=by)),
        "undo approval": (set(), lambda: steps.reopen_step(step_id=approval, by=by)),
        "identity": (PREPARING, lambda: identities.give(case_id=0, kind="", number="", address="", by=by)),
        "template": (PREPARING, lambda: templates.make_default(template_id=0, by=by)),
        "course done": (TRAINING, lambda: items.mark_done(item_id=0, by=by)),
        "course undone": (TRAINING, lambda: items.mark_not_done(item_id=0, by=by)),
        "plan": (TRAINING, lambda: plans.align(application_id=application, by=by)),
        "take back": (HR, lambda: taking_back.take_back(message_id=0, by=by)),
        "send again": (HR, lambda: messages.send_again(message_id=0, by=by)),
        "take a call on": (HR, lambda: telling.claim(message_id=0, by=by)),
        "close a call": (HR, lambda: telling.close(message_id=0, how="called", by=by)),
        "own key": (HR | {"manager", "interviewer", "administrator", "nobody"}, lambda: tokens.mint(
            user_id=by.pk, name="", scope="read", days=1, by=by)),
        "another's key": (set(), lambda: tokens.mint(
            user_id=story.interview.application.opening.specialist_id or people.recruiter().pk,
            name="", scope="read", days=1, by=by)),
    }  # fmt: skip


def _terms(answer_by: Any) -> offers.Terms:
    return offers.Terms(
        salary=Decimal(1), period="month", start_on=answer_by.date(), place="上海", answer_by=answer_by
    )


def _looked() -> adding.Looked:
    return adding.look(io.BytesIO(files.docx()), "x.docx")


def _vendor() -> Vendor:
    return Vendor.objects.get_or_create(code="v", defaults={"name": "V"})[0]


@pytest.fixture
def story() -> Story:
    """An interview broken off, and the preparation of a start."""
    told = broken_off()
    templates.ensure_one()
    start = timezone.localdate() + timedelta(days=30)
    Application.objects.filter(pk=told.application.pk).update(planned_start=start)
    cases.open_case(
        application_id=told.application.pk, planned_start=start, waits_on=[], by=people.onboarder()
    )
    return told


@pytest.mark.parametrize("who", PERSONS)
def test_who_is_let_in_by_which_step(who: str, story: Story) -> None:
    by = PERSONS[who]()
    let_in = {name for name, (_allowed, take) in _steps(story, by).items() if not _is_forbidden(take)}
    expected = {name for name, (allowed, _take) in _steps(story, by).items() if who in allowed | ALWAYS}
    assert let_in == expected


def _is_forbidden(take: Callable[[], Any]) -> bool:
    """Whatever else is wrong, being let in is what counts."""
    from django.db import transaction

    try:
        with transaction.atomic():
            take()
            transaction.set_rollback(True)
    except Forbidden:
        return True
    except (DomainError, LookupError, ValueError):
        return False
    except Exception as error:
        if "NotAllowed" in type(error).__name__ or "DoesNotExist" in type(error).__name__:
            return False
        raise
    return False


def test_the_table_says_what_each_role_may() -> None:
    house = Reach.HOUSE
    assert {
        Role.RECRUITING: {
            Right.READ: house,
            Right.RECRUIT: Reach.DEPARTMENT,
            Right.PAY: Reach.DEPARTMENT,
        },
        Role.ONBOARDING: {Right.READ: house, Right.PREPARE: house, Right.IDENTITY: house},
        Role.TRAINING: {Right.READ: house, Right.TRAIN: house},
        Role.LEAD: dict.fromkeys(set(Right) - {Right.COMPARE, Right.RUN, Right.GRANT}, house),
        Role.MANAGER: {},
        Role.INTERVIEWER: {},
        Role.ADMINISTRATOR: dict.fromkeys((Right.KEEP, Right.RUN, Right.GRANT), house),
    } == SEED


def test_a_specialist_of_another_department_is_refused(story: Story) -> None:
    """Of the opening's own, of one above it, and of none: let in. Beside it or below it: not, unless named."""
    opening = story.application.opening
    above = people.department("公司")
    own: Department = opening.department
    own.parent = above
    own.save()
    below, beside = people.department("组", own), people.department("旁边", above)
    answers = {}
    for name, department in {
        "none": None,
        "own": own,
        "above": above,
        "below": below,
        "beside": beside,
    }.items():
        by = people.recruiter(department=department)
        answers[name] = _is_forbidden(lambda by=by: links.mint(interview_id=story.interview.pk, by=by))
    assert answers == {"none": False, "own": False, "above": False, "below": True, "beside": True}
    opening.specialist = people.recruiter(department=beside)
    opening.save()
    assert links.mint(interview_id=story.interview.pk, by=opening.specialist)


def test_a_training_specialist_cannot_act_as_the_candidate_nor_approve_the_hire(
    client: Client, story: Story
) -> None:
    """The attack of before: a link minted, the answers given, the candidate rejected, the approval completed."""
    client.force_login(people.trainer())
    before = RoomLink.objects.count()
    approval = OnboardingCase.objects.get().steps.get(kind="approval")
    for page, record, step in (
        ("recruitment_interview", story.interview, "link"),
        ("recruitment_application", story.application, "reject"),
        ("onboarding_onboardingstep", approval, "done"),
    ):
        answer = client.post(reverse(f"admin:{page}_step", args=[record.pk, step]), {"reason": "x"})
        assert answer.status_code in (302, 403, 404), page
    assert RoomLink.objects.count() == before
    story.application.refresh_from_db()
    approval.refresh_from_db()
    assert (story.application.stage, approval.state) == ("interviewing", "ready")


@pytest.mark.parametrize("who", ["onboarding", "training"])
def test_others_read_candidates_and_change_none(who: str, client: Client, story: Story) -> None:
    person: Candidate = story.application.candidate
    client.force_login(PERSONS[who]())
    address = reverse("admin:recruitment_candidate_change", args=[person.pk])
    assert client.get(address).status_code == 200
    answer = client.post(address, {"name": "别的名字", "phone": "13900000000", "language": "en"})
    assert answer.status_code == 403
    assert Candidate.objects.get(pk=person.pk).name == person.name
    for page in ("candidate", "opening", "application", "interviewplan", "vendor"):
        assert client.get(reverse(f"admin:recruitment_{page}_add")).status_code == 403, page


@pytest.mark.parametrize("who", ["recruiting", "onboarding", "training", "lead", "superuser"])
def test_a_vendors_address_is_the_leads(who: str, client: Client) -> None:
    vendor = _vendor()
    client.force_login(PERSONS[who]())
    form = {"name": "V", "code": "v", "mapping": "standard", "is_active": "on"}
    form["poll_url"] = "https://vendor.example.com/x"
    client.post(reverse("admin:recruitment_vendor_change", args=[vendor.pk]), form)
    vendor.refresh_from_db()
    assert bool(vendor.poll_url) is (who in ALWAYS)

"""Offers and starts approved through WeCom: asked once, the answer read back into the step, whoever was first.

What WeCom says is a hint; the request is read anew, and without any call of WeCom's it is read all the same.
"""

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from core.events.models import Event
from messaging import approvals
from messaging.callbacks import handling
from messaging.models import Approval, ApprovalTemplate, Callback, Message, WeComConnection
from messaging.services import approvals as asking
from onboarding.models import OnboardingStep
from onboarding.services import steps, templates
from people.models import User
from recruitment.models import Application, Offer, Opening
from recruitment.offers.services import offers
from recruitment.services import applications
from tests.emulators.connected import connected_wecom
from tests.emulators.pumping import by_two_pumps
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.messaging.oracle import asked_of_phones
from tests.recruitment.offers.test_offers import terms
from tools.wecom.approvals import DECIDED, MADE, REMINDED, Request, Template, tell
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import errcode, half_an_answer, reset
from tools.wecom.people import Envelope

pytestmark = pytest.mark.django_db(transaction=True)
OFFER, START = "tpl-offer", "tpl-start"
# Whoever may decide by a card, and whoever asked.
INSTEAD = [("offer_to_approve", "陈总监"), ("approval_ended", "王芳")]


@pytest.fixture
def wecom(
    monkeypatch: pytest.MonkeyPatch, db: None, caplog: pytest.LogCaptureFixture
) -> Iterator[WeComEmulator]:
    today = timezone.localdate()
    api.calendar(today.year, today.year + 1)
    templates.ensure_one()
    with connected_wecom(monkeypatch) as emulator:
        row = WeComConnection.objects.get()
        for kind, number in (("offer", OFFER), ("start", START)):
            ApprovalTemplate.objects.create(connection=row, kind=kind, number=number)
            emulator.approvals.templates[number] = Template(approvers=("Li.Qiang", "the.lead"))
        yield emulator
        asked_of_phones(emulator, caplog.text)


class Story:
    """An offer that waits for its approval."""

    def __init__(self, **maker: Any) -> None:
        self.maker = people.recruiter(name="王芳", **{"wecom_userid": "wang.fang", **maker})
        self.other = people.recruiter(name="李强", wecom_userid="li.qiang")
        self.lead = people.lead(name="陈总监", wecom_userid="the.lead")
        opening = make.opening(title="数据分析师", specialist=self.maker, headcount=1)
        self.application = make.application(opening, stage="second_round", candidate=make.candidate("李雷"))
        make.interview(self.application, state="completed", completed_at=timezone.now())
        self.offer = offers.make(application_id=self.application.pk, terms=terms(), by=self.maker)

    def state(self) -> str:
        return Offer.objects.get(pk=self.offer.pk).state

    def row(self) -> Approval:
        return Approval.objects.get(kind="offer")

    def ended(self) -> tuple[str, str]:
        row = self.row()
        return row.state, row.code


def asked(wecom: WeComEmulator) -> Request:
    """The pump asks; the one request that came of it."""
    approvals.act_on_due()
    (request,) = wecom.approvals.requests
    return request


def rung(envelope: Envelope | None) -> str:
    """WeCom calls, and the suite acts on it; how the call ended."""
    assert envelope is not None
    answer = Client().post(
        "/hooks/wecom", envelope.body, content_type="text/xml", query_params=envelope.query
    )
    assert answer.status_code == 200
    handling.act_on_due()
    approvals.act_on_due()
    return Callback.objects.latest("pk").code


def told(kind: str = "") -> list[tuple[str, str]]:
    """Who was told of approvals, by kind."""
    wanted = [kind] if kind else ["offer_to_approve", "offer_decided", "start_to_approve", "approval_ended"]
    rows = Message.objects.filter(kind__in=wanted).exclude(state="cancelled").order_by("pk")
    return list(rows.values_list("kind", "user__name"))


def test_an_offer_is_asked_about_once_and_its_answer_is_the_step(wecom: WeComEmulator) -> None:
    story = Story()
    request = asked(wecom)
    assert (request.creator, request.template) == ("wang.fang", OFFER)
    assert request.text.splitlines()[0] == "录用通知：李雷，数据分析师"
    # Whoever keeps WeCom reads every request: what is paid is read here alone.
    assert "18000" not in request.text and story.row().reference in request.text
    assert told() == [] and approvals.act_on_due() == 0

    assert rung(wecom.decide(request.number, "Li.Qiang", agrees=True, speech="同意")) == ""

    offer = Offer.objects.get(pk=story.offer.pk)
    assert (offer.state, offer.approved_by) == ("approved", story.other)
    assert story.ended() == ("approved", "") and story.row().decided_by == story.other
    assert told() == [("offer_decided", "王芳")]
    assert len(wecom.approvals.requests) == 1


def test_without_a_template_wecom_is_not_asked(wecom: WeComEmulator) -> None:
    ApprovalTemplate.objects.get(kind="offer").delete()
    Story()
    assert approvals.act_on_due() == 0 and wecom.approvals.requests == []
    assert not Approval.objects.exists()
    assert told() == [("offer_to_approve", "陈总监")]


def test_not_agreed_withdraws_the_draft_for_their_reason(wecom: WeComEmulator) -> None:
    story = Story()
    rung(wecom.decide(asked(wecom).number, "the.lead", agrees=False, speech="薪酬太高"))
    offer = Offer.objects.get(pk=story.offer.pk)
    assert (offer.state, offer.withdraw_reason) == ("withdrawn", "薪酬太高")
    assert story.ended() == ("refused", "")
    assert told() == [("offer_decided", "王芳")]
    assert "陈总监没有批准" in Message.objects.get(kind="offer_decided").body


def test_a_callback_that_never_comes_is_made_good(wecom: WeComEmulator) -> None:
    story = Story()
    request = asked(wecom)
    wecom.decide(request.number, "Li.Qiang", agrees=True)
    assert approvals.act_on_due() == 0
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert approvals.act_on_due() == 1
    assert story.state() == "approved"


def test_one_that_nobody_decides_on_is_looked_at_again_and_again(wecom: WeComEmulator) -> None:
    story = Story()
    asked(wecom)
    start, looks = timezone.now(), []
    for minutes in (1, 2, 7, 8, 3 * 24 * 60, 3 * 24 * 60 + 10, 3 * 24 * 60 + 70):
        wecom.advance(minutes * 60)
        with time_machine.travel(start + timedelta(minutes=minutes)):
            looks.append(approvals.act_on_due())
    assert looks == [1, 0, 1, 0, 1, 0, 1]
    assert story.ended() == ("asked", "")


@pytest.mark.parametrize("changed", [{"SpNoStr": ""}, {"SpNo": ""}, {}])
def test_whichever_number_wecom_names(wecom: WeComEmulator, changed: dict[str, str]) -> None:
    story = Story()
    request = asked(wecom)
    wecom.decide(request.number, "Li.Qiang", agrees=True)
    assert rung(tell(wecom, request, DECIDED, **changed)) == ""
    assert story.state() == "approved"


def test_calls_that_mean_nothing_to_us(wecom: WeComEmulator) -> None:
    story = Story()
    request = asked(wecom)
    assert rung(tell(wecom, request, DECIDED, SpNo="", SpNoStr="")) == "approval_unknown"
    assert rung(tell(wecom, request, DECIDED, SpNo="77", SpNoStr="77")) == "approval_unknown"
    # What it says of the state is not believed: it is read.
    assert rung(tell(wecom, request, DECIDED, SpStatus="2")) == ""
    assert (story.state(), story.ended()) == ("draft", ("asked", ""))


def test_the_same_decision_told_three_times_is_one(wecom: WeComEmulator) -> None:
    story = Story()
    request = asked(wecom)
    rung(wecom.decide(request.number, "Li.Qiang", agrees=True))
    for number in range(2):
        wecom.advance(number + 1)
        assert rung(tell(wecom, request, DECIDED)) == "approval_unknown"
    assert (story.state(), told()) == ("approved", [("offer_decided", "王芳")])


def test_calls_that_come_in_another_order_than_it_happened_leave_what_is(wecom: WeComEmulator) -> None:
    """WeCom's tries and several pumps turn the order round: what a call says is not believed, the request is read."""
    story = Story()
    request = asked(wecom)
    made, reminded = tell(wecom, request, MADE), tell(wecom, request, REMINDED)
    decided = wecom.decide(request.number, "Li.Qiang", agrees=True)
    assert [rung(one) for one in (decided, reminded, made)] == ["", "approval_unknown", "approval_unknown"]
    assert (story.state(), told()) == ("approved", [("offer_decided", "王芳")])


@pytest.mark.parametrize(
    ("who", "code"), [("nobody", "who_unknown"), ("wang.fang", "own_offer"), ("trainer", "not_permitted")]
)
def test_who_may_not_approve_here_does_not_by_wecom(wecom: WeComEmulator, who: str, code: str) -> None:
    """Whoever keeps the template chooses who decides in WeCom; the rights are kept here."""
    people.trainer(wecom_userid="trainer")
    story = Story()
    rung(wecom.decide(asked(wecom).number, who, agrees=True))
    assert (story.state(), story.ended()) == ("draft", ("failed", code))
    assert told() == [("offer_to_approve", "陈总监"), ("approval_ended", "王芳")]
    assert "没有生效" in Message.objects.get(kind="approval_ended").body


def test_of_several_who_agreed_one_who_may_is_enough(wecom: WeComEmulator) -> None:
    story = Story()
    request = asked(wecom)
    wecom.decide(request.number, "the.lead", agrees=True)
    wecom.advance(5)
    rung(wecom.decide(request.number, "nobody", agrees=True))
    assert Offer.objects.get(pk=story.offer.pk).approved_by == story.lead


def test_two_who_agree_at_the_same_instant_are_one(wecom: WeComEmulator) -> None:
    story = Story()
    request = asked(wecom)
    for who in ("Li.Qiang", "the.lead"):
        envelope = wecom.decide(request.number, who, agrees=True)
        assert envelope is not None
        Client().post("/hooks/wecom", envelope.body, content_type="text/xml", query_params=envelope.query)
    by_two_pumps(handling.act_on_due, approvals.act_on_due)
    assert (story.state(), story.row().state) == ("approved", "approved")
    assert told() == [("offer_decided", "王芳")]


def test_what_was_taken_back_in_wecom_still_waits_here(wecom: WeComEmulator) -> None:
    story = Story()
    rung(wecom.withdraw(asked(wecom).number))
    assert (story.state(), story.ended()) == ("draft", ("withdrawn", ""))
    assert told() == [("approval_ended", "王芳")]

    again = asking.again(approval_id=story.row().pk, by=story.maker)
    approvals.act_on_due()
    assert again.reference in wecom.approvals.requests[1].text
    rung(wecom.decide(wecom.approvals.requests[1].number, "Li.Qiang", agrees=True))
    assert story.state() == "approved"


def test_decided_here_meanwhile_those_asked_there_are_told(wecom: WeComEmulator) -> None:
    story = Story()
    request = asked(wecom)
    offers.approve(offer_id=story.offer.pk, by=story.lead)
    assert (story.ended(), story.row().decided_by) == (("overtaken", "decided_here"), story.lead)
    approvals.act_on_due()
    assert told() == [("offer_decided", "王芳"), ("approval_ended", "李强")]
    body = Message.objects.get(kind="approval_ended").body
    assert "陈总监已在人事系统里作出决定" in body
    # Who decides there all the same changes nothing, and is not told once more.
    rung(wecom.decide(request.number, "Li.Qiang", agrees=False, speech="不行"))
    assert Offer.objects.get(pk=story.offer.pk).approved_by == story.lead
    assert told() == [("offer_decided", "王芳"), ("approval_ended", "李强")]


def test_decided_on_both_sides_at_the_same_instant_one_wins(wecom: WeComEmulator) -> None:
    story = Story()
    request = asked(wecom)
    wecom.decide(request.number, "Li.Qiang", agrees=False, speech="不行")
    start, lost = Barrier(2), []

    def here() -> None:
        start.wait()
        try:
            offers.approve(offer_id=story.offer.pk, by=User.objects.get(pk=story.lead.pk))
        except Exception as error:  # noqa: BLE001 -- which of both it was is looked at below
            lost.append(type(error).__name__)
        connection.close()

    def there() -> None:
        start.wait()
        with time_machine.travel(timezone.now() + timedelta(seconds=31)):
            approvals.act_on_due(limit=1)
        connection.close()

    threads = [Thread(target=here), Thread(target=there)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = (story.state(), story.row().state, lost)
    assert won in (("approved", "overtaken", []), ("withdrawn", "refused", ["Refused"]))


def test_an_offer_that_is_withdrawn_before_it_was_asked_about_is_not_asked_about(
    wecom: WeComEmulator,
) -> None:
    story = Story()
    offers.withdraw(offer_id=story.offer.pk, reason="改主意了", by=story.maker)
    assert approvals.act_on_due() == 0
    assert (wecom.approvals.requests, story.ended(), told()) == ([], ("overtaken", "offer_withdrawn"), [])


@pytest.mark.parametrize("fault", [half_an_answer(), reset(takes_it=True), reset(), errcode(-1)])
def test_an_answer_that_got_lost_does_not_ask_twice(wecom: WeComEmulator, fault: Any) -> None:
    story = Story()
    wecom.fail("oa/applyevent", fault)
    approvals.act_on_due()
    assert story.row().state == "waiting"
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        approvals.act_on_due()
    assert len(wecom.approvals.requests) == 1
    assert (story.row().state, story.row().number) == ("asked", wecom.approvals.requests[0].number)


def test_a_pump_that_dies_after_asking_leaves_one_request(
    wecom: WeComEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between WeCom's answer and writing it down: the next one finds the request by its reference."""
    story = Story()

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(approvals, "_set", killed)
        with pytest.raises(KeyboardInterrupt):
            approvals.act_on_due()
    assert len(wecom.approvals.requests) == 1 and story.row().number == ""
    assert approvals.act_on_due() == 0
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        approvals.act_on_due()
    assert len(wecom.approvals.requests) == 1 and story.row().state == "asked"


def test_a_call_that_comes_before_we_know_the_number_is_made_good(wecom: WeComEmulator) -> None:
    """Decided between WeCom's answer, which got lost, and our knowing of it."""
    story = Story()
    wecom.fail("oa/applyevent", reset(takes_it=True))
    approvals.act_on_due()
    (request,) = wecom.approvals.requests
    assert rung(wecom.decide(request.number, "Li.Qiang", agrees=True)) == "approval_unknown"
    for minutes in (2, 3):
        after(minutes)
    assert (story.state(), story.ended(), len(wecom.approvals.requests)) == ("approved", ("approved", ""), 1)


@pytest.mark.parametrize("number", [301055, 48002, 60020])
def test_a_setting_that_is_wrong_is_waited_for_and_then_said(wecom: WeComEmulator, number: int) -> None:
    story = Story()
    wecom.fail("oa/gettemplatedetail", errcode(number), times=None)
    start = timezone.now()
    for minutes in range(0, 600, 31):
        wecom.advance(31 * 60)
        wecom.invalidate_tokens()
        with time_machine.travel(start + timedelta(minutes=minutes)):
            approvals.act_on_due()
    assert story.row().state == "failed" and story.row().code.endswith(str(number))
    assert told() == INSTEAD


@pytest.mark.parametrize("what", ["template", "creator", "gone"])
def test_what_cannot_be_asked_is_said_at_once(wecom: WeComEmulator, what: str) -> None:
    if what == "template":
        wecom.approvals.templates[OFFER] = Template(controls=(("File", "File-1", "附件", True),))
    elif what == "gone":
        wecom.approvals.templates.clear()
    story = Story(wecom_userid="" if what == "creator" else "wang.fang")
    approvals.act_on_due()
    code = {"template": "approval_template", "creator": "creator_unknown", "gone": "content_301025"}[what]
    assert story.ended() == ("failed", code)
    assert told() == INSTEAD
    assert "现在改由有权批准的同事在系统里决定" in Message.objects.get(kind="approval_ended").body


def after(minutes: int) -> None:
    """The pumps, so many minutes after the start."""
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        approvals.act_on_due()


def given_up(wecom: WeComEmulator, fault: Any) -> Story:
    """An offer whose request WeCom took, or did not, without its answer ever coming back."""
    story = Story()
    wecom.fail("oa/applyevent", fault)
    approvals.act_on_due()
    wecom.fail("oa/getapprovalinfo", reset(), times=4)
    for minutes in (2, 5, 10, 19):
        after(minutes)
    assert story.ended()[0] == "failed"
    return story


def test_within_a_quarter_of_an_hour_whoever_may_decide_is_asked_here(wecom: WeComEmulator) -> None:
    story = Story()
    wecom.fail("oa/applyevent", errcode(-1), times=None)
    for minutes in (0, 2, 4, 8):
        after(minutes)
    assert (story.ended(), told()) == (("waiting", "busy_-1"), [])
    after(17)
    assert (story.ended(), told()) == (("failed", "busy_-1"), INSTEAD)
    # Nothing lies in WeCom, and nothing is said again.
    after(30)
    after(60)
    assert (wecom.approvals.requests, told(), story.row().due_at) == ([], INSTEAD, None)
    offers.approve(offer_id=story.offer.pk, by=story.lead)
    assert (story.state(), story.ended()[0]) == ("approved", "failed")


def test_a_request_that_was_there_after_all_counts_beside_the_card(wecom: WeComEmulator) -> None:
    story = given_up(wecom, reset(takes_it=True))
    (request,) = wecom.approvals.requests
    assert told() == INSTEAD
    after(30)
    assert (story.row().state, story.row().number) == ("asked", request.number)
    rung(wecom.decide(request.number, "Li.Qiang", agrees=True))
    assert (story.state(), story.row().state) == ("approved", "approved")
    assert (len(wecom.approvals.requests), told()) == (
        1,
        [("approval_ended", "王芳"), ("offer_decided", "王芳")],
    )


def test_decided_by_the_card_first_a_late_request_changes_nothing(wecom: WeComEmulator) -> None:
    story = given_up(wecom, reset(takes_it=True))
    (request,) = wecom.approvals.requests
    offers.approve(offer_id=story.offer.pk, by=story.lead)
    wecom.decide(request.number, "Li.Qiang", agrees=False, speech="不行")
    after(30)
    after(31)
    offer = Offer.objects.get(pk=story.offer.pk)
    assert (offer.state, offer.approved_by, story.row().state) == ("approved", story.lead, "overtaken")
    assert ("approval_ended", "李强") in told() and len(wecom.approvals.requests) == 1


def test_asked_again_there_is_one_request_and_the_first_is_left_alone(wecom: WeComEmulator) -> None:
    story = given_up(wecom, reset(takes_it=True))
    first = story.row()
    second = asking.again(approval_id=first.pk, by=story.maker)
    after(30)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.due_at, second.state) == ("failed", None, "asked")
    rung(wecom.decide(second.number, "Li.Qiang", agrees=True))
    assert Offer.objects.get(pk=story.offer.pk).approved_by == story.other


def test_a_wecom_that_stays_away_is_looked_through_for_a_week(wecom: WeComEmulator) -> None:
    story = given_up(wecom, reset(takes_it=True))
    wecom.fail("oa/getapprovalinfo", reset(), times=None)
    after(24 * 60)
    assert story.row().due_at is not None
    after(8 * 24 * 60)
    assert (story.row().state, story.row().due_at, told()) == ("failed", None, INSTEAD)


def test_a_start_that_cannot_be_asked_about_there_is_asked_by_a_card(wecom: WeComEmulator) -> None:
    people.onboarder(name="赵敏", wecom_userid="")
    step = hired(Story())
    approvals.act_on_due()
    assert Approval.objects.get(kind="start").code == "creator_unknown"
    assert told()[-2:] == [("start_to_approve", "陈总监"), ("approval_ended", "赵敏")]
    steps.complete_step(step_id=step.pk, by=people.lead())
    approvals.act_on_due()
    assert Approval.objects.get(kind="start").state == "failed"


def hired(story: Story) -> OnboardingStep:
    offers.approve(offer_id=story.offer.pk, by=story.other)
    offers.send(offer_id=story.offer.pk, by=story.maker)
    offers.accept(application_id=story.application.pk, name="李雷")
    return OnboardingStep.objects.get(case__application=story.application, kind="approval")


def test_a_start_is_asked_about_when_the_offer_is_accepted(wecom: WeComEmulator) -> None:
    """By a candidate who reads English: what colleagues read, in WeCom and here, is in theirs."""
    holder = people.onboarder(name="赵敏", wecom_userid="zhao.min")
    story = Story()
    Opening.objects.update(title_en="Data analyst")
    with translation.override("en"):
        step = hired(story)
    hire = Event.objects.get(kind="application_advanced", facts__stage="hired")
    assert hire.facts["reason"] == "候选人接受了录用通知。"
    with translation.override("en"):
        approvals.act_on_due()
    request = wecom.approvals.requests[-1]
    assert (request.template, request.creator) == (START, "zhao.min")
    assert request.text.splitlines()[0] == "录用审批：李雷，数据分析师"

    rung(wecom.decide(request.number, "the.lead", agrees=True))
    step.refresh_from_db()
    assert (step.state, step.done_by) == ("done", story.lead)
    assert Approval.objects.get(kind="start").state == "approved"
    assert holder.name not in [name for _kind, name in told()]


def test_a_start_that_is_not_agreed_to_stays_and_its_preparer_hears_why(wecom: WeComEmulator) -> None:
    people.onboarder(name="赵敏", wecom_userid="zhao.min")
    step = hired(Story())
    approvals.act_on_due()
    rung(wecom.decide(wecom.approvals.requests[-1].number, "the.lead", agrees=False, speech="先补材料"))
    step.refresh_from_db()
    assert (step.state, step.objection, step.objected_by.name) == ("ready", "先补材料", "陈总监")
    row = Approval.objects.get(kind="start")
    assert (row.state, row.decided_by.name) == ("refused", "陈总监")
    assert told("start_not_agreed") == [("start_not_agreed", "赵敏")] and told("approval_ended") == []
    assert "先补材料" in Message.objects.get(kind="start_not_agreed").body
    assert approvals.act_on_due() == 0 and told("start_to_approve") == [], "asked again by a person alone"

    asking.again(approval_id=row.pk, by=people.lead())
    approvals.act_on_due()
    rung(wecom.decide(wecom.approvals.requests[-1].number, "the.lead", agrees=True))
    step.refresh_from_db()
    assert (step.state, step.objection) == ("done", "")


def test_who_may_not_refuse_a_start_here_does_not_by_wecom(wecom: WeComEmulator) -> None:
    people.onboarder(name="赵敏", wecom_userid="zhao.min")
    step = hired(Story())
    approvals.act_on_due()
    rung(wecom.decide(wecom.approvals.requests[-1].number, "Li.Qiang", agrees=False, speech="不要"))
    step.refresh_from_db()
    row = Approval.objects.get(kind="start")
    assert (step.objection, row.state, row.code) == ("", "failed", "not_permitted")
    assert told("start_to_approve") == [("start_to_approve", "陈总监")]


def test_an_approval_that_is_taken_back_is_asked_about_anew(wecom: WeComEmulator) -> None:
    people.onboarder(name="赵敏", wecom_userid="zhao.min")
    story = Story()
    step = hired(story)
    approvals.act_on_due()
    rung(wecom.decide(wecom.approvals.requests[-1].number, "the.lead", agrees=True))
    steps.reopen_step(step_id=step.pk, by=story.lead)
    approvals.act_on_due()
    states = Approval.objects.filter(kind="start").order_by("pk").values_list("state", flat=True)
    assert list(states) == ["approved", "asked"]
    rung(wecom.decide(wecom.approvals.requests[-1].number, "the.lead", agrees=True))
    step.refresh_from_db()
    assert (step.state, len(wecom.approvals.requests)) == ("done", 2)


def test_a_start_that_was_called_off_and_is_back_is_asked_about_anew(wecom: WeComEmulator) -> None:
    people.onboarder(name="赵敏", wecom_userid="zhao.min")
    story = Story()
    hired(story)
    approvals.act_on_due()
    applications.take_step(
        application_id=story.application.pk, step="fall_through", by=story.maker, reason="毁约"
    )
    applications.take_step(application_id=story.application.pk, step="reopen", by=story.lead, reason="又来了")
    states = Approval.objects.filter(kind="start").order_by("pk").values_list("state", "code")
    assert list(states) == [("overtaken", "application_over"), ("waiting", "")]


def test_a_start_that_is_called_off_is_not_waited_for(wecom: WeComEmulator) -> None:
    people.onboarder(name="赵敏", wecom_userid="zhao.min")
    story = Story()
    hired(story)
    approvals.act_on_due()
    applications.take_step(
        application_id=story.application.pk, step="fall_through", by=story.maker, reason="毁约"
    )
    assert Application.objects.get(pk=story.application.pk).stage == "fell_through"
    row = Approval.objects.get(kind="start")
    assert (row.state, row.code, row.decided_by) == ("overtaken", "application_over", None)
    assert asking.how_it_ended(row) == "应聘已结束"
    wecom.fail("oa/getapprovaldetail", errcode(-1))
    approvals.act_on_due()
    after(5)
    row.refresh_from_db()
    assert row.code == "application_over", "what WeCom answers since says nothing of why"
    assert "不需要决定（应聘已结束）" in Message.objects.filter(kind="approval_ended").earliest("pk").body


def test_a_step_done_here_ends_the_request_there(wecom: WeComEmulator) -> None:
    people.onboarder(name="赵敏", wecom_userid="zhao.min")
    story = Story()
    step = hired(story)
    approvals.act_on_due()
    steps.complete_step(step_id=step.pk, by=story.lead)
    row = Approval.objects.get(kind="start")
    assert (row.state, row.code, row.decided_by) == ("overtaken", "decided_here", story.lead)
    assert asking.how_it_ended(row) == "已在人事系统里作出决定"
    assert approvals.act_on_due() == 1
    assert told("approval_ended") == [("approval_ended", "李强")]


def test_what_was_deleted_meanwhile_is_over(wecom: WeComEmulator) -> None:
    people.onboarder(name="赵敏", wecom_userid="zhao.min")
    step = hired(Story())
    approvals.act_on_due()
    step.delete()
    after(1)
    row = Approval.objects.get(kind="start")
    assert (row.state, row.code) == ("overtaken", "application_over")

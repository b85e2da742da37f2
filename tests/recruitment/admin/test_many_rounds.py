"""Many rounds decided, many offers sent, in one go: who is left out and why, once each, and taken back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.jobs import works
from core.many.models import ManyRow
from messaging.models import Message
from onboarding.services import templates
from people.models import User
from recruitment.models import Application, Interview, Offer, Opening, Round, Scorecard, ScorecardScore
from recruitment.offers.services import offers
from recruitment.rounds.services import outcomes
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.factories.rounds import noon, planned
from tests.recruitment.admin.test_many import page_of
from tests.recruitment.offers.test_offers import terms
from tests.recruitment.offers.test_pay import grant

pytestmark = pytest.mark.django_db
ROUNDS, OFFERS = "/admin/recruitment/interview/", "/admin/recruitment/offer/"


@pytest.fixture
def hr(client: Client) -> User:
    today = timezone.localdate()
    api.calendar(today.year, today.year + 1)
    templates.ensure_one()
    person = people.recruiter(name="王HR")
    client.force_login(person)
    return person


def held(number: int, *, cards: bool = True, value: int = 4) -> list[Interview]:
    """Rounds that took place, with all of their cards or none."""
    found = []
    for day in range(number):
        row = planned(people.manager(), people.manager(), at=noon(day + 2), room=f"{100 + day}")
        interview = row.interview
        for step in (interview.enter, interview.complete):
            step(at=timezone.now())
            interview.save()
        if cards:
            Scorecard.objects.filter(round=row).update(handed_in_at=timezone.now())
            ScorecardScore.objects.filter(card__round=row).update(value=value)
        found.append(interview)
    return found


def decided() -> list[str]:
    return list(Round.objects.order_by("pk").values_list("outcome", flat=True))


def why_left_out(page: Any) -> dict[str, int]:
    return {group.why: len(group.rows) for group in page.context["left_out"]}


def test_rounds_are_decided_together_and_it_says_beforehand_who_is_left_out_and_why(
    client: Client, hr: User
) -> None:
    ready, without, settled = held(2), held(1, cards=False), held(1)
    ahead = planned(at=noon(9), room="900").interview
    outcomes.settle(interview_id=settled[0].pk, outcome="passed", by=people.lead())
    apart = ScorecardScore.objects.filter(card__round__interview=ready[0]).earliest("pk")
    ScorecardScore.objects.filter(pk=apart.pk).update(value=1)
    ai = make.interview(state="completed", completed_at=timezone.now())
    Message.objects.all().delete()
    before = list(Application.objects.order_by("pk").values_list("stage", flat=True))
    address = page_of(client, "decide", [*ready, *without, *settled, ahead, ai], of=ROUNDS)
    page = client.get(address)
    assert why_left_out(page) == {
        "评分表尚未收齐，请在该场面试的页面单独作出结论。": 1,
        "已有结论：通过。": 1,
        "这一轮面试还没有举行。": 1,
        "不是由面试官主持的面试。": 1,
    }
    assert [str(line) for line in page.context["foreseen"]] == [
        "有 1 场面试的面试官在某项能力上的评分相差 2 分或以上。",
        "应聘阶段不变，也不会通知任何人。",
    ]
    assert client.post(address, {"outcome": "not_passed", "reason": " "}).status_code == 422
    assert decided() == ["open", "open", "open", "passed", "open"]
    assert client.post(address, {"outcome": "not_passed", "reason": "经验不足"}).status_code == 302
    assert decided() == ["not_passed", "not_passed", "open", "passed", "open"]
    assert set(Round.objects.filter(outcome="not_passed").values_list("outcome_reason", "settled_by")) == {
        ("经验不足", hr.pk)
    }
    # It moves no application, and tells nobody.
    assert list(Application.objects.order_by("pk").values_list("stage", flat=True)) == before
    assert Message.objects.count() == 0


def test_decisions_are_taken_back_where_nobody_else_decided_since(client: Client, hr: User) -> None:
    rows = held(2)
    address = page_of(client, "decide", rows, of=ROUNDS)
    client.post(address, {"outcome": "passed", "reason": ""})
    outcomes.settle(
        interview_id=rows[0].pk, outcome="not_passed", reason="复核", by=people.lead(name="刘主管")
    )
    back = client.post(f"{address}take-back/")["Location"]
    assert why_left_out(client.get(back)) == {"之后已由刘主管作出结论。": 1}
    client.post(back)
    assert decided() == ["not_passed", "open"]


def approved(number: int, hr: User, **fields: Any) -> list[Offer]:
    opening, lead, found = (
        make.opening(title="数据分析师", specialist=hr, headcount=number),
        people.lead(),
        [],
    )
    for n in range(number):
        who = make.candidate(f"候选{n}", email=f"c{n}-{opening.pk}@example.com")
        application = make.application(opening, stage="second_round", candidate=who)
        make.interview(application, state="completed", completed_at=timezone.now())
        row = offers.make(application_id=application.pk, terms=terms(**fields), by=hr)
        found.append(offers.approve(offer_id=row.pk, by=lead))
    return found


def drafted(number: int, by: User, opening: Opening, **fields: Any) -> list[Offer]:
    found = []
    for n in range(number):
        who = make.candidate(f"候选{opening.pk}-{n}", email=f"d{n}-{opening.pk}@example.com")
        application = make.application(opening, stage="second_round", candidate=who)
        make.interview(application, state="completed", completed_at=timezone.now())
        found.append(offers.make(application_id=application.pk, terms=terms(**fields), by=by))
    return found


def test_offers_are_approved_together_by_whoever_may_and_the_pay_is_said_beforehand(
    client: Client, hr: User
) -> None:
    maker = people.recruiter(name="李招聘", username="maker")
    opening = make.opening(
        title="数据分析师", specialist=hr, headcount=9, salary_low=Decimal(9000), salary_high=Decimal(15000)
    )
    full = make.opening(title="招满的岗位", specialist=hr, headcount=1)
    make.application(full, stage="hired", candidate=make.candidate("已入职"))
    theirs = drafted(3, maker, opening, salary=Decimal(12000))
    theirs += drafted(1, maker, make.opening(title="测试", specialist=hr), salary=Decimal(8000))
    above = drafted(
        1, maker, make.opening(title="高薪", specialist=hr, salary_low=Decimal(1), salary_high=Decimal(2))
    )
    beyond, own = drafted(1, maker, full), drafted(1, hr, make.opening(title="自己的", specialist=hr))
    sent = approved(1, hr)
    everything = [*theirs, *above, *beyond, *own, *sent]
    Message.objects.all().delete()
    address = page_of(client, "approve", everything, of=OFFERS)
    page = client.get(address)
    assert why_left_out(page) == {
        "这份录用通知须由人力资源负责人审批：薪酬高于招聘需求的薪酬范围。": 1,
        "这份录用通知须由人力资源负责人审批：超出招聘需求的人数。": 1,
        "拟定人不能审批自己拟定的录用通知，请由其他同事审批。": 1,
        "录用通知目前为「已审批」。": 1,
    }
    assert [str(line) for line in page.context["foreseen"]] == [
        "数据分析师：3 份录用通知，薪酬为人民币 12,000 元（每月，税前）。",
        "测试：1 份录用通知，薪酬为人民币 8,000 元（每月，税前）。",
        "发送时才会通知候选人；拟定人会得知审批已通过。",
    ]
    assert set(states()) == {"draft", "approved"}
    client.post(address)
    client.post(address)
    assert set(Offer.objects.filter(state="approved").values_list("pk", "approved_by")) == {
        *((row.pk, hr.pk) for row in theirs), (sent[0].pk, sent[0].approved_by_id),
    }  # fmt: skip
    told = Message.objects.filter(coalesced_into=None).values_list("audience", "kind", "recipient_name")
    assert list(told) == [("colleague", "many", "李招聘")]
    # The lead may, what a colleague may not; whoever does not see pay, nothing.
    client.force_login(people.lead(name="陈主管", username="chen"))
    client.post(page_of(client, "approve", [*above, *beyond], of=OFFERS))
    assert set(states()) == {"approved", "draft"} and Offer.objects.get(state="draft") == own[0]
    grant("recruiting", "none")
    client.force_login(maker)
    page = client.get(page_of(client, "approve", own, of=OFFERS))
    assert why_left_out(page) == {"此操作会显示或填写薪酬，您的角色没有查看薪酬的权限。": 1}
    assert [str(line) for line in page.context["foreseen"]] == []


def states() -> list[str]:
    return list(Offer.objects.order_by("pk").values_list("state", flat=True))


def test_offers_are_sent_together_each_with_its_letter_and_each_candidate_once(
    client: Client, hr: User
) -> None:
    ready = approved(2, hr)
    with time_machine.travel(timezone.now() - timedelta(days=6)):
        late = approved(1, hr)
    draft = approved(1, hr)[0]
    offers.withdraw(offer_id=draft.pk, reason="x", by=hr)
    Message.objects.all().delete()
    address = page_of(client, "send", [*ready, *late, draft], of=OFFERS)
    page = client.get(address)
    assert why_left_out(page) == {
        "答复截止时间已过，请撤回后重新拟定。": 1,
        "录用通知目前为「已撤回」。": 1,
    }
    assert states() == ["approved", "approved", "approved", "withdrawn"]
    client.post(address)
    client.post(address)
    assert states() == ["sent", "sent", "approved", "withdrawn"]
    assert all(row.letter_sha256 and row.letter for row in Offer.objects.filter(state="sent"))
    told = Message.objects.filter(audience="candidate").values_list("recipient_name", "kind")
    assert sorted(told) == [("候选0", "offer_sent"), ("候选1", "offer_sent")]


def test_what_was_sent_is_withdrawn_together_with_a_reason_and_not_what_was_answered(
    client: Client, hr: User
) -> None:
    ready = approved(3, hr)
    address = page_of(client, "send", ready, of=OFFERS)
    client.post(address)
    offers.decline(application_id=ready[0].application_id, reason="pay")
    back = client.post(f"{address}take-back/")["Location"]
    page = client.get(back)
    assert why_left_out(page) == {"选择之后又有了变化。": 1}
    assert [str(line) for line in page.context["foreseen"]] == ["2 位候选人已收到通知书，将会得到通知。"]
    assert client.post(back, {"reason": ""}).status_code == 422
    client.post(back, {"reason": "岗位冻结"})
    assert states() == ["declined", "withdrawn", "withdrawn"]


def test_more_than_a_few_are_sent_in_the_background_and_another_departments_are_left_out(
    client: Client, hr: User
) -> None:
    rows = approved(22, hr)
    client.post(page_of(client, "send", rows, of=OFFERS))
    assert set(states()) == {"approved"}
    while works.run_due():
        pass
    assert (set(states()), ManyRow.objects.filter(state="done").count()) == ({"sent"}, 22)
    client.force_login(people.recruiter(department=people.department("别处")))
    page = client.get(page_of(client, "withdraw", rows[:2], of=OFFERS))
    assert sum(why_left_out(page).values()) == 2


def test_the_page_asks_as_much_for_three_as_for_one(client: Client, hr: User) -> None:
    rounds, letters = held(3), approved(3, hr)
    drafts = [
        row
        for n in range(3)
        for row in drafted(1, people.lead(username=f"l{n}"), make.opening(title=f"岗{n}", specialist=hr))
    ]
    for step, rows, of in (
        ("decide", rounds, ROUNDS),
        ("send", letters, OFFERS),
        ("withdraw", letters, OFFERS),
        ("approve", drafts, OFFERS),
    ):
        costs = []
        for number in (1, 3):
            address = page_of(client, step, rows[:number], of=of)
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            costs.append(len(captured))
        assert costs[0] == costs[1], step

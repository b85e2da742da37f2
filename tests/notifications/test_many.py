"""What is done for many in one go is one message to each colleague concerned, and one to each candidate."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.jobs import works
from core.many.declaring import _declared
from core.many.models import ManyRun
from messaging import kinds as declared
from messaging.delivery import deliver_due
from messaging.models import Message
from messaging.told import telling_now
from notifications.enums import Audience
from notifications.kinds.approvals import DRAFTS
from notifications.kinds.many import MANY, MANY_NAMED
from onboarding.services import templates
from recruitment.models import Application, Assessment, Decision, Interview
from recruitment.offers.services import offers
from recruitment.services import applications, follow_ups
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.factories.rounds import noon, planned
from tests.recruitment.admin.stepping import window
from tests.recruitment.admin.test_many import page_of
from tests.recruitment.offers.test_offers import terms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
APPLICATIONS, INTERVIEWS = "/admin/recruitment/application/", "/admin/recruitment/interview/"


class House:
    """Three candidates of one specialist, in one department, with everybody who could be told."""

    def __init__(self, client: Client) -> None:
        api.calendar()
        templates.ensure_one()
        self.client = client
        self.lead, self.mine = people.lead(name="刘主管"), people.recruiter(name="李招聘")
        self.boss = people.manager(name="孙经理")
        self.others = [people.onboarder(), people.trainer()]
        department = people.department(manager=self.boss)
        self.opening = make.opening(department, title="数据分析师", specialist=self.mine, headcount=3)
        client.force_login(self.lead)

    def rows(self, stage: str = "applied", **fields: Any) -> list[Application]:
        return [
            make.application(self.opening, candidate=make.candidate(f"候选{n}"), stage=stage, **fields)
            for n in range(3)
        ]

    def rounds(self) -> list[Interview]:
        rows = self.rows("second_round")
        return [
            planned(self.boss, of=row, at=noon(n + 2), room=f"{n}").interview for n, row in enumerate(rows)
        ]

    def held(self) -> list[Interview]:
        found = self.rounds()
        for interview in found:
            for step in (interview.enter, interview.complete):
                step(at=timezone.now())
                interview.save()
            interview.held.cards.update(handed_in_at=timezone.now())
        return found

    def reported(self) -> list[Application]:
        rows = self.rows("evaluating")
        for row in rows:
            report = Assessment.objects.create(
                interview=make.interview(row, state="completed"), attempt=1, basis="full", status="current",
                value=Decimal(70), method="test",
            )  # fmt: skip
            Decision.objects.create(application=row, assessment=report, outcome="asked")
        return rows

    def drafts(self) -> list[Any]:
        return [offers.make(application_id=row.pk, terms=terms(), by=self.mine) for row in self.rows("offer")]

    def offers(self) -> list[Any]:
        made = self.drafts()
        for one in made:
            offers.approve(offer_id=one.pk, by=self.lead)
        return made

    def take(self, step: str, rows: list[Any], values: dict[str, Any], of: str) -> None:
        """The step on all of them, as a page takes it; what was said before is forgotten."""
        Message.objects.all().delete()
        values = {name: value(self) if callable(value) else value for name, value in values.items()}
        address = page_of(self.client, step, rows, of=of)
        answer = self.client.post(address, values)
        if answer.status_code == 422:  # a day off, or the night
            answer = self.client.post(address, {**values, "sure": answer.context["form"].sure})
        assert answer.status_code == 302, answer.context["form"].errors

    def told(self) -> dict[str, list[Message]]:
        """What goes out to colleagues, by their names."""
        found: dict[str, list[Message]] = {}
        for row in Message.objects.filter(user__isnull=False, state="planned").order_by("pk"):
            found.setdefault(row.recipient_name, []).append(row)
        return found


@pytest.fixture
def house(client: Client) -> House:
    return House(client)


def _ended(house: House) -> list[Application]:
    rows = [row.application for row in house.rounds()]
    for row in rows:
        applications.take_step(application_id=row.pk, step="reject", by=house.mine, reason="不合适")
    Message.objects.filter(user__isnull=False).update(state="accepted", accepted_at=timezone.now())
    return rows


def _calls(house: House) -> list[Any]:
    found = [make.follow_up(make.interview(row, state="interrupted")) for row in house.rows("interviewing")]
    for one in found:
        follow_ups.claim(follow_up_id=one.pk, by=house.mine) if one.pk % 2 else None
    return found


def _hour() -> dict[str, str]:
    """A time to meet, far from all that is booked."""
    opens = timezone.localtime(noon(20))
    return {
        "opens_at": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_at": f"{opens + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    }


REASON = {"reason": "岗位已招满"}
Prepared = Callable[[House], list[Any]]
EVERY: dict[tuple[str, str], tuple[Prepared, dict[str, Any]]] = {
    ("application", "schedule"): (lambda h: h.rows(), {**window(), "kind": "room"}),
    ("application", "screen"): (lambda h: h.rows(), {}),
    ("application", "advance"): (lambda h: h.reported(), {}),
    ("application", "return_to_evaluation"): (lambda h: h.rows("second_round"), {}),
    ("application", "offer"): (lambda h: h.rows("second_round"), {}),
    ("application", "draft_offers"): (
        lambda h: h.rows("second_round"),
        {
            "salary": "12000",
            "period": "month",
            "start_on": f"{noon(30):%Y-%m-%d}",
            "place": "上海",
            "answer_by": f"{noon(7):%Y-%m-%dT10:00}",
            "letter_template": "",
            "conditions": "",
        },
    ),
    ("application", "plan_rounds"): (
        lambda h: h.rows("second_round"),
        {
            "opens_at": f"{noon(3):%Y-%m-%dT10:00}",
            "minutes": "45",
            "room": "301",
            "meeting_link": "",
            "interviewers": lambda h: [h.boss.pk],
        },
    ),
    ("application", "reject"): (lambda h: [row.application for row in h.rounds()], REASON),
    ("application", "withdraw"): (lambda h: [row.application for row in h.rounds()], REASON),
    ("application", "reopen"): (_ended, REASON),
    ("interview", "reschedule"): (lambda h: h.rounds(), {**_hour(), "every": "1440", "together": "1"}),
    ("interview", "cancel"): (lambda h: h.rounds(), {}),
    ("interview", "remind"): (lambda h: h.rounds(), {}),
    ("interview", "decide"): (lambda h: h.held(), {"outcome": "passed", "reason": ""}),
    ("followup", "claim"): (_calls, {}),
    ("followup", "close"): (_calls, {"outcome": "unreachable", "note": "三次无人接听"}),
    ("offer", "approve"): (lambda h: h.drafts(), {}),
    ("offer", "send"): (lambda h: h.offers(), {}),
    ("offer", "withdraw"): (lambda h: h.offers(), REASON),
}
# What tells nobody; "undecide" is taken after "decide", by the same person.
SILENT = {("application", "tag"), ("application", "untag"), ("candidate", "tag"), ("candidate", "untag"),
          ("candidate", "apply"), ("interview", "undecide")}  # fmt: skip


def test_every_step_for_many_is_here() -> None:
    there = {(label.rsplit(".")[-1], step.name) for label, steps in _declared.items() for step in steps}
    assert there == {*EVERY} | SILENT


@pytest.mark.parametrize("which", EVERY, ids="-".join)
def test_no_step_for_many_tells_one_colleague_many_times(house: House, which: tuple[str, str]) -> None:
    prepare, values = EVERY[which]
    house.take(which[1], prepare(house), values, f"/admin/recruitment/{which[0]}/")
    for name, said in house.told().items():
        # An interviewer's calendar entries move one by one, and drafts wait for approval on a card of their own; what
        # may still be taken back waits for itself.
        assert sum(row.kind == DRAFTS.code for row in said) <= 1, name
        kept = [row for row in said if row.audience != Audience.INTERVIEWER and row.kind != DRAFTS.code]
        assert Counter(row.kind for row in kept).keys() <= {MANY.code}, (name, [row.subject for row in kept])
        assert len(kept) <= 1 + any(row.due_at > timezone.now() + timedelta(hours=1) for row in kept), name


def test_the_specialist_reads_how_many_and_whom_and_where_the_list_is(house: House) -> None:
    """The lead rejects a specialist's candidates, with an interview or without."""
    rows = [house.rounds()[0].application, *house.rows()[1:]]
    house.take("reject", rows, REASON, APPLICATIONS)
    assert Message.objects.filter(audience="candidate", kind="rejected", state="planned").count() == 3
    (said,) = house.told()["李招聘"]
    run = ManyRun.objects.get()
    assert (said.subject, said.due_at > timezone.now()) == ("刘主管批量操作：淘汰", True)
    assert f"/admin/recruitment/application/many/{run.pk}/" in said.body
    assert "【人数和名单在发出时填入】" in said.shown_body
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        deliver_due()
    said.refresh_from_db()
    assert said.state != "planned"
    assert "3 名候选人\n- 候选0 · 数据分析师\n- 候选1 · 数据分析师\n- 候选2 · 数据分析师" in said.body
    assert "面试已取消：1 条" in said.body
    # Whoever did it reads nothing.
    assert "刘主管" not in house.told()


def test_what_was_taken_back_in_time_is_not_named_and_all_of_it_tells_nobody(house: House) -> None:
    rows = house.rows()
    house.take("reject", rows, REASON, APPLICATIONS)
    applications.take_step(application_id=rows[1].pk, step="reopen", by=house.lead, reason="误操作")
    specialist, manager = house.told()["李招聘"][0], house.told()["孙经理"][0]
    assert manager.due_at > timezone.now() + timedelta(hours=20)
    for message in (specialist, manager):
        words = MANY_NAMED.fill(message) or ""
        assert ("候选0" in words, "候选1" in words, "候选2" in words) == (True, False, True)
        assert "/admin/managers/\n" in message.body or message is specialist
    # Who never heard of the end does not hear that it was taken back either.
    assert not Message.objects.filter(audience="manager", kind="reopened").exists()
    for row in (rows[0], rows[2]):
        applications.take_step(application_id=row.pk, step="reopen", by=house.lead, reason="误操作")
    assert [declared.kind(MANY.code).holds(one) for one in (specialist, manager)] == [False, False]


def test_who_heard_of_an_end_among_many_hears_that_it_was_taken_back(house: House) -> None:
    rows = house.rows()
    house.take("reject", rows, REASON, APPLICATIONS)
    whole = house.told()["孙经理"][0]
    part = Message.objects.filter(coalesced_into=whole).earliest("pk")
    assert (part.state, str(telling_now(Message.objects.with_telling().get(pk=part.pk)))) == (
        "coalesced", "已并入另一条通知",
    )  # fmt: skip
    Message.objects.filter(pk=whole.pk).update(state="accepted", accepted_at=timezone.now())
    applications.take_step(application_id=rows[0].pk, step="reopen", by=house.lead, reason="误操作")
    assert Message.objects.filter(audience="manager", kind="reopened").count() == 1


def test_one_alone_is_told_as_ever(house: House) -> None:
    (row, _second, _third) = house.rounds()
    house.take("cancel", [row], {}, INTERVIEWS)
    assert [(one.kind, one.audience) for one in house.told()["李招聘"]] == [("cancelled", "specialist")]


def test_a_run_that_goes_on_after_its_first_message_went_out_writes_another(house: House) -> None:
    rows = [make.application(house.opening, candidate=make.candidate(f"候选{n}")) for n in range(22)]
    house.take("reject", rows, REASON, APPLICATIONS)
    for _turn in range(3):
        works.run_due()
    (first,) = house.told()["李招聘"]
    named = [MANY_NAMED.fill(first) or ""]
    Message.objects.filter(pk=first.pk).update(state="accepted", accepted_at=timezone.now())
    while works.run_due():
        pass
    (second,) = house.told()["李招聘"]
    # It names all of them, those of before included.
    named.append(MANY_NAMED.fill(second) or "")
    numbers = [int(one.split(" ")[0]) for one in named]
    assert (0 < numbers[0] < 22, numbers[1]) == (True, 22)

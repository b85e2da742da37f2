"""Rounds planned and offers drafted for many at once: each its own hour and pay, and who is left out and why."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.many.models import ManyRun
from messaging.models import Message
from people.models import User
from recruitment.models import Application, Candidate, Offer, Round
from recruitment.offers.services import offers
from tests.factories import people
from tests.factories import recruitment as make
from tests.factories.rounds import noon, planned
from tests.recruitment.admin.test_many import page_of
from tests.recruitment.admin.test_many_rounds import hr, why_left_out
from tests.recruitment.offers.test_offers import terms
from tests.recruitment.offers.test_pay import grant

__all__ = ["hr"]
pytestmark = pytest.mark.django_db
LIST = "/admin/recruitment/application/"


def several(number: int, of: Any, stage: str = "second_round") -> list[Application]:
    return [
        make.application(of, candidate=make.candidate(f"候选{stage}{n}"), stage=stage) for n in range(number)
    ]


def asked(**more: Any) -> dict[str, Any]:
    """A morning of rounds, as the page sends it."""
    return {
        "opens_at": f"{noon(3):%Y-%m-%dT10:00}",
        "minutes": "45",
        "room": "301",
        "meeting_link": "",
        **more,
    }


def ten(minutes: int) -> datetime:
    return noon(3).replace(hour=10) + timedelta(minutes=minutes)


def test_each_gets_the_next_hour_and_the_openings_interviewers_are_proposed(client: Client, hr: User) -> None:
    opening, boss, other = make.opening(specialist=hr), people.manager(), people.manager(name="钱经理")
    opening.interviewers.set([boss, other])
    ready, early = several(3, opening), several(1, opening, "evaluating")
    waits = several(1, opening)[0]
    planned(people.manager(), of=waits, at=noon(5))
    page = client.get(address := page_of(client, "plan_rounds", [*ready, *early, waits], of=LIST))
    assert why_left_out(page) == {"目前处于「评估中」阶段。": 1, "第 1 轮还没有结束。": 1}
    assert set(page.context["form"].fields["interviewers"].initial) == {boss.pk, other.pk}
    assert Round.objects.count() == 1

    order = [row.pk for row in page.context["taken"]]
    assert client.post(address, asked(interviewers=[boss.pk, other.pk])).status_code == 302
    held = Round.objects.filter(interview__application__in=ready).order_by("slot")
    assert [(row.interview.application_id, row.slot.lower, row.room) for row in held] == [
        (pk, ten(45 * place), "301") for place, pk in enumerate(order)
    ]
    assert {set(row.cards.values_list("interviewer", flat=True)) == {boss.pk, other.pk} for row in held} == {
        True
    }


def test_who_is_booked_then_is_said_beforehand_and_the_others_are_planned(client: Client, hr: User) -> None:
    opening, boss = make.opening(specialist=hr), people.manager(name="孙经理")
    planned(boss, at=ten(45), room="900")
    address = page_of(client, "plan_rounds", several(2, opening), of=LIST)
    page = client.post(address, asked(interviewers=[boss.pk]))
    assert page.status_code == 422 and any("孙经理" in one for one in page.context["form"].warned)
    assert Round.objects.count() == 1
    client.post(address, asked(interviewers=[boss.pk], sure=page.context["form"].sure))
    assert Round.objects.exclude(room="900").get().slot.lower == ten(0)
    assert Round.objects.count() == 2


def drafted() -> set[tuple[int, Decimal, str, int]]:
    return set(Offer.objects.values_list("application", "salary", "place", "made_by"))


def pay(**more: Any) -> dict[str, Any]:
    first = noon(30) + timedelta(days=-noon(30).weekday() % 7)
    return {
        "salary": "12000", "period": "month", "start_on": f"{first:%Y-%m-%d}", "place": "上海",
        "answer_by": f"{timezone.localtime() + timedelta(days=5):%Y-%m-%dT18:00}", "letter_template": "",
        "conditions": "", **more,
    }  # fmt: skip


def test_one_pay_for_all_and_another_for_whom_it_differs(client: Client, hr: User) -> None:
    opening = make.opening(
        specialist=hr, location="上海", headcount=5, salary_low=9000, salary_high=15000, salary_period="month"
    )
    ready, early = several(3, opening), several(1, opening, "evaluating")
    has_one = several(1, opening)[0]
    offers.make(application_id=has_one.pk, terms=terms(), by=people.lead())
    before = drafted()
    Message.objects.all().delete()
    address = page_of(client, "draft_offers", [*ready, *early, has_one], of=LIST)
    page = client.get(address)
    assert why_left_out(page) == {
        "目前处于「评估中」阶段。": 1,
        "该候选人已有一份未结束的录用通知，请先查看。": 1,
    }
    assert page.context["form"].fields["place"].initial == "上海"
    own = {f"salary_{ready[1].pk}": "16000"}
    warned = client.post(address, pay(**own))
    assert warned.status_code == 422
    assert warned.context["form"].warned == ["有 1 份薪酬高于招聘需求的薪酬范围，须由人力资源负责人审批。"]
    assert drafted() == before
    assert client.post(address, pay(**own, sure=warned.context["form"].sure)).status_code == 302
    assert drafted() - before == {
        (row.pk, Decimal(16000 if row == ready[1] else 12000), "上海", hr.pk) for row in ready
    }
    assert set(Application.objects.filter(pk__in=[row.pk for row in ready]).values_list("stage")) == {
        ("offer",)
    }
    told = Message.objects.filter(audience="candidate").values_list("kind", "addressee_id")
    assert set(told) == {("offer", row.candidate_id) for row in ready}


def test_who_reads_english_has_place_and_conditions_in_english(client: Client, hr: User) -> None:
    """In one drafting with the others, and alone."""
    ready = several(3, make.opening(specialist=hr, location="上海", location_en="Shanghai"))
    english = ready[0]
    Candidate.objects.filter(pk=english.candidate_id).update(language="en")
    form = client.get(page_of(client, "draft_offers", ready[1:], of=LIST)).context["form"]
    assert "place_en" not in form.fields and form.fields["place"].initial == "上海"
    alone = client.get(page_of(client, "draft_offers", [english], of=LIST)).context["form"]
    one = reverse("admin:recruitment_application_step", args=[english.pk, "draft-offer"])
    for form in (alone, client.get(one).context["form"]):
        assert "place_en" not in form.fields and form.fields["place"].initial == "Shanghai"
        assert "该通知书为英文" in str(form.fields["conditions"].help_text)
    address = page_of(client, "draft_offers", ready, of=LIST)
    form = client.get(address).context["form"]
    assert [form.fields[name].initial for name in ("place", "place_en")] == ["上海", "Shanghai"]
    typed = pay(conditions="试用期三个月", place_en="Shanghai", conditions_en="Three months of probation")
    assert client.post(address, typed).status_code == 302
    assert {(row.application_id, row.place, row.conditions) for row in Offer.objects.all()} == {
        (english.pk, "Shanghai", "Three months of probation"),
        *((row.pk, "上海", "试用期三个月") for row in ready[1:]),
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"start_on": "2099-01-05"}, "2099 年的工作日历还没有载入"),
        ({"answer_by": "2020-01-01T18:00"}, "答复"),
    ],
)
def test_days_that_would_be_refused_of_each_are_refused_of_the_form(
    client: Client, hr: User, wrong: dict[str, str], said: str
) -> None:
    address = page_of(client, "draft_offers", several(2, make.opening(specialist=hr)), of=LIST)
    page = client.post(address, pay(**wrong))
    assert page.status_code == 422
    assert any(said in str(one) for one in page.context["form"].non_field_errors())
    assert drafted() == set()


def test_what_is_offered_to_one_stands_sealed_with_that_one_alone(client: Client, hr: User) -> None:
    ready = several(2, make.opening(specialist=hr))
    own = {"salary": "13579", f"salary_{ready[0].pk}": "24680"}
    address = page_of(client, "draft_offers", ready, of=LIST)
    client.post(address, pay(**own))
    assert sorted(Offer.objects.values_list("salary", flat=True)) == [13579, 24680]
    run = ManyRun.objects.latest("pk")
    assert run.values.keys() & own.keys() == {"salary"}
    assert {row.row_id: row.values for row in run.rows.all()} == {
        ready[0].pk: {"salary": "24680"}, ready[1].pk: {"salary": "13579"},
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT run.values || row.values FROM core_manyrun AS run JOIN core_manyrow AS row ON true"
        )
        stored = [value for (value,) in cursor.fetchall()]
    assert len(stored) == 2
    assert [number for number in ("13579", "24680") if any(number in value for value in stored)] == []


def test_who_sees_no_pay_drafts_for_nobody(client: Client, hr: User) -> None:
    grant("recruiting", "none")
    ready = several(2, make.opening(specialist=hr))
    address = page_of(client, "draft_offers", ready, of=LIST)
    assert why_left_out(client.get(address)) == {"此操作会显示或填写薪酬，您的角色没有查看薪酬的权限。": 2}
    assert client.post(address, pay()).status_code == 422
    assert not Offer.objects.exists()


@pytest.mark.parametrize("step", ["plan_rounds", "draft_offers"])
def test_the_page_beforehand_reads_as_much_for_many_as_for_few(client: Client, hr: User, step: str) -> None:
    opening = make.opening(specialist=hr)

    def cost(number: int) -> int:
        address = page_of(client, step, several(number, opening), of=LIST)
        client.get(address)
        with CaptureQueriesContext(connection) as made:
            assert client.get(address).status_code == 200
        return len(made)

    assert cost(2) == cost(9)

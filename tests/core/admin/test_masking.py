"""How people are reached: masked in lists and on pages, in full for a while to whoever says why, each look noted."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.history.models import Look
from people.models import Employee
from recruitment import seen_by
from recruitment.models import Candidate, Offer
from tests.core.admin.pages import address_of, filled
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.admin.conftest import broken_off

pytestmark = pytest.mark.django_db
IN_FULL = ("138 0013 8000", "13800138000", "zhang@example.com", "wx_zhang")
MASKED = ("138****8000", "z***@example.com")


@pytest.fixture
def zhang() -> Candidate:
    return make.candidate(
        "张三", phone="13800138000", email="zhang@example.com", other_contacts="微信 wx_zhang"
    )


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def read(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


def step_of(row: Any) -> str:
    return address_of(row).replace("/change/", "/steps/show-in-full/")


def said_in(page: str) -> list[str]:
    return [word for word in IN_FULL if word in page]


def test_a_list_and_a_page_say_as_much_as_it_takes_to_know_somebody_again(zhang: Candidate) -> None:
    for person in (people.recruiter(), people.trainer()):
        client = signed_in(person)
        for page in (
            read(client, reverse("admin:recruitment_candidate_changelist")),
            read(client, address_of(zhang)),
        ):
            assert all(word in page for word in MASKED) and said_in(page) == []
        found = read(client, reverse("admin:recruitment_candidate_changelist") + "?q=8000")
        assert "张三" in found
    assert Look.objects.filter(kind="contact").count() == 0


def test_in_full_for_a_reason_and_for_a_quarter_of_an_hour_each_look_noted(zhang: Candidate) -> None:
    recruiter = people.recruiter()
    client, other = signed_in(recruiter), make.candidate("李四", phone="13900139000")
    asked = client.get(step_of(zhang))
    assert (asked.status_code, said_in(asked.content.decode())) == (200, [])
    for refused in ({}, {"why": "curious"}, {"why": "other", "note": " "}):
        assert client.post(step_of(zhang), refused).status_code == 422
    assert Look.objects.filter(kind="contact").count() == 0

    answer = client.post(step_of(zhang), {"why": "other", "note": "核对合同"})
    assert answer["Location"] == address_of(zhang)
    [look] = Look.objects.filter(kind="contact")
    assert (look.by, look.model, look.object_id) == (recruiter, "recruitment.candidate", str(zhang.pk))
    assert look.facts == {
        "why": "other",
        "words": "核对合同",
        "columns": ["phone", "email", "other_contacts"],
    }
    assert "候选人 · 完整联系方式 · 其他用途" in [one.what for one in seen_by.looks_at(zhang.pk)]

    page = read(client, address_of(zhang))
    assert 'value="138 0013 8000"' in page and 'value="zhang@example.com"' in page and "wx_zhang" in page
    assert "139****9000" in read(client, address_of(other))
    assert said_in(read(signed_in(people.recruiter(username="other")), address_of(zhang))) == []
    values = filled(client.get(address_of(zhang)))
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert said_in(read(client, address_of(zhang))) == []
        # What somebody was typing meanwhile is not lost.
        assert client.post(address_of(zhang), values | {"phone": "137 0013 7000"}).status_code == 302
    zhang.refresh_from_db()
    assert zhang.phone == "+8613700137000"


def test_whoever_may_not_change_it_is_not_shown_it_and_nothing_masked_is_saved(zhang: Candidate) -> None:
    trainer, recruiter = signed_in(people.trainer()), signed_in(people.recruiter())
    assert "show-in-full" not in read(trainer, address_of(zhang))
    assert trainer.post(step_of(zhang), {"why": "call"}).status_code == 403
    values = filled(recruiter.get(address_of(zhang)))
    assert "phone" not in values
    answer = recruiter.post(
        address_of(zhang), values | {"name": "张三丰", "phone": "138****8000", "email": ""}
    )
    assert answer.status_code == 302
    zhang.refresh_from_db()
    assert (zhang.name, zhang.phone, zhang.email) == ("张三丰", "+8613800138000", "zhang@example.com")
    assert Look.objects.filter(kind="contact").count() == 0


def test_files_of_employees_and_accounts_are_masked_too() -> None:
    lead = people.lead()
    file = Employee.objects.create(
        number="E1", name="张三", department=people.department(), position="分析师",
        phone="13800138000", email="zhang@example.com", other_contacts="wx_zhang",
    )  # fmt: skip
    colleague = people.recruiter(name="王五", phone="13800138000", email="zhang@example.com")
    client = signed_in(lead)
    assert said_in(read(client, address_of(file))) == []
    accounts = read(client, reverse("admin:people_user_changelist"))
    assert "z***@example.com" in accounts and said_in(accounts) == []
    assert "138****8000" in read(client, address_of(colleague))
    for row in (file, colleague):
        assert client.post(step_of(row), {"why": "correct"}).status_code == 302
        assert 'value="138 0013 8000"' in read(client, address_of(row))
    assert Look.objects.filter(kind="contact").count() == 2


def test_whoever_has_to_call_sees_whom_on_the_page_of_the_follow_up() -> None:
    follow_up = broken_off().follow_up
    candidate = follow_up.interview.application.candidate
    Candidate.objects.filter(pk=candidate.pk).update(phone="13800138000", email="zhang@example.com")
    recruiter, trainer = signed_in(people.recruiter()), signed_in(people.trainer())
    queue = reverse("admin:recruitment_followup_changelist")
    assert "138****8000" in read(recruiter, queue) and said_in(read(recruiter, queue)) == []
    assert "138 0013 8000" in read(recruiter, address_of(follow_up))
    assert said_in(read(trainer, address_of(follow_up))) == []
    assert said_in(read(recruiter, address_of(follow_up.interview))) == []
    assert Look.objects.filter(model="recruitment.followup", kind="page").count() == 2
    assert "跟进任务 · 页面" in [one.what for one in seen_by.looks_at(candidate.pk)]
    for client, why, found in ((recruiter, "", (False, True)), (recruiter, "call", (True, False)),
                               (trainer, "call", (False, False))):  # fmt: skip
        asked = {"format": "csv", "why": why}
        table = client.post(reverse("admin:recruitment_followup_export"), asked).content.decode()
        assert ("138 0013 8000" in table, "****" in table) == found


def test_an_offer_opened_is_noted_and_its_history_hides_the_salary_from_whom_its_page_hides_it() -> None:
    application, lead = make.application(stage="second_round"), people.lead()
    offer = Offer.objects.create(
        application=application, made_by=lead, salary=18765, start_on=timezone.localdate(), place="上海",
        answer_by=timezone.now(),
    )  # fmt: skip
    trainer, recruiter = signed_in(people.trainer()), signed_in(application.opening.specialist)
    for address in (
        address_of(offer),
        f"{reverse('admin:recruitment_offer_history', args=[offer.pk])}?on={timezone.localdate()}",
    ):
        assert "18765" not in read(trainer, address).replace(",", "")
        assert "18765" in read(recruiter, address).replace(",", "")
    assert sorted(Look.objects.filter(model="recruitment.offer").values_list("kind", flat=True)) == [
        "history", "history", "page", "page",
    ]  # fmt: skip

"""Holding and erasing on the candidate's page, and the lists of both."""

import io
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError
from recruitment.models import Candidate, Erasure, Hold
from recruitment.privacy.services import asking, erasing, holding
from recruitment.resumes.services import adding
from recruitment.services import applications
from tests.core.admin.pages import address_of
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.resumes import files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


def step(row: Any, name: str) -> str:
    return reverse("admin:recruitment_candidate_step", args=[row.pk, name])


def test_the_lead_holds_and_lifts_on_the_page(client: Any) -> None:
    lead, row = people.lead(), make.candidate()
    client.force_login(lead)
    client.post(step(row, "hold"), {"reason": "劳动仲裁", "until": ""})
    page = client.get(address_of(row)).content.decode()
    assert "劳动仲裁" in page and "因争议保留：此人的任何资料都不会被删除。" in page
    assert "请先解除保留" in client.get(step(row, "erase")).content.decode()
    client.post(step(row, "lift"), {"reason": "已和解"})
    assert "劳动仲裁" not in client.get(address_of(row)).content.decode()
    assert "已和解" in client.get(address_of(Hold.objects.get())).content.decode()


def test_one_application_is_held_on_its_own_page(client: Any) -> None:
    lead, row = people.lead(), make.application(stage="rejected", stood_at="screening")
    client.force_login(lead)
    address = reverse("admin:recruitment_application_step", args=[row.pk, "hold"])
    client.post(address, {"reason": "劳动仲裁", "until": ""})
    assert "因争议保留：与此应聘有关的资料都不会被删除。" in client.get(address_of(row)).content.decode()
    page = client.get(address_of(row.candidate)).content.decode()
    assert f"“{row.opening}”的应聘因争议保留" in page and "此人的任何资料" not in page
    listed = client.get(reverse("admin:recruitment_hold_changelist")).content.decode()
    assert address_of(row) in listed and str(row.opening) in listed
    client.post(reverse("admin:recruitment_application_step", args=[row.pk, "lift"]), {"reason": "已和解"})
    assert "与此应聘有关的资料都不会被删除" not in client.get(address_of(row)).content.decode()
    assert not Hold.objects.standing().exists()


def test_erasing_says_first_what_goes_and_asks_twice(client: Any) -> None:
    lead = people.lead()
    row = make.application(stage="rejected", stood_at="screening").candidate
    client.force_login(lead)
    page = client.get(step(row, "erase")).content.decode()
    assert "将被清除" in page and "匿名保留" in page and "第五十条" in page
    client.post(step(row, "erase"), {"reason": "本人要求"})
    assert not Erasure.objects.exists()  # the box was not ticked
    client.post(step(row, "erase"), {"reason": "本人要求", "sure_of_it": "on"})
    assert "即将开始" in client.get(address_of(row)).content.decode()
    client.post(step(row, "call_off_erasure"))
    assert Erasure.objects.get().state == "called_off"


def test_what_an_erasure_waits_for_is_said_in_words(client: Any) -> None:
    lead, row = people.lead(), make.candidate()
    decided = erasing.decide(candidate_id=row.pk, reason="本人要求", by=lead)
    holding.hold(candidate_id=row.pk, reason="仲裁", by=lead)
    Erasure.objects.update(begins_at=decided.asked_at)
    client.force_login(lead)
    for code, words in (("held", "档案正因争议保留"), ("KeyError", "程序出错（KeyError）")):
        if code == "held":
            erasing.go_on()
        else:
            Erasure.objects.update(failing=code)
        for page in (address_of(row), address_of(decided)):
            assert words in client.get(page).content.decode()
    assert "已完成 0 / 13 部分" in client.get(address_of(row)).content.decode()


def test_the_page_of_merging_says_what_speaks_against_it_before_anybody_decides(client: Any) -> None:
    lead = people.lead()
    keep, gone = make.candidate(), make.candidate(phone="13700001111", email="b@b.com")
    client.force_login(lead)
    address = f"{step(keep, 'merge')}?other={gone.pk}"
    words = "请先解除保留", "请先答复"
    page = client.get(address).content.decode()
    assert [word for word in words if word in page] == []
    holding.hold(candidate_id=gone.pk, reason="仲裁", by=lead)
    asking.ask(candidate_id=keep.pk, kind="data", by=lead)
    page = client.get(address).content.decode()
    assert [word for word in words if word not in page] == []
    # Whose copy is ready is owed no answer: what is waited for is its end.
    assert asking.make_due() == 1
    page = client.get(address).content.decode()
    assert "请先答复" not in page and "的个人信息副本可下载至" in page


def test_an_erased_record_is_read_and_not_written(client: Any) -> None:
    lead, row = people.lead(), make.candidate()
    done = erasing.decide(candidate_id=row.pk, reason="本人要求", by=lead)
    Erasure.objects.filter(pk=done.pk).update(begins_at=done.asked_at)
    erasing.go_on()
    client.force_login(lead)
    page = client.get(address_of(row)).content.decode()
    assert "留下的内容不指向任何人" in page and 'name="phone"' not in page
    assert client.get(step(row, "hold")).status_code in (200, 403)
    assert "已匿名" in client.get(reverse("admin:recruitment_erasure_changelist")).content.decode()


@pytest.mark.usefixtures("own_files")
def test_of_an_application_of_whoever_was_erased_nothing_is_offered_and_nothing_is_added(client: Any) -> None:
    lead, looked = people.lead(), adding.look(io.BytesIO(files.pdf()), "a.pdf")
    application = make.application(stage="rejected", stood_at="screening")
    make.written_test(application)
    row, other = application.candidate, make.opening()
    Candidate.objects.filter(pk=row.pk).update(erased_at=timezone.now())
    client.force_login(lead)
    for page in (address_of(application), address_of(row)):
        shown = client.get(page).content.decode()
        assert "/steps/" not in shown and 'name="_save"' not in shown
    for call in (
        lambda: applications.apply(candidate_id=row.pk, opening_id=other.pk, by=lead),
        lambda: adding.add(looked=looked, candidate_id=row.pk, application_id=None, by=lead),
    ):
        with pytest.raises(DomainError) as error:
            call()
        assert error.value.code == "erased_already"


def test_who_is_not_the_lead_sees_that_it_is_held_and_decides_nothing(client: Any) -> None:
    row = make.candidate()
    holding.hold(candidate_id=row.pk, reason="劳动仲裁", by=people.lead())
    client.force_login(people.recruiter())
    assert "劳动仲裁" in client.get(address_of(row)).content.decode()
    client.post(step(row, "lift"), {"reason": "我想"})
    client.post(step(row, "erase"), {"reason": "我想", "sure_of_it": "on"})
    assert Hold.objects.standing().exists() and not Erasure.objects.exists()


@pytest.mark.parametrize("name", ["hold", "erasure"])
def test_lists_take_as_many_statements_for_three_as_for_one(
    client: Any, name: str, django_assert_max_num_queries: Any
) -> None:
    lead = people.lead()
    client.force_login(lead)
    counts = []
    for number in range(3):
        row = make.candidate(f"甲{number}", phone=f"1380000000{number}", email="")
        if name == "hold":
            holding.hold(candidate_id=row.pk, reason="仲裁", by=lead)
        else:
            erasing.decide(candidate_id=row.pk, reason="要求", by=lead)
        if number in (0, 2):
            client.get(reverse(f"admin:recruitment_{name}_changelist"))
            with django_assert_max_num_queries(60) as asked:
                client.get(reverse(f"admin:recruitment_{name}_changelist"))
            counts.append(len(asked))
    assert counts[0] == counts[1]

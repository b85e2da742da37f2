"""Approvals on the phone: what waits for whom, given or not in words, whoever was first, by page and API alike."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.history.models import Look
from messaging.models import Message
from onboarding.models import OnboardingStep, OnboardingTemplate
from onboarding.services import steps, templates
from people.enums import Role
from people.models import User
from recruitment.models import Offer
from recruitment.offers.services import offers
from tests.factories import api, onboarding, people
from tests.factories import recruitment as make
from tests.recruitment.offers.test_offers import terms

pytestmark = pytest.mark.django_db
LIST = "/admin/managers/approvals/"


@pytest.fixture(autouse=True)
def calendar() -> None:
    today = timezone.localdate()
    api.calendar(today.year, today.year + 1)
    templates.ensure_one()


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def keys(user: User) -> list[str]:
    return [one["key"] for one in api.client_of(user).get("/api/v1/approvals/").json()]


def draft(maker: User, **opening: Any) -> Offer:
    row = make.application(
        make.opening(title="数据分析师", specialist=maker, **{"headcount": 3, **opening}),
        stage="second_round",
        candidate=make.candidate("李雷"),
    )
    make.interview(row, state="completed", completed_at=timezone.now())
    return offers.make(application_id=row.pk, terms=terms(), by=maker)


def start(owner: Role, department: Any = None, *, stage: str = "hired") -> OnboardingStep:
    """An approval of that role's, of a start whose offer was accepted."""
    department = department or people.department()
    row = make.application(
        make.opening(department, title="数据分析师"), stage=stage, candidate=make.candidate("韩梅梅")
    )
    case = onboarding.case(row, start=onboarding.soon())
    case.steps.filter(kind="approval").update(owner_role=owner)
    return case.steps.get(kind="approval")


def test_what_waits_is_whose_part_it_is() -> None:
    maker, other, lead = people.recruiter(), people.recruiter(), people.lead()
    preparer, trainer = people.onboarder(), people.trainer()
    department = people.department("数据部")
    manager, elsewhere = people.manager(department), people.manager(people.department("财务部"))
    offer, of_lead = draft(maker), start(Role.LEAD)
    start(Role.LEAD, stage="offer")  # nobody is asked before the offer was accepted
    of_preparer, of_manager = start(Role.ONBOARDING), start(Role.MANAGER, department)
    by_key = {
        f"offer-{offer.pk}": {other, lead},
        f"start-{of_lead.pk}": {lead},
        f"start-{of_preparer.pk}": {lead, preparer},
        f"start-{of_manager.pk}": {lead, manager},
    }
    for user in (maker, other, lead, preparer, trainer, manager, elsewhere):
        wanted = {key for key, who in by_key.items() if user in who}
        assert set(keys(user)) == wanted, user.roles
        for key in by_key:
            kind, _mark, pk = key.partition("-")
            found = signed_in(user).get(f"{LIST}{kind}/{pk}/")
            assert found.status_code == (200 if key in wanted else 404), (user.roles, key)
    assert api.client_of(None).get("/api/v1/approvals/").status_code == 401


def test_the_list_takes_as_many_statements_for_three_as_for_one(
    django_assert_max_num_queries: Any,
) -> None:
    lead, maker = people.lead(), people.recruiter()
    client, counted = signed_in(lead), []
    client.get(LIST)
    for _round in range(2):
        draft(maker)
        start(Role.LEAD)
        with django_assert_max_num_queries(12) as seen:
            client.get(LIST)
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_a_manager_agrees_to_a_start_of_the_own_department() -> None:
    department = people.department("数据部")
    manager, step = people.manager(department), start(Role.MANAGER, department)
    client = signed_in(manager)
    assert "等待您审批：1 项" in client.get("/admin/managers/").text
    assert "韩梅梅" in client.get(LIST).text
    page = client.get(f"{LIST}start/{step.pk}/")
    assert "尚无评分" in page.text or "评分及依据" in page.text
    done = client.post(f"{LIST}start/{step.pk}/", {"answer": "agree"}, follow=True)
    step.refresh_from_db()
    assert (step.state, step.done_by) == ("done", manager)
    assert f"{manager}已同意" in done.text
    assert keys(manager) == []
    assert "等待您审批" not in client.get("/admin/managers/").text


def test_an_approval_of_a_managers_is_asked_of_the_manager_and_lands_there() -> None:
    department = people.department("数据部")
    manager = people.manager(department)
    people.lead()
    people.onboarder()
    template = OnboardingTemplate.objects.get(is_default=True)
    template.steps.filter(kind="approval").update(owner_role=Role.MANAGER)
    row = make.application(make.opening(department), stage="hired", candidate=make.candidate("韩梅梅"))
    step = onboarding.case(row, start=onboarding.soon()).steps.get(kind="approval")
    (message,) = Message.objects.filter(kind="start_to_approve")
    assert (message.user, message.audience) == (manager, "manager")
    assert f"/admin/managers/approvals/start/{step.pk}/" in message.body
    assert signed_in(manager).get(f"{LIST}start/{step.pk}/").status_code == 200


def test_not_agreeing_needs_words_and_leaves_the_start_to_be_decided() -> None:
    preparer, lead = people.onboarder(), people.lead()
    department = people.department("数据部")
    manager, step = people.manager(department), start(Role.MANAGER, department)
    client = signed_in(manager)
    without = client.post(f"{LIST}start/{step.pk}/", {"answer": "disagree", "reason": "  "})
    assert (without.status_code, "请写明不同意的原因。" in without.text) == (422, True)
    step.refresh_from_db()
    assert step.objected_at is None
    client.post(f"{LIST}start/{step.pk}/", {"answer": "disagree", "reason": "编制已冻结<b>"})
    step.refresh_from_db()
    assert (step.state, step.objection, step.objected_by) == ("ready", "编制已冻结<b>", manager)
    (message,) = Message.objects.filter(kind="start_not_agreed")
    assert (message.user, message.audience) == (preparer, "onboarding")
    assert "编制已冻结" in message.body and str(manager) in message.body
    read = signed_in(lead).get(f"{LIST}start/{step.pk}/").text
    assert "编制已冻结&lt;b&gt;" in read and "未同意" in read
    assert "未同意，仍待决定" in signed_in(lead).get(LIST).text
    steps.complete_step(step_id=step.pk, by=lead)
    step.refresh_from_db()
    assert (step.objection, step.objected_at, step.objected_by) == ("", None, None)


def test_an_offer_is_agreed_to_with_its_pay_before_ones_eyes() -> None:
    maker, lead = people.recruiter(name="王芳"), people.lead(name="陈总监")
    offer = draft(maker)
    client = signed_in(lead)
    page = client.get(f"{LIST}offer/{offer.pk}/")
    assert "18,000" in page.text and "王芳" in page.text
    assert [(look.by, look.model) for look in Look.objects.all()] == [(lead, "recruitment.offer")]
    assert "陈总监已同意" in client.post(f"{LIST}offer/{offer.pk}/", {"answer": "agree"}, follow=True).text
    offer.refresh_from_db()
    assert (offer.state, offer.approved_by) == ("approved", lead)


def test_several_offers_are_agreed_to_in_one_go_with_their_pay_before_ones_eyes() -> None:
    maker, lead = people.recruiter(name="王芳"), people.lead(name="陈总监")
    made = [draft(maker), draft(maker), draft(maker)]
    client = signed_in(lead)
    page = client.get(LIST)
    assert page.text.count("18,000") == 3 and "全部同意（3 份录用通知）" in page.text
    assert {(look.by, look.object_id) for look in Look.objects.all()} == {(lead, str(row.pk)) for row in made}
    # One is withdrawn while the page is open; what is no offer of theirs is passed over.
    offers.withdraw(offer_id=made[0].pk, reason="改期", by=maker)
    answer = client.post(LIST, {"offer": [*(row.pk for row in made), "0", "x", str(2**70)]})
    assert (answer.status_code, "无需处理" in answer.text) == (409, True)
    assert [row.state for row in Offer.objects.order_by("pk")] == ["withdrawn", "approved", "approved"]
    assert "没有等待您审批的事项" in client.get(LIST).text


def test_whoever_drafted_them_agrees_to_none() -> None:
    maker = people.recruiter()
    made = [draft(maker), draft(maker)]
    signed_in(maker).post(LIST, {"offer": [row.pk for row in made]})
    signed_in(people.manager()).post(LIST, {"offer": [row.pk for row in made]})
    assert set(Offer.objects.values_list("state", flat=True)) == {"draft"}


def test_what_only_the_lead_approves_says_so_and_why() -> None:
    maker, other = people.recruiter(), people.recruiter()
    offer = draft(maker, salary_low=8000, salary_high=9000)
    page = signed_in(other).get(f"{LIST}offer/{offer.pk}/")
    assert "须由人力资源负责人审批" in page.text and 'value="agree"' not in page.text
    answer = api.client_of(other).post(f"/api/v1/approvals/offer-{offer.pk}/agree/")
    assert (answer.status_code, answer.json()["code"]) == (403, "lead_needed")
    offer.refresh_from_db()
    assert offer.state == "draft"


@pytest.mark.parametrize(("first", "words"), [("agree", "陈总监已同意"), ("disagree", "陈总监未同意")])
def test_whoever_was_too_late_reads_who_was_first(first: str, words: str) -> None:
    maker, lead, late = people.recruiter(), people.lead(name="陈总监"), people.lead(name="赵总监")
    offer = draft(maker)
    api.client_of(lead).post(f"/api/v1/approvals/offer-{offer.pk}/{first}/", {"reason": "太高"})
    for answer in ("agree", "disagree"):
        page = signed_in(late).post(f"{LIST}offer/{offer.pk}/", {"answer": answer, "reason": "x"})
        assert (page.status_code, words in page.text) == (409, True)
        said = api.client_of(late, headers={"accept-language": "zh-hans"}).post(
            f"/api/v1/approvals/offer-{offer.pk}/{answer}/", {"reason": "x"}
        )
        assert (said.status_code, said.json()) == (409, {"code": "already_decided", "message": words})
    offer.refresh_from_db()
    assert offer.state == ("approved" if first == "agree" else "withdrawn")


def test_a_start_that_another_agreed_to_says_who() -> None:
    lead, late = people.lead(name="陈总监"), people.lead(name="赵总监")
    step = start(Role.LEAD)
    steps.complete_step(step_id=step.pk, by=lead)
    for answer in ("agree", "disagree"):
        page = signed_in(late).post(f"{LIST}start/{step.pk}/", {"answer": answer, "reason": "x"})
        assert (page.status_code, "陈总监已同意" in page.text) == (409, True)


@pytest.mark.parametrize(
    "key", ["offer-0", "offer-x", "start-", "letter-1", "offer-99999999999999999999", "offer"]
)
def test_a_key_that_names_nothing_is_404(key: str) -> None:
    answer = api.client_of(people.lead()).post(f"/api/v1/approvals/{key}/agree/")
    assert (answer.status_code, answer.json()["code"]) == (404, "approval_unknown")


def test_what_the_api_says_of_one() -> None:
    maker, lead = people.recruiter(), people.lead()
    offer = draft(maker)
    asker = api.client_of(lead, headers={"accept-language": "zh-hans"})
    (said,) = asker.get("/api/v1/approvals/").json()
    assert datetime.fromisoformat(said.pop("since")) == offer.made_at
    assert said == {
        "key": f"offer-{offer.pk}",
        "kind": "offer",
        "title": "录用通知审批",
        "candidate": "李雷",
        "opening": "数据分析师",
        "day": offer.start_on.isoformat(),
        "decided": "",
        "page": f"{LIST}offer/{offer.pk}/",
    }


def test_the_first_page_has_what_waits_and_leads_to_approving_it_in_one_go() -> None:
    maker, lead = people.recruiter(name="王芳"), people.lead(name="陈总监")
    made = [draft(maker), draft(maker)]
    own = signed_in(maker).get("/admin/").text
    assert 'id="drafts"' not in own
    client = signed_in(lead)
    page = client.get("/admin/")
    assert "批准 2 份录用通知 …" in page.text
    asked = {"action": "many_approve", "_selected_action": [row.pk for row in made]}
    address = client.post("/admin/recruitment/offer/", asked).headers["Location"]
    assert "/admin/recruitment/offer/many/" in address
    assert set(Offer.objects.values_list("state", flat=True)) == {"draft"}
    client.post(address)
    assert set(Offer.objects.values_list("state", "approved_by")) == {("approved", lead.pk)}
    assert 'id="drafts"' not in client.get("/admin/").text

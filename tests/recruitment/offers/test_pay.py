"""What is paid: who sees a salary and a range, what a range refuses, and whom an offer above it asks."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from core.exchange.declared import declared_exchanges
from people.models import User
from people.models.rights import read_grid
from people.services import granting
from recruitment.models import Offer, Opening
from recruitment.offers import approval
from recruitment.offers.services import offers
from tests.core.admin.pages import address_of, filled, saved
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.recruitment.offers.test_offers import Story, a_monday, calendar, refused  # noqa: F401 -- its days off

pytestmark = pytest.mark.django_db
RANGE = {"salary_low": Decimal(13131), "salary_high": Decimal(17171)}


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def numbers_in(answer: Any) -> set[str]:
    text = answer.content.decode().replace(",", "")
    return {number for number in ("13131", "17171", "16161") if number in text}


def grant(role: str, reach: str) -> None:
    granting.change_grid(
        cells={(role, "pay"): reach}, reason="试点", version=granting.version_of(read_grid()),
        by=people.user("administrator"),
    )  # fmt: skip


def an_offer(opening: Opening) -> Offer:
    return Offer.objects.create(
        application=make.application(opening, stage="offer"), made_by=opening.specialist, salary=16161,
        range_low=13131, range_high=17171, range_currency="CNY", range_period="month",
        start_on=timezone.localdate(), place="上海", answer_by=timezone.now(),
    )  # fmt: skip


def everywhere(person: User, opening: Opening, offer: Offer) -> set[str]:
    """Every page, file and answer that a salary could stand on."""
    client = signed_in(person)
    day = timezone.localdate()
    found = set()
    for row, name in ((opening, "opening"), (offer, "offer")):
        page = reverse(f"admin:recruitment_{name}_history", args=[row.pk])
        for address in (address_of(row), page, f"{page}?on={day}", f"/admin/recruitment/{name}/"):
            found |= numbers_in(client.get(address))
        found |= numbers_in(client.post(f"/admin/recruitment/{name}/export/", {"format": "csv"}))
    found |= numbers_in(client.get(f"{address_of(offer.application)}"))
    return found | numbers_in(api.client_of(person).get("/api/v1/openings/"))


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("recruiter", True), ("lead", True), ("superuser", True), ("beside", False), ("trainer", False),
        ("onboarder", False),
    ],
)  # fmt: skip
def test_salaries_are_read_by_whoever_has_the_right_and_by_nobody_else(who: str, sees: bool) -> None:
    opening = make.opening(**RANGE)
    person = {
        "recruiter": lambda: people.recruiter(department=opening.department),
        "lead": people.lead,
        "superuser": lambda: people.user(is_superuser=True, is_staff=True),
        "beside": lambda: people.recruiter(department=people.department("旁边")),
        "trainer": people.trainer,
        "onboarder": people.onboarder,
    }[who]()
    assert everywhere(person, opening, an_offer(opening)) == ({"13131", "17171", "16161"} if sees else set())


def test_the_right_is_one_of_its_own() -> None:
    opening = make.opening(**RANGE)
    offer, onboarder = an_offer(opening), people.onboarder()
    grant("onboarding", "house")
    grant("recruiting", "none")
    onboarder = User.objects.get(pk=onboarder.pk)
    assert everywhere(onboarder, opening, offer) == {"13131", "17171", "16161"}
    recruiter = User.objects.get(pk=opening.specialist_id)
    assert everywhere(recruiter, opening, offer) == set()
    refused("pay_not_permitted", offers.approve, offer_id=offer.pk, by=recruiter)


def test_the_answer_is_whoever_recruits_not_whoever_sees_pay() -> None:
    """One of them without the other, on the page and in the history."""
    opening = make.opening(**RANGE)
    offer = an_offer(opening)
    Offer.objects.filter(pk=offer.pk).update(withdraw_reason="预算取消")
    grant("recruiting", "none")
    grant("onboarding", "house")
    seen = {}
    for name, person in (("recruits", opening.specialist), ("pays", people.onboarder())):
        client = signed_in(User.objects.get(pk=person.pk))
        page = client.get(address_of(offer))
        day = {"on": timezone.localdate().isoformat()}
        history = client.get(reverse("admin:recruitment_offer_history", args=[offer.pk]), day)
        seen[name] = [
            ("预算取消" in answer.content.decode(), bool(numbers_in(answer))) for answer in (page, history)
        ]
    assert seen == {"recruits": [(True, False)] * 2, "pays": [(False, True)] * 2}


def test_a_manager_reads_no_range_over_the_api_and_the_list_asks_no_more_for_it() -> None:
    department = people.department()
    make.opening(department, **RANGE)
    manager, recruiter = people.manager(department), people.recruiter(department=department)
    [row] = api.client_of(manager).get("/api/v1/openings/").json()["results"]
    assert row["salary_range"] is None
    client = api.client_of(recruiter)
    client.get("/api/v1/openings/")
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = client.get("/api/v1/openings/").json()["results"]
        counted.append(len(queries))
        make.opening(department, **RANGE)
        make.opening(department, **RANGE)
    assert counted[0] == counted[1]
    assert rows[0]["salary_range"] == {"low": 13131.0, "high": 17171.0, "currency": "CNY", "period": "month"}


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ({"salary_low": "20000", "salary_high": "15000"}, {"salary_high": ["salary_range_upside_down"]}),
        ({"salary_low": "20000"}, {"salary_high": ["salary_range_half"]}),
        ({"salary_high": "20000"}, {"salary_low": ["salary_range_half"]}),
        ({"salary_low": "1e4", "salary_high": "20000"}, {"salary_low": ["invalid"]}),
        ({"salary_low": "0", "salary_high": "20000"}, {"salary_low": ["min_value"]}),
        ({"salary_low": "15000", "salary_high": "15000"}, {}),
    ],
)
def test_a_range_has_two_ends_in_order(typed: dict[str, str], codes: dict[str, list[str]]) -> None:
    opening = make.opening()
    client = signed_in(opening.specialist)
    answer = saved(client, opening, **typed)
    if codes:
        errors = answer.context["adminform"].form.errors.as_data()
        assert {name: [one.code for one in found] for name, found in errors.items()} == codes
    opening.refresh_from_db()
    assert opening.salary_high == (None if codes else Decimal(15000))


def test_whoever_does_not_see_a_range_does_not_change_it_either() -> None:
    opening = make.opening(**RANGE)
    grant("recruiting", "none")
    client = signed_in(opening.specialist)
    values = filled(client.get(address_of(opening)))
    assert not {"salary_low", "salary_high", "salary_period"} & set(values)
    answer = client.post(address_of(opening), {**values, "headcount": "7", "salary_high": "99999"})
    assert answer.status_code == 302
    opening.refresh_from_db()
    assert (opening.headcount, opening.salary_high) == (7, Decimal(17171))


@pytest.mark.parametrize("ends", [(None, 5), (5, None), (6, 5), (0, 5)])
def test_the_database_holds_it_too(ends: tuple[Any, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.opening(salary_low=ends[0], salary_high=ends[1])


def test_a_range_upside_down_comes_in_no_way_at_all() -> None:
    """The form of a new opening, a row that was read by half, the API and tables: by hand, and nowhere else."""
    opening = make.opening(**RANGE)
    client, person = signed_in(opening.specialist), opening.specialist
    values = filled(client.get(address_of(opening)))
    added = reverse("admin:recruitment_opening_add")
    fresh = {name: value for name, value in values.items() if not name.endswith(("-id", "-opening"))}
    fresh |= {name: "0" for name in values if name.endswith("-INITIAL_FORMS")}
    answer = client.post(added, {**fresh, "salary_low": "20000", "salary_high": "15000"})
    errors = answer.context["adminform"].form.errors.as_data()
    assert {name: [one.code for one in found] for name, found in errors.items()} == {
        "salary_high": ["salary_range_upside_down"]
    }
    half = Opening.objects.only("salary_low").get(pk=opening.pk)
    half.salary_low = Decimal(20000)
    with pytest.raises(IntegrityError), transaction.atomic():
        half.save(update_fields=["salary_low"])
    asked = api.client_of(person)
    upside_down = {"salary_range": {"low": 20000, "high": 15000}, "salary_low": 20000, "salary_high": 15000}
    for method, address in (
        (asked.post, "/api/v1/openings/"),
        (asked.put, f"/api/v1/openings/{opening.pk}/"),
        (asked.patch, f"/api/v1/openings/{opening.pk}/"),
    ):
        assert method(address, upside_down, format="json").status_code == 405
    columns = {column.name for kind in declared_exchanges().values() for column in kind.columns}
    assert not {name for name in columns if "salary" in name or "pay" in name}
    assert list(Opening.objects.values_list("salary_low", "salary_high")) == [
        (Decimal(13131), Decimal(17171))
    ]


@pytest.mark.parametrize(
    ("pay", "needs"),
    [
        ({"salary": Decimal(20000)}, False),
        ({"salary": Decimal("20000.01")}, True),
        ({"salary": Decimal(240000), "period": "year"}, False),
        ({"salary": Decimal(240001), "period": "year"}, True),
        ({"salary": Decimal(100), "currency": "EUR"}, True),
    ],
)
def test_above_the_range_the_lead_approves(pay: dict[str, Any], needs: bool) -> None:
    story = Story()
    Opening.objects.filter(pk=story.opening.pk).update(salary_low=15000, salary_high=20000)
    made = story.made(**pay)
    page = signed_in(story.other).get(address_of(made)).content.decode()
    assert ("须由人力资源负责人审批：" in page) == needs
    if needs:
        refused("lead_needed", offers.approve, offer_id=made.pk, by=story.other)
    by = story.lead if needs else story.other
    assert offers.approve(offer_id=made.pk, by=by).state == "approved"


def test_a_range_set_afterwards_judges_no_earlier_offer() -> None:
    story = Story()
    made = story.made()
    Opening.objects.filter(pk=story.opening.pk).update(salary_low=1000, salary_high=2000)
    assert approval.why_lead(Offer.objects.get(pk=made.pk)) == []
    offers.withdraw(offer_id=made.pk, reason="重拟", by=story.maker)
    again = story.made()
    with translation.override("zh-hans"):
        assert approval.in_words(approval.why_lead(again)) == "薪酬高于招聘需求的薪酬范围"
    make.application(story.opening, stage="hired")
    with translation.override("zh-hans"):
        assert (
            approval.in_words(approval.why_lead(again)) == "超出招聘需求的人数，且薪酬高于招聘需求的薪酬范围"
        )


def test_drafting_one_above_the_range_says_beforehand_whom_it_asks() -> None:
    story = Story()
    Opening.objects.filter(pk=story.opening.pk).update(salary_low=15000, salary_high=17500)
    client = signed_in(story.maker)
    address = address_of(story.application).replace("/change/", "/steps/draft-offer/")
    assert "15,000–17,500" in client.get(address).content.decode()
    typed = {
        "salary": "18000", "period": "month", "start_on": a_monday().isoformat(), "place": "上海",
        "answer_by": (timezone.localtime() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    page = client.post(address, typed)
    assert (page.status_code, Offer.objects.count()) == (422, 0)
    assert "这份录用通知须由人力资源负责人审批" in page.content.decode()

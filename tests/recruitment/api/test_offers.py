"""`offers/`: shape, what is paid by right, filters and sorts, query counts."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Department
from recruitment.models import Offer
from tests.factories import api, people, recruitment

pytestmark = pytest.mark.django_db


def an_offer(department: Department, days: int = 30, **fields: Any) -> Offer:
    opening = recruitment.opening(department, title="数据分析师")
    who = recruitment.candidate(fields.pop("name", "张三"))
    usual: dict[str, Any] = {
        "salary": 18000, "start_on": timezone.localdate() + timedelta(days=days), "place": "上海",
        "answer_by": timezone.now() + timedelta(days=days - 20), "conditions": "试用期 3 个月",
        "made_by": opening.specialist,
    }  # fmt: skip
    application = recruitment.application(opening, stage="offer", candidate=who)
    return Offer.objects.create(application=application, **{**usual, **fields})


def listed(person: Any, query: str = "") -> list[dict[str, Any]]:
    answer = api.client_of(person).get(f"/api/v1/offers/{query}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def declined(department: Department, **fields: Any) -> Offer:
    return an_offer(
        department,
        state="declined",
        decline_reason="pay",
        sent_at=timezone.now(),
        ended_at=timezone.now(),
        **fields,
    )


def test_an_offer_as_the_api_shows_it() -> None:
    department = people.department("数据部")
    offer = declined(department)
    recruiter = people.recruiter(department=department)
    [body] = listed(recruiter)
    assert body == {
        "id": offer.pk,
        "application": offer.application_id,
        "candidate": {"id": offer.application.candidate_id, "name": "张三"},
        "opening": {"id": offer.application.opening_id, "title": "数据分析师"},
        "state": "declined",
        "start_on": offer.start_on.isoformat(),
        "place": "上海",
        **{name: body[name] for name in ("answer_by", "made_at", "sent_at", "ended_at", "updated_at")},
        "terms": {"salary": 18000.0, "currency": "CNY", "period": "month", "conditions": "试用期 3 个月"},
        "decline_reason": "pay",
    }
    assert api.client_of(recruiter).get(f"/api/v1/offers/{offer.pk}/").json() == body


def test_what_is_paid_is_read_by_right() -> None:
    department = people.department("数据部")
    offer = declined(department)
    seen = {
        "manager": people.manager(department), "trainer": people.trainer(), "lead": people.lead(),
        "beside": people.recruiter(department=people.department("旁边")),
    }  # fmt: skip
    for name, person in seen.items():
        [row] = listed(person)
        one = api.client_of(person).get(f"/api/v1/offers/{offer.pk}/").json()
        known = (row["terms"] is None, row["decline_reason"]) == (False, "pay")
        unknown = (row["terms"], row["decline_reason"]) == (None, None)
        assert (one, known, unknown) == (row, name == "lead", name != "lead")
    other = people.manager(people.department("别处"))
    assert listed(other) == []
    assert api.client_of(other).get(f"/api/v1/offers/{offer.pk}/").status_code == 404


def test_filters_sorts_and_what_is_refused() -> None:
    department, lead = people.department(), people.lead()
    first, second = an_offer(department, 40, name="王芳"), declined(department, days=30)
    ids = {
        "": [second.pk, first.pk],
        "?state=draft": [first.pk],
        f"?application={second.application_id}": [second.pk],
        f"?opening={first.application.opening_id}": [first.pk],
        "?ordering=answer_by": [second.pk, first.pk],
        "?ordering=-start_on": [first.pk, second.pk],
        f"?start_on_after={first.start_on}": [first.pk],
        "?search=王芳": [first.pk],
        f"?updated_since={(timezone.now() + timedelta(hours=1)).isoformat().replace('+', '%2B')}": [],
    }
    assert {query: [row["id"] for row in listed(lead, query)] for query in ids} == ids
    for query in ("?ordering=salary", "?state=paid", "?salary=1", "?opening=x"):
        assert api.client_of(lead).get(f"/api/v1/offers/{query}").status_code == 422
    assert api.client_of(lead).post("/api/v1/offers/", {}).status_code == 405


def test_the_number_of_queries_does_not_grow() -> None:
    department = people.department()
    client: Any = api.client_of(people.recruiter(department=department))
    counts = set()
    for _round in range(3):
        an_offer(department)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/api/v1/offers/").status_code == 200
        counts.add(len(captured))
    assert len(counts) == 1

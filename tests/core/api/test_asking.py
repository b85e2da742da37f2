"""What every endpoint may be asked: known parameters alone, a search, a sort, what has changed; 304 and limits."""

import gzip
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from core.api import throttles
from messaging.models import Message
from onboarding.models import OnboardingCase, OnboardingStep
from recruitment.models import (
    Application,
    Assessment,
    Checkpoint,
    FollowUp,
    Interview,
    InterviewExit,
    Opening,
)
from tests.factories import api, people, recruitment
from tests.hrsuite.api import story
from training.models import PlanItem, TrainingPlan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
LISTS = {
    "openings": Opening, "applications": Application, "interviews": Interview, "assessments": Assessment,
    "follow-ups": FollowUp, "onboarding": OnboardingCase, "training-plans": TrainingPlan, "messages": Message,
}  # fmt: skip


@pytest.fixture
def client() -> Any:
    return api.client_of(people.lead())


def clock() -> str:
    """The database's, which dates the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return str(cursor.fetchone()[0].isoformat())


def ids(client: Any, name: str, **query: Any) -> set[int]:
    answer = client.get(f"/api/v1/{name}/", query)
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()["results"]}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return [
        (path, method, operation) for path, methods in paths.items() for method, operation in methods.items()
    ]


def test_an_unknown_parameter_is_refused_everywhere_and_the_known_ones_are_named(client: Any) -> None:
    """`?serach=` answered everything. What is known is what the schema says."""
    told = story.left()
    found = {
        "openings": told.opening.pk, "applications": told.application.pk, "interviews": told.interview.pk,
        "assessments": Assessment.objects.values_list("pk", flat=True)[0], "follow-ups": FollowUp.objects.get().pk,
        "onboarding": OnboardingCase.objects.get().pk, "training-plans": TrainingPlan.objects.get().pk,
        "messages": Message.objects.values_list("pk", flat=True)[0],
    }  # fmt: skip
    for path, method, operation in operations():
        address = path.replace("{id}", str(found.get(path.split("/")[3], 0))).replace("{name}", "exits")
        answer = getattr(client, method)(f"{address}?serach=x", {} if method == "get" else None)
        body = answer.json()
        assert (answer.status_code, body["code"], body["parameter"]) == (
            422,
            "unknown_parameter",
            "serach",
        ), address
        asked = sorted(one["name"] for one in operation.get("parameters", []) if one["in"] == "query")
        assert body["known"] == asked, address


def test_every_list_takes_search_ordering_and_updated_since() -> None:
    known = {
        path: {one["name"] for one in operation.get("parameters", [])}
        for path, method, operation in operations()
        if method == "get" and operation["operationId"].endswith("_list")
    }
    for name in LISTS:
        assert {"search", "ordering", "updated_since", "page", "page_size"} <= known[f"/api/v1/{name}/"], name
    assert "search" in known["/api/v1/headcount-plan/"]


@pytest.mark.parametrize(
    "typed", ["王小", "xiaohong", "13912345678", "139 1234", "5678", "+86-139-1234-5678", "hong@ex"]
)
def test_a_search_finds_the_person_behind_the_row(client: Any, typed: str) -> None:
    """By name, pinyin, phone from its beginning or its end, or e-mail; and nobody else."""
    found = recruitment.candidate(name="王小红", phone="13912345678", email="hong@example.com")
    wanted = recruitment.interview(recruitment.application(candidate=found), state="interrupted")
    recruitment.interview(state="interrupted")
    assert ids(client, "applications", search=typed) == {wanted.application_id}
    assert ids(client, "interviews", search=typed) == {wanted.pk}


def test_a_search_of_nothing_finds_nothing_and_openings_are_found_by_title(client: Any) -> None:
    first = recruitment.opening(title="数据分析师")
    recruitment.opening(title="前端工程师")
    assert ids(client, "openings", search="分析") == {first.pk}
    assert ids(client, "openings", search="!!!") == set()
    assert ids(client, "openings", search=" ") == set()
    assert client.get("/api/v1/headcount-plan/?search=分析").json()["count"] == 1
    assert client.get("/api/v1/headcount-plan/?search=nobody").json()["results"] == []
    assert client.get("/api/v1/openings/", {"search": "x" * 101}).status_code == 422


def test_a_filter_by_nothing_is_refused(client: Any) -> None:
    """It answered everything."""
    for name in ("search", "state", "updated_since", "department", "ordering", "target_month_before"):
        answer = client.get(f"/api/v1/openings/?{name}=")
        assert (answer.status_code, answer.json()["code"]) == (422, "empty_parameter"), name


def test_a_managers_search_reaches_the_own_tree_only() -> None:
    mine, other = recruitment.application(), recruitment.application()
    manager = api.client_of(people.manager(mine.opening.department))
    assert ids(manager, "applications", search=mine.candidate.name) == {mine.pk}
    assert other.candidate.name == mine.candidate.name


def test_more_than_anybody_looks_through_is_said(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a part of what fits, as if it were all."""
    from core.api.filters import Sought

    monkeypatch.setattr(Sought, "most", 2)
    for _each in range(2):
        recruitment.application()
    answer = client.get("/api/v1/applications/?search=张三")
    assert (answer.status_code, answer.json()["code"]) == (422, "search_too_wide")


@pytest.mark.parametrize("name", LISTS)
def test_what_has_changed_since(client: Any, name: str) -> None:
    """A set-wise UPDATE moves a row, a save that changes nothing does not; the page of a row says when."""
    story.left()
    model: Any = LISTS[name]
    row = model.objects.order_by("pk").first()
    old = timezone.now() - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for one in {*LISTS.values(), InterviewExit, Checkpoint, OnboardingStep, PlanItem}:
            cursor.execute(f"UPDATE {one._meta.db_table} SET updated_at = %s", [old])
        cursor.execute("UPDATE onboarding_onboardingdelay SET updated_at = %s", [old])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    since = (timezone.now() - timedelta(minutes=1)).isoformat()
    assert ids(client, name, updated_since=since) == set()
    model.objects.get(pk=row.pk).save()
    assert ids(client, name, updated_since=since) == set()
    column, value = {
        "applications": ("promised_by", "2026-12-01"), "assessments": ("method", "x"), "follow-ups": ("note", "x"),
        "interviews": ("announced_exits", 7), "messages": ("recipient_name", "x"), "openings": ("headcount", 7),
        "onboarding": ("planned_start", "2026-12-01"), "training-plans": ("version", 7),
    }[name]  # fmt: skip
    model.objects.filter(pk=row.pk).update(**{column: value})
    assert ids(client, name, updated_since=since) == {row.pk}
    body = client.get(f"/api/v1/{name}/{row.pk}/").json()
    assert body["updated_at"] > since


def test_what_is_shown_with_a_row_changes_it_too(client: Any) -> None:
    """A report that was issued, a step that was done, a cause that was corrected."""
    told = story.left()
    case, plan = OnboardingCase.objects.get(), TrainingPlan.objects.get()
    recruitment.interview()

    own = {
        "applications": told.application.pk, "interviews": told.interview.pk, "onboarding": case.pk,
        "training-plans": plan.pk,
    }  # fmt: skip

    def since() -> dict[str, set[int]]:
        return {name: ids(client, name, updated_since=moment) for name in own}

    nothing: dict[str, set[int]] = {name: set() for name in own}
    for rows, changed in (
        (Assessment.objects.filter(interview=told.interview), {"applications", "interviews"}),
        (told.interview.exits.all(), {"interviews"}),
        (case.steps.all(), {"onboarding"}),
        (plan.items.all(), {"training-plans"}),
    ):
        moment = clock()
        assert since() == nothing
        field = {"Assessment": "method", "InterviewExit": "note"}.get(
            rows.model.__name__, "offset_working_days"
        )
        rows.update(**{field: 3 if field == "offset_working_days" else "other"})
        assert since() == {name: {own[name]} if name in changed else set() for name in nothing}


def test_a_moment_may_lose_its_plus_and_a_day_is_written_in_one_way(client: Any) -> None:
    row = recruitment.interview()
    moment = (
        (row.window_opens_at - timedelta(hours=1)).astimezone(timezone.get_default_timezone()).isoformat()
    )
    assert "+" in moment
    for written in (moment, quote(moment)):
        answer = client.get(f"/api/v1/interviews/?window_opens_at_after={written}")
        assert [one["id"] for one in answer.json()["results"]] == [row.pk]
    assert ids(client, "interviews", window_opens_at_before=moment) == set()
    assert ids(client, "openings", target_month_after="2020-01-01", target_month_before="2020-01-02") == set()
    for far in ("0145-02-14T17:04:24.7674-20:38", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):
        assert client.get("/api/v1/interviews/", {"updated_since": far}).status_code == 200
    for wrong in ("11/28/2026", "2026-1-1", "tomorrow"):
        assert client.get("/api/v1/openings/", {"target_month": wrong}).status_code == 422


def test_one_sort_that_is_offered(client: Any) -> None:
    first, second = recruitment.interview(), recruitment.interview()
    Interview.objects.filter(pk=first.pk).update(announced_exits=1)
    for name in ("updated_at", "-id"):
        listed = client.get(f"/api/v1/interviews/?ordering={name}").json()["results"]
        assert [row["id"] for row in listed] == [second.pk, first.pk]
    for wrong in ("score", "id,window_opens_at", "--id", "application__candidate__phone"):
        assert client.get("/api/v1/interviews/", {"ordering": wrong}).status_code == 422


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asked_in_every_way_costs_the_same_for_one_and_for_three(name: str) -> None:
    client: Any = api.client_of(people.lead())
    told = story.left()

    def cost() -> int:
        query = {"search": "a", "updated_since": "2020-01-01T00:00:00Z", "ordering": "-updated_at"}
        if name != "openings":
            query["search"] = told.application.candidate.name
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"/api/v1/{name}/", query).status_code == 200
        return len(queries)

    one = cost()
    for _each in range(2):
        story.left(told.opening)
    assert cost() == one


def test_the_same_again_is_304_and_nothing(client: Any) -> None:
    """On every read; a change is answered whole; a figure's time of counting is no change."""
    told = story.left()
    for address in (
        "interviews/", f"interviews/{told.interview.pk}/", f"interviews/{told.interview.pk}/chain/", "headcount-plan/",
        f"openings/{told.opening.pk}/progress/", "reports/weekly/", "reports/exits/",
    ):  # fmt: skip
        first = client.get(f"/api/v1/{address}")
        assert first["Cache-Control"] == "no-store", address
        again = client.get(f"/api/v1/{address}", HTTP_IF_NONE_MATCH=first["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"]), address
        assert client.get(f"/api/v1/{address}", HTTP_IF_NONE_MATCH=f'"x", {first["ETag"]}').status_code == 304
        assert client.get(f"/api/v1/{address}", HTTP_IF_NONE_MATCH='"x"').status_code == 200
        english = client.get(
            f"/api/v1/{address}", HTTP_IF_NONE_MATCH=first["ETag"], HTTP_ACCEPT_LANGUAGE="en"
        )
        assert english.status_code == 200
    told.come_back()
    assert client.get("/api/v1/interviews/", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_a_packed_answer_is_known_again(client: Any) -> None:
    story.left()
    first = client.get("/api/v1/interviews/", HTTP_ACCEPT_ENCODING="gzip")
    assert first["Content-Encoding"] == "gzip"
    assert b'"count":1' in gzip.decompress(first.content).replace(b" ", b"")
    again = client.get("/api/v1/interviews/", HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304


def test_refusals_and_steps_are_not_stored_either(client: Any) -> None:
    for answer in (Client().get("/api/v1/interviews/"), client.get("/api/v1/interviews/0/")):
        assert answer["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


def test_too_many_calls_of_one_person_are_429_with_when_to_try_again(settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 3
    throttles.calls.forget()
    busy, other = api.client_of(people.lead()), api.client_of(people.lead())
    answers = [busy.get("/api/v1/openings/") for _each in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].json()["code"] == "throttled"
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert other.get("/api/v1/openings/").status_code == 200
    throttles.calls.forget()


def test_wrong_keys_are_429_with_when_to_try_again() -> None:
    from people.authentication import wrong_keys

    wrong_keys.forget()
    client = api.client_of(None)
    client.credentials(HTTP_AUTHORIZATION="Token nobody-has-this")
    answers = [client.get("/api/v1/openings/") for _each in range(22)]
    assert [answer.status_code for answer in answers] == [401] * 20 + [429] * 2
    assert int(answers[-1]["Retry-After"]) > 0
    assert api.client_of(people.lead()).get("/api/v1/openings/").status_code == 200
    wrong_keys.forget()


@pytest.mark.parametrize("query", ["page_size=0", "page_size=x", "page_size=-1", "page_size="])
def test_a_page_has_a_size(client: Any, query: str) -> None:
    answer = client.get(f"/api/v1/openings/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "page_size_invalid")
    assert client.get("/api/v1/openings/?page_size=1000").status_code == 200


@pytest.mark.parametrize(("name", "moment"), [("messages", "created_at"), ("assessments", "issued_at")])
def test_a_stretch_of_the_time_they_were_made_is_read_by_its_own_index(
    client: Any, name: str, moment: str
) -> None:
    story.left()
    asked = f"/api/v1/{name}/?{moment}_before=2099-01-01T00:00:00Z"
    orders = []
    for query in (asked, f"{asked}&ordering=id"):
        with CaptureQueriesContext(connection) as statements:
            assert client.get(query).json()["results"]
        orders.append([one["sql"] for one in statements if f'."{moment}" AS' in one["sql"]])
    assert ["ORDER BY 2 DESC, 1 DESC" in one for one in orders[0]] == [True]
    assert orders[1] == []

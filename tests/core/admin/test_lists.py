"""Every list of the back office: made by the kit, sorted and searched by an index only."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import conditional_escape

from core import counts
from core.admin.base import Coloured
from core.admin.lists import Lean, is_indexed
from recruitment.enums_incoming import ResumeState
from recruitment.models import Candidate, Resume
from tests.factories import onboarding, people, recruitment

pytestmark = pytest.mark.django_db
# Kept short by themselves: the queue keeps its last five hundred, and its pages are the library's.
OTHERS = {"django_q", "authtoken"}


def ours() -> list[tuple[type[Model], Any]]:
    return [
        (model, page) for model, page in admin.site._registry.items() if model._meta.app_label not in OTHERS
    ]


def growing() -> list[tuple[type[Model], Any]]:
    return [(model, page) for model, page in ours() if not page.is_catalogue]


def leading_columns(model: type[Model]) -> set[str]:
    """The columns that some whole index of the model's table begins with."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.attname FROM pg_index x JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]"
            " WHERE x.indrelid = %s::regclass AND x.indpred IS NULL",
            [model._meta.db_table],
        )
        return {name for (name,) in cursor.fetchall()}


def is_sorted_by_an_index(model: type[Model], ordering: str) -> bool:
    bare = ordering.removeprefix("-")
    if bare == "pk":
        return True
    field = get_fields_from_path(model, bare)[-1]
    return field.column in leading_columns(field.model)


def changes_of(page: Any, person: Any) -> Any:
    request = RequestFactory().get("/")
    request.user = person
    return page.get_changelist_instance(request)


def test_every_list_is_made_by_the_kit() -> None:
    assert {model._meta.label for model, page in ours() if not isinstance(page, Lean)} == set()
    assert {model._meta.label for model, page in ours() if page.date_hierarchy} == set()


def test_every_sort_that_is_offered_has_an_index() -> None:
    person = people.lead(is_superuser=True)
    without = set()
    for model, page in growing():
        changes = changes_of(page, person)
        for name in changes.sortable_by:
            assert name in changes.list_display, (model, name)
            if not is_sorted_by_an_index(model, changes.get_ordering_field(name)):
                without.add(f"{model._meta.label}.{name}")
    assert without == set()


def test_every_list_opens_in_an_order_that_an_index_has() -> None:
    person = people.lead(is_superuser=True)
    opened = {
        model._meta.label: changes_of(page, person).queryset.query.order_by[0] for model, page in growing()
    }
    partial = {"recruitment.FollowUp", "recruitment.Segment"}  # what is unfinished, what is stored
    assert {
        label
        for label, ordering in opened.items()
        if label not in partial and not is_sorted_by_an_index(apps.get_model(label), str(ordering))
    } == set()


def test_every_search_of_a_growing_list_is_by_an_index() -> None:
    assert {
        (model._meta.label, field)
        for model, page in growing()
        for field in page.search_fields
        if not is_indexed(field)
    } == set()


def test_a_column_that_is_not_offered_sorts_nothing(client: Client) -> None:
    client.force_login(people.lead(is_superuser=True))
    for name in ("乙", "甲"):
        Candidate.objects.create(name=name)
    address = reverse("admin:recruitment_candidate_changelist")
    columns = client.get(address).context["cl"].list_display
    for asked in (columns.index("phone_shown"), -columns.index("email"), 99, "x", "-", "2.3"):
        answer = client.get(f"{address}?o={asked}")
        assert answer.context["cl"].queryset.query.order_by == ("name_key", "id")
    newest = client.get(f"{address}?o=-{columns.index('created_at')}").context["cl"]
    assert newest.queryset.query.order_by == ("-created_at", "-pk")
    assert [row.name for row in newest.result_list] == ["甲", "乙"]


def test_a_page_reads_the_details_of_its_own_rows_only(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(people.lead(is_superuser=True))
    made = [Candidate.objects.create(name=f"张{number:02d}") for number in range(7)]
    page = admin.site._registry[Candidate]
    monkeypatch.setattr(page, "list_per_page", 3)
    address = reverse("admin:recruitment_candidate_changelist")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"{address}?p=2")
    assert [row.pk for row in answer.context["cl"].result_list] == [row.pk for row in made[3:6]]
    detailed = [query["sql"] for query in queries if "newest_stage" in query["sql"]]
    assert len(detailed) == 1 and "OFFSET" not in detailed[0]


def test_pages_end_where_counting_ends(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(people.lead(is_superuser=True))
    monkeypatch.setattr(counts, "REACH", 4)
    for number in range(9):
        Candidate.objects.create(name=f"张{number:02d}")
    page = admin.site._registry[Candidate]
    monkeypatch.setattr(page, "list_per_page", 2)
    address = reverse("admin:recruitment_candidate_changelist")
    changes = client.get(f"{address}?q=张").context["cl"]
    assert changes.paginator.num_pages == 2
    assert changes.paginator.size.words == "4+"
    assert client.get(f"{address}?q=张&p=2").status_code == 200
    assert client.get(f"{address}?q=张&p=3").status_code == 302


def test_a_long_search_is_cut_with_a_sentence(client: Client) -> None:
    client.force_login(people.lead(is_superuser=True))
    Candidate.objects.create(name="张三")
    address = reverse("admin:recruitment_candidate_changelist")
    answer = client.get(address, {"q": " ".join(["张三"] * 60)})
    assert [row.name for row in answer.context["cl"].result_list] == ["张三"]
    assert "仅使用了前 8 个词" in answer.content.decode()


def test_what_a_search_finds_is_sorted_by_value_and_not_looked_for_in_an_order(client: Client) -> None:
    client.force_login(people.lead(is_superuser=True))
    made = [Candidate.objects.create(name=name) for name in ("张三", "张二", "李四", "张一")]
    address = reverse("admin:recruitment_candidate_changelist")
    columns = client.get(address).context["cl"].list_display
    for order, field in (("", "name_key"), (f"o=-{columns.index('created_at')}&", "created_at")):
        with CaptureQueriesContext(connection) as queries:
            found = client.get(f"{address}?{order}q=张").context["cl"].result_list
        by_value = f'ORDER BY GREATEST("recruitment_candidate"."{field}")'
        assert any(by_value in query["sql"] for query in queries)
        expected = [made[0], made[1], made[3]]
        by_name = sorted(expected, key=lambda row: row.name_key)
        assert found == (expected[::-1] if order else by_name)


def test_a_number_of_another_row_is_looked_for_there(client: Client) -> None:
    client.force_login(people.lead(is_superuser=True))
    case = onboarding.case(recruitment.application(stage="hired"))
    address = reverse("admin:onboarding_onboardingcase_changelist")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, {"q": case.employee.number}).context["cl"].result_list == [case]
    assert not [
        query["sql"] for query in queries if " OR " in query["sql"] and "people_employee" in query["sql"]
    ]
    assert client.get(address, {"q": "E-nobody"}).context["cl"].result_list == []


def test_the_page_of_one_row_shows_the_word_of_what_a_list_colours() -> None:
    """A list is given a code and its word; printed as they are, they would read ('read', '已读取')."""
    labelled = {
        (model._meta.label, name): getattr(page, name)
        for model, page in admin.site._registry.items()
        for name in page.readonly_fields
        if isinstance(name, str) and getattr(getattr(page, name, None), "label", None)
    }
    assert len(labelled) > 5
    for (label, name), shown in labelled.items():
        assert shown.__module__ == "core.admin.base", (label, name)
        assert shown.short_description
    value = labelled["recruitment.Resume", "state_label"](Resume(state="read"))
    assert value == ("read", ResumeState.READ.label)
    assert conditional_escape(value) == str(ResumeState.READ.label)
    assert conditional_escape(Coloured(("", "<b>"))) == "&lt;b&gt;"

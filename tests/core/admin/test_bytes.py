"""Lists, selections and exports never read the bytes of the files that lie in the database beside their rows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import BinaryField
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from core.admin.many import PREFIX
from core.exchange.models import Export
from core.many.declaring import _declared
from core.many.models import ManyRun
from recruitment.offers.services import offers
from tests.factories import api, imports, people
from tests.factories import recruitment as make
from tests.factories.works import work_off
from tests.recruitment.offers.test_offers import terms
from tests.test_permissions import LISTS as API_LISTS

pytestmark = pytest.mark.django_db
LISTS = [model for model, of in admin.site._registry.items() if hasattr(of, "changelist_view")]


def heavy() -> set[str]:
    """Every column that holds bytes, as a statement names it."""
    return {
        f'"{model._meta.db_table}"."{field.column}"'
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, BinaryField)
    }


def read(captured: CaptureQueriesContext) -> set[str]:
    """Which of them these statements read: what stands between SELECT and FROM."""
    columns = [re.findall(r"SELECT (.*?) FROM", one["sql"], re.DOTALL) for one in captured]
    return {name for name in heavy() for parts in columns for part in parts if name in part}


@pytest.fixture
def full(client: Client) -> Client:
    """A company with letters, files of imports and exports, and somebody who may read all of it."""
    api.calendar()
    lead = people.lead(is_superuser=True)
    mine = people.recruiter()
    opening = make.opening(specialist=mine, headcount=2)
    for name in ("张三", "李四"):
        row = make.application(opening, candidate=make.candidate(name), stage="offer")
        made = offers.make(application_id=row.pk, terms=terms(), by=mine)
        offers.approve(offer_id=made.pk, by=lead)
    client.force_login(lead)
    imports.imported(["王五", "13800138000", "", "", "", ""], by=lead)
    Export.objects.create(model="recruitment.candidate", format="csv", owner=lead, content=b"x")
    return client


def test_the_columns_are_known() -> None:
    """Letters, files of imports and exports, and what is kept of an erased line; each would be found."""
    assert {name.replace('"', "") for name in heavy()} >= {
        "recruitment_offer.letter", "exchange_importfile.content", "exchange_export.content",
    }  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        list(Export.objects.all())
    assert read(captured) == {'"exchange_export"."content"'}


def pages_of(model: type) -> Iterator[str]:
    for kind in ("changelist", "many_list"):
        try:
            yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}")  # type: ignore[attr-defined]
        except NoReverseMatch:
            continue


def test_no_list_and_no_export_reads_them(full: Client) -> None:
    found: dict[str, set[str]] = {}
    for model in LISTS:
        for address in pages_of(model):
            with CaptureQueriesContext(connection) as captured:
                assert full.get(address).status_code in (200, 302)
            found[address] = read(captured)
        try:
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_export")
        except NoReverseMatch:
            continue
        with CaptureQueriesContext(connection) as captured:
            full.post(address, {"format": "csv"})
            work_off()
        # The file that is made is written, and whoever takes it reads it; making it reads none.
        found[address] = read(captured)
    assert len(found) > 60
    assert {address: names for address, names in found.items() if names} == {}


def test_no_selection_reads_them_neither_beforehand_nor_afterwards(full: Client) -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for label, steps in _declared.items():
        model = apps.get_model(label)
        where = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        rows: list[Any] = list(model._base_manager.values_list("pk", flat=True)[:2])
        for step in steps if rows else ():
            with CaptureQueriesContext(connection) as captured:
                chosen = full.post(where, {"action": f"{PREFIX}{step.name}", "_selected_action": rows})
                assert full.get(chosen["Location"]).status_code == 200
            found[label, step.name] = read(captured)
    run = ManyRun.objects.filter(step="withdraw", model="recruitment.offer").latest("pk")
    assert full.post(f"/admin/recruitment/offer/many/{run.pk}/", {"reason": "岗位取消"}).status_code == 302
    with CaptureQueriesContext(connection) as captured:
        assert full.get(f"/admin/recruitment/offer/many/{run.pk}/").status_code == 200
    found["afterwards", ""] = read(captured)
    assert ("recruitment.offer", "send") in found
    assert {which: names for which, names in found.items() if names} == {}


def test_no_list_of_the_api_reads_them(full: Client) -> None:
    found = {}
    for address in [f"/api/v1/{name}" for name in sorted(API_LISTS) if "{" not in name]:
        with CaptureQueriesContext(connection) as captured:
            assert full.get(address).status_code in (200, 422), address
        found[address] = read(captured)
    assert {address: names for address, names in found.items() if names} == {}

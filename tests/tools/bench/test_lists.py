"""The bench's own company: it is loaded whole, and what was slow over a million rows goes by the index made for it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from rich.progress import Progress

from core.events.models import Event
from recruitment.models import Application, Interview, Opening
from reports.folding import recount
from reports.models import Fold, MonthOfOpening, WeekOfOpening
from tests.chains.plans import EXPLAINED
from tools.bench.lists import company as companies
from tools.bench.lists import loading, measuring
from tools.bench.lists.pages import pages

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
INTERVIEWS = 2000
# By page: the index that finds or counts its rows.
SERVED = {
    "/api/v1/follow-ups/ manager": "follow_up_by_opening",
    "/api/v1/follow-ups/ manager ordering=-due_at": "follow_up_by_opening",
    "/api/v1/assessments/ manager": "assessment_by_opening",
    "/api/v1/assessments/ manager basis=fallback": "assessment_by_opening",
    "/api/v1/interviews/ manager": "interview_by_opening",
    "/api/v1/interviews/ manager state=abandoned": "interview_by_opening",
    "/api/v1/applications/ manager interview_state=cancelled": "interview_by_opening",
    "/api/v1/onboarding/ manager": "onboarding_case_by_opening",
    "/api/v1/training-plans/ manager": "training_plan_by_opening",
    "/api/v1/training-plans/ manager basis=full": "training_plan_by_opening",
    "recruitment.interview awaiting_review=yes": "score_waits_for_a_person",
}


@pytest.fixture
def company() -> Any:
    with Progress(disable=True) as progress:
        yield loading.load(INTERVIEWS, progress=progress)
    with connection.cursor() as cursor:
        cursor.execute("RESET ALL")


class Indexes:
    """The names of the indexes that the statements sent meanwhile go by."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._explaining = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not self._explaining and EXPLAINED.match(sql):
            self._explaining = True
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                answer = cursor.fetchone()[0]
            self._explaining = False
            self._note((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])
        return execute(sql, params, many, context)

    def _note(self, node: dict[str, Any]) -> None:
        self.names |= {node["Index Name"]} if "Index Name" in node else set()
        for child in node.get("Plans", ()):
            self._note(child)


def test_a_loaded_company_is_whole_and_its_pages_go_by_their_indexes(company: companies.People) -> None:
    assert Interview.objects.count() == INTERVIEWS == Application.objects.count()
    unknown = {
        model._meta.label: model._default_manager.filter(of_opening=None).count()
        for model in apps.get_models()
        if any(field.name == "of_opening" for field in model._meta.fields)
    }
    assert unknown == dict.fromkeys(unknown, 0) and len(unknown) == 7
    assert MonthOfOpening.objects.exists() and WeekOfOpening.objects.count() > Opening.objects.count()
    assert recount() == 0
    assert Fold.objects.get().up_to <= max(Event.objects.values_list("pk", flat=True))
    assert companies.known() == company
    asking, found = measuring.Asking(), {}
    for page in pages(company):
        wanted = [index for name, index in SERVED.items() if page.name == name]
        if wanted:
            asking.client_of(page.person)
            indexes = Indexes()
            with connection.cursor() as cursor:
                # As over many rows, where no table is read whole.
                cursor.execute("SET enable_seqscan = off")
            with connection.execute_wrapper(indexes):
                assert asking.client_of(page.person).get(page.address).status_code == 200, page.name
            found[page.name] = set(wanted) <= indexes.names
    assert {name for name, is_served in found.items() if not is_served} == set()
    assert len(found) == len(SERVED)

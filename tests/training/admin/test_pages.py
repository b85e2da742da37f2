"""The pages: they open, cost the same for one and three rows, and act through services."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from core.admin.panels import panels_for
from core.figures import Basis
from recruitment.enums import ApplicationStage, InterviewState
from recruitment.models import Application, Opening
from tests.factories import people, recruitment, training
from training.models import Course, PlanItem, TrainingPlan
from training.services import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def opening() -> Opening:
    """Asks for Excel at 4."""
    training.course()
    return recruitment.opening(skills={"excel": 4})


@pytest.fixture
def trainer(client: Client) -> Client:
    """The training specialist's browser."""
    client.force_login(people.trainer())
    return client


def _plan(opening: Opening) -> TrainingPlan:
    application = recruitment.application(opening, stage=ApplicationStage.INTERVIEWING)
    interview = recruitment.interview(application, state=InterviewState.INTERRUPTED)
    training.report(interview, Basis.PARTIAL, {"expertise": 50})
    plan = plans.align(application_id=application.pk)
    assert plan is not None
    return plan


def _url(model: str, page: str, *args: int) -> str:
    return reverse(f"admin:training_{model}_{page}", args=args)


@pytest.mark.parametrize("model", ["trainingplan", "planitem", "course"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_open(trainer: Client, opening: Opening, model: str, language: str) -> None:
    plan = _plan(opening)
    key = {"trainingplan": plan.pk, "planitem": PlanItem.objects.get().pk, "course": Course.objects.get().pk}[
        model
    ]

    with translation.override(language):
        listed = trainer.get(_url(model, "changelist"), headers={"Accept-Language": language})
        page = trainer.get(_url(model, "change", key), headers={"Accept-Language": language})

    assert (listed.status_code, page.status_code) == (200, 200)
    title = "Office Advanced" if language == "en" and model != "course" else "办公软件进阶课程"
    assert title in page.content.decode()
    assert "(&#x27;" not in page.content.decode()


@pytest.mark.parametrize("model", ["trainingplan", "planitem", "course"])
def test_a_list_costs_the_same_for_one_and_for_three(trainer: Client, opening: Opening, model: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert trainer.get(_url(model, "changelist")).status_code == 200
        return len(captured)

    _plan(opening)
    queries()
    one = queries()
    _plan(opening)
    _plan(opening)
    training.course("office-basics", to_level=2)
    training.course("office-expert", to_level=5)
    assert queries() == one


def test_marking_done_and_back_by_action(trainer: Client, opening: Opening) -> None:
    _plan(opening)
    item = PlanItem.objects.get()

    def act(action: str) -> str:
        data = {"action": action, "_selected_action": [item.pk]}
        assert trainer.post(_url("planitem", "changelist"), data).status_code == 302
        return str(PlanItem.objects.get().state)

    assert [act("mark_done"), act("mark_done"), act("mark_not_done")] == ["done", "done", "planned"]


def test_regenerating_follows_the_catalogue(trainer: Client, opening: Opening) -> None:
    plan = _plan(opening)
    Course.objects.update(is_active=False)

    data = {"action": "regenerate", "_selected_action": [plan.pk]}
    assert trainer.post(_url("trainingplan", "changelist"), data).status_code == 302

    plan = TrainingPlan.objects.get()
    assert (plan.version, [row["skill"] for row in plan.uncovered]) == (2, ["excel"])
    assert str(PlanItem.objects.get().state) == "removed"


def test_plans_are_not_typed(trainer: Client, opening: Opening) -> None:
    plan = _plan(opening)
    before = list(TrainingPlan.objects.values())

    assert [
        trainer.get(_url("trainingplan", "add")).status_code,
        trainer.post(_url("trainingplan", "change", plan.pk), {"version": 9}).status_code,
        trainer.post(_url("trainingplan", "delete", plan.pk), {"post": "yes"}).status_code,
        trainer.get(_url("planitem", "add")).status_code,
    ] == [403] * 4
    assert list(TrainingPlan.objects.values()) == before


def test_a_course_is_made_and_a_wrong_one_refused(trainer: Client, opening: Opening) -> None:
    data = {
        "code": "office-expert", "title": "办公软件专家", "title_en": "", "kind": "course", "from_level": 3,
        "to_level": 5, "hours": "8", "offset_working_days": 15, "is_active": "on",
        "skill": opening.skills.get().skill_id,
    }  # fmt: skip

    refused = trainer.post(_url("course", "add"), data | {"to_level": 2})
    assert (refused.status_code, Course.objects.count()) == (200, 1)
    assert trainer.post(_url("course", "add"), data).status_code == 302
    assert Course.objects.get(code="office-expert").hours == Decimal(8)


def test_the_panel_of_an_application(opening: Opening, rf: object) -> None:
    plan = _plan(opening)
    bare = recruitment.application(opening)
    (panel,) = [found for found in panels_for(Application) if found.name == "training-plan"]
    request = rf.get("/")  # type: ignore[attr-defined]
    request.user = people.lead()

    html = panel(request, plan.application)

    assert "办公软件进阶课程" in html
    assert panel(request, bare) == ""
    request.user = people.manager()
    assert panel(request, plan.application) == ""

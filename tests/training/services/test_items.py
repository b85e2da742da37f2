"""Marking a course done, and taking it back."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import FieldError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import translation

from core.errors import DomainError
from core.figures import Basis
from people.actors import Actor, Party
from recruitment.enums import ApplicationStage, InterviewState
from tests.factories import people, recruitment, training
from training.enums import ItemState, PlanState
from training.models import Course, PlanItem, TrainingPlan
from training.services import items, plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def item() -> PlanItem:
    """办公软件进阶课程, planned."""
    training.course()
    application = recruitment.application(
        recruitment.opening(skills={"excel": 4}), stage=ApplicationStage.INTERVIEWING
    )
    interview = recruitment.interview(application, state=InterviewState.INTERRUPTED)
    training.report(interview, Basis.PARTIAL, {"expertise": 50})
    plans.align(application_id=application.pk)
    return PlanItem.objects.get()


def _stored(item: PlanItem) -> tuple[str, datetime | None]:
    row = PlanItem.objects.get(pk=item.pk)
    return str(row.state), row.done_at


def test_done_and_taken_back(item: PlanItem) -> None:
    trainer = people.trainer()
    moment = datetime(2026, 12, 1, 9, tzinfo=UTC)

    with time_machine.travel(moment, tick=False):
        items.mark_done(item_id=item.pk, by=trainer)
    assert _stored(item) == ("done", moment)

    items.mark_not_done(item_id=item.pk, by=trainer)
    assert _stored(item) == ("planned", None)


def test_refusals_change_nothing(item: PlanItem) -> None:
    def refused(service: str, by: Actor, item_id: int = item.pk) -> str:
        with pytest.raises(DomainError) as error:
            getattr(items, service)(item_id=item_id, by=by)
        return error.value.code

    trainer = people.trainer()
    assert [
        refused("mark_done", people.manager()),
        refused("mark_done", Party.CANDIDATE),
        refused("mark_done", trainer, 0),
        refused("mark_not_done", people.manager()),
        refused("mark_not_done", trainer),
    ] == ["not_permitted", "not_permitted", "item_not_found", "not_permitted", "item_not_done"]
    assert _stored(item) == ("planned", None)

    items.mark_done(item_id=item.pk, by=trainer)
    before = _stored(item)
    assert refused("mark_done", trainer) == "item_not_planned"
    assert _stored(item) == before


def test_a_closed_plan_is_not_touched(item: PlanItem) -> None:
    application = item.plan.application
    application.reject()
    application.save()
    plans.align(application_id=application.pk)

    with pytest.raises(DomainError) as error:
        items.mark_done(item_id=item.pk, by=people.trainer())

    assert (error.value.code, error.value.status) == ("plan_closed", 409)
    assert _stored(item) == ("planned", None)


@pytest.mark.parametrize(
    ("table", "to"), [("training_planitem", "removed"), ("training_trainingplan", "gone")]
)
def test_the_database_refuses_an_edge_that_is_no_step(item: PlanItem, table: str, to: str) -> None:
    items.mark_done(item_id=item.pk, by=people.trainer())
    TrainingPlan.objects.get().close()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE training_trainingplan SET state = 'closed'")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET state = %s", [to])


def test_a_state_is_not_written_in_bulk(item: PlanItem) -> None:
    with pytest.raises(FieldError):
        PlanItem.objects.update(state=ItemState.DONE)
    with pytest.raises(FieldError):
        TrainingPlan.objects.update(state=PlanState.CLOSED)


def test_one_live_item_per_course(item: PlanItem) -> None:
    with pytest.raises(IntegrityError, match="one_live_item_per_course"), transaction.atomic():
        PlanItem.objects.create(
            plan=item.plan, course=item.course, skill=item.skill, reason="gap", required_level=4, shown_level=2,
            offset_working_days=10, added_in_version=1,
        )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_level": 4, "to_level": 4},
        {"from_level": None, "to_level": None},
        {"to_level": 6},
        {"kind": "diagnostic"},
        {"kind": "riddle", "from_level": None, "to_level": None},
        {"hours": 0},
        {"offset_working_days": 400},
    ],
)
def test_a_course_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        training.course(**wrong)  # type: ignore[arg-type]
    assert not Course.objects.exists()


@pytest.mark.parametrize(
    ("offset", "due_on", "years", "text"),
    [
        (10, None, [], "10 working days after the start"),
        (-3, None, [], "3 working days before the start"),
        (0, None, [], "On the first day"),
        (10, date(2026, 12, 14), [], "Dec. 14, 2026"),
        (10, date(2027, 1, 12), [2027], "Jan. 12, 2027 (provisional, the calendar of 2027 is missing)"),
    ],
)
def test_the_due_date_in_words(offset: int, due_on: date | None, years: list[int], text: str) -> None:
    item = PlanItem(offset_working_days=offset, due_on=due_on, provisional_years=years)
    with translation.override("en"):
        assert item.due_text == text

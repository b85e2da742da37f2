"""What a manager's lists begin with: each row knows its opening, whoever wrote it, and never another."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from onboarding.models import OnboardingCase
from recruitment.models import Application, Assessment, FollowUp, Interview
from tests.factories import onboarding
from tests.factories import people as staff
from tests.factories import recruitment as make
from training.models import TrainingPlan

pytestmark = pytest.mark.django_db


def report(of: Interview, **fields: Any) -> Assessment:
    return Assessment(interview=of, attempt=1, basis="fallback", method="x", **fields)


def test_every_row_knows_the_opening_of_its_application() -> None:
    case = onboarding.case()
    interview = case.application.interviews.get()
    other = make.interview(make.application())
    rows: list[Any] = [case, interview, other, make.follow_up(interview), make.follow_up(other)]
    rows += Assessment.objects.bulk_create([report(interview), report(other)])
    rows += [TrainingPlan.objects.create(application=one.application) for one in (interview, other)]
    found = {}
    for row in rows:
        row.refresh_from_db()
        found[row._meta.label, row.pk] = row.of_opening
    openings = {True: interview.application.opening, False: other.application.opening}

    def of(row: Any) -> Any:
        return openings[
            (row.interview if hasattr(row, "interview") else row).application == interview.application
        ]

    assert found == {(row._meta.label, row.pk): of(row) for row in rows}
    assert openings[True] != openings[False]


def test_a_row_that_was_just_made_is_saved_with_the_same_opening() -> None:
    interview = make.interview(make.application())
    fresh = Interview.objects.get(pk=interview.pk)
    assert fresh.of_opening_id == interview.application.opening_id
    made = FollowUp(
        interview=interview,
        assignee=make.specialist_of(interview),
        opened_at=timezone.now(),
        due_at=timezone.now() + timedelta(days=1),
    )
    made.save()
    assert made.of_opening_id is None
    made.note = "…"
    made.save()
    assert FollowUp.objects.get(pk=made.pk).of_opening_id == interview.application.opening_id


def test_no_statement_gives_a_row_another_opening() -> None:
    interview, other = make.interview(make.application()), make.application()
    Interview.objects.filter(pk=interview.pk).update(of_opening=other.opening)
    assert Interview.objects.get(pk=interview.pk).of_opening_id == interview.application.opening_id
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Application.objects.filter(pk=interview.application_id).update(opening=other.opening)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE recruitment_application SET opening_id = opening_id")
    assert Application.objects.get(pk=interview.application_id).opening_id == interview.application.opening_id


def test_a_manager_sees_by_it_what_is_of_the_own_tree() -> None:
    mine, others = staff.department(), staff.department()
    rows = [make.interview(make.application(make.opening(of))) for of in (mine, others)]
    manager = staff.manager(mine)
    cases = [onboarding.case(row) for row in rows]
    plans = [TrainingPlan.objects.create(application=row.application) for row in rows]
    calls = [make.follow_up(row) for row in rows]
    reports = Assessment.objects.bulk_create(report(row) for row in rows)
    expected = [
        (Interview, rows), (OnboardingCase, cases), (TrainingPlan, plans), (FollowUp, calls), (Assessment, reports)
    ]  # fmt: skip
    for model, made in expected:
        assert list(model.objects.visible_to(manager)) == [made[0]]  # type: ignore[attr-defined]
        assert set(model.objects.visible_to(staff.lead())) == set(made)  # type: ignore[attr-defined]

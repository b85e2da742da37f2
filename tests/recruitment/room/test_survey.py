"""The survey: asked once an interview is over, answered once, read by HR alone, counted beside the exits."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError
from core.figures import Rate
from recruitment.models import Interview, InterviewSurvey
from recruitment.services import surveys
from reports.asking import REPORTS
from reports.lines import table_of
from reports.registry import Asked
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.room.conftest import Browser

pytestmark = pytest.mark.django_db
AT = "/room/survey"


def send(browser: Browser, **fields: Any) -> Any:
    token = browser.client.get(AT).context["csrf_token"]
    return browser.client.post(AT, {"csrfmiddlewaretoken": token, **fields})


def over(state: str = "completed", **fields: Any) -> Interview:
    made = make.interview(state=state, **fields)
    Interview.objects.filter(pk=made.pk).update(
        **{"completed_at" if state == "completed" else "interrupted_at": timezone.now() - timedelta(hours=1)}
    )
    made.refresh_from_db()
    return made


def test_it_is_asked_once_it_is_over_and_answered_once() -> None:
    interview = over()
    browser = Browser(interview).open()
    assert 'href="/room/survey"' in browser.client.get("/room/").text.split('data-view="ended"')[1]
    assert browser.client.get(AT).text.count('name="rating"') == 11
    for wrong in (
        {},
        {"rating": "11"},
        {"rating": "-1"},
        {"rating": "x"},
        {"rating": "5", "why": "长" * 501},
    ):
        answer = send(browser, **wrong)
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert not InterviewSurvey.objects.exists()
    for rating in ("9", "0"):  # the first one stands
        assert send(browser, rating=rating, why=" 流程\n清楚 ").status_code == 302
    row = InterviewSurvey.objects.get()
    assert (row.interview, row.attempt, row.rating, row.why) == (interview, 1, 9, "流程 清楚")
    assert "感谢您的评价" in browser.client.get(AT).text
    assert 'href="/room/survey"' not in browser.client.get("/room/").text.split('data-view="ended"')[1]
    with pytest.raises(IntegrityError), transaction.atomic():
        InterviewSurvey.objects.create(interview=interview, attempt=1, rating=3)


@pytest.mark.parametrize("state", ["scheduled", "in_progress", "interrupted", "missed", "cancelled"])
def test_what_is_not_over_is_not_asked_about(state: str) -> None:
    interview = make.interview(state=state)
    browser = Browser(interview).open()
    assert 'name="rating"' not in browser.client.get(AT).text
    with pytest.raises(DomainError, match="not_over"):
        surveys.answer(interview_id=interview.pk, rating=5)
    assert not surveys.is_asked(interview)


def test_a_new_attempt_is_asked_about_anew() -> None:
    interview = over("abandoned")
    surveys.answer(interview_id=interview.pk, rating=2)
    Interview.objects.filter(pk=interview.pk).update(attempt=2)
    interview.refresh_from_db()
    assert surveys.is_asked(interview)
    surveys.answer(interview_id=interview.pk, rating=8)
    assert list(InterviewSurvey.objects.order_by("pk").values_list("attempt", "rating")) == [(1, 2), (2, 8)]


def test_hr_reads_what_was_said_and_managers_do_not(client: Client) -> None:
    interview = over()
    assert client.get(AT).status_code == 401
    surveys.answer(interview_id=interview.pk, rating=4, why="等太久")
    address = reverse("admin:recruitment_interviewsurvey_changelist")
    client.force_login(people.recruiter())
    assert "等太久" in client.get(address).text
    manager = people.manager(interview.application.opening.department)
    assert not InterviewSurvey.objects.visible_to(manager).exists()


def test_the_report_names_its_denominators_by_cause() -> None:
    ratings = {"completed": [10, 9, 3, None], "abandoned": [0, None]}
    opening = make.opening()
    for state, given in ratings.items():
        for rating in given:
            interview = over(state, of=make.application(opening))
            if state == "abandoned":
                interview.exits.update(cause="network", corrected_cause="device")
            if rating is not None:
                surveys.answer(interview_id=interview.pk, rating=rating)
    today = timezone.localdate()
    found = table_of(REPORTS["surveys"], Asked(people.lead(), today - timedelta(days=1), today, "cause"))

    def figures(values: Any) -> tuple[Any, ...]:
        rates = [one for one in values.values() if isinstance(one, Rate)]
        return values["asked"], values["answered"], *((one.numerator, one.denominator) for one in rates)

    assert {row.key: figures(row.values) for row in found.rows} == {
        "": (4, 3, (3, 4), (2, 3), (1, 3)),
        "device": (2, 1, (1, 2), (0, 1), (1, 1)),
    }
    assert figures(found.totals) == (6, 4, (4, 6), (2, 4), (2, 4))
    assert found.rows[0].label == "未曾退出" and all(row.label for row in found.rows)

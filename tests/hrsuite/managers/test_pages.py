"""A manager's pages: the figures of the API, the own tree alone, and as many statements for three as for one."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from notifications import facts
from onboarding.services import delays
from people.enums import Role
from people.models import Department, User
from recruitment.models import Application, Interview, Opening
from tests.factories import api, onboarding, people, training
from tests.factories import recruitment as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
HOME = "/admin/managers/"


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client


def held_up(opening: Opening, name: str = "李四") -> Interview:
    interview = make.interview(
        make.application(opening, candidate=make.candidate(name), stage="interviewing"), state="interrupted"
    )
    onboarding.case(interview)
    delays.align(interview_id=interview.pk)
    return interview


@pytest.fixture
def department() -> Department:
    return people.department("数据部")


@pytest.fixture
def opening(department: Department) -> Opening:
    return make.opening(department, title="数据分析师", headcount=3)


def test_the_plan_is_the_apis_with_who_holds_it_up_and_the_what_if(opening: Opening) -> None:
    held_up(opening)
    manager = people.manager(opening.department)
    page = signed_in(manager).get(HOME)
    plan = api.client_of(manager).get("/api/v1/headcount-plan/").json()["results"]
    mine = page.context["mine"]
    assert [
        (row.opening.pk, f"{row.month:%Y-%m}", row.needed, row.hired, row.expected, row.at_risk)
        for row in mine.rows
    ] == [
        (row["opening"], row["month"], row["needed"], row["hired"], row["expected"], row["at_risk"])
        for row in plan
    ]
    (one,) = mine.held_up
    (said,) = [exit_ for row in plan for exit_ in row["exits"]]
    assert (one.exit.pk, one.delay.days, str(one.case.planned_start)) == (
        said["exit"], said["days"], said["planned_start"],
    )  # fmt: skip
    assert "李四" in page.text and "有风险：1 人" in page.text and "若挽回" not in page.text
    asked = signed_in(manager).get(HOME, {"recovered": 1, "days": 2})
    assert asked.context["mine"].rows[0].what_if is not None and "若挽回" in asked.text
    wrong = signed_in(manager).get(HOME, {"recovered": "-1"})
    assert wrong.status_code == 200 and 'role="alert"' in wrong.text and "若挽回" not in wrong.text


def test_an_opening_says_who_is_where_and_why_and_ranks_nobody_by_a_score(opening: Opening) -> None:
    left = held_up(opening)
    training.report(left, "fallback", {"expertise": 91})
    done = make.interview(
        make.application(opening, candidate=make.candidate("王五"), stage="second_round"), state="completed"
    )
    training.report(done, "full", {"expertise": 82})
    make.application(opening, candidate=make.candidate("赵六"), stage="rejected")
    page = signed_in(people.manager(opening.department)).get(f"{HOME}openings/{opening.pk}/")
    people_ = page.context["people"]
    assert [str(one.application.candidate) for one in people_] == ["王五", "李四"]
    assert "面试已中断</b>，因“网络问题”（可在 " in page.text
    assert [one.cause for one in people_] == ["", "网络问题"]
    assert page.text.index("<h3>复试 <small>1</small></h3>") < page.text.index(
        "<h3>AI 面试 <small>1</small></h3>"
    )
    assert "91（83 至 99）" in page.text and "估计" in page.text
    assert "赵六" not in page.text
    shown = (
        api.client_of(people.manager(opening.department))
        .get(f"/api/v1/applications/{left.application_id}/")
        .json()
    )
    assert str(people_[1].expected_start) == str(shown["expected_start"])


def test_who_came_back_is_not_said_to_have_left(opening: Opening) -> None:
    left = held_up(opening)
    make.interview(left.application, state="scheduled", round=2)
    page = signed_in(people.manager(opening.department)).get(f"{HOME}openings/{opening.pk}/")
    assert [one.broken_off for one in page.context["people"]] == [""]


def test_nobody_sees_anothers_tree(opening: Opening) -> None:
    held_up(opening)
    other = people.manager(people.department("财务部"))
    page = signed_in(other).get(HOME)
    assert "李四" not in page.text and "没有在招的招聘需求" in page.text
    assert signed_in(other).get(f"{HOME}openings/{opening.pk}/").status_code == 404
    assert signed_in(other).get(f"{HOME}openings/0/").status_code == 404
    assert Client().get(HOME).status_code == 302
    assert signed_in(people.manager(opening.department)).post(HOME).status_code == 405
    assert "李四" in signed_in(people.lead()).get(HOME).text


def test_an_interviewer_is_led_to_the_own_rounds_and_a_manager_here(opening: Opening) -> None:
    assert signed_in(people.user(Role.INTERVIEWER)).get(HOME)["Location"] == "/admin/rounds/"
    manager = people.manager(opening.department)
    answer = Client().post(
        "/admin/login/", {"username": manager.username, "password": people.PASSWORD, "next": "/admin/"}
    )
    assert answer["Location"] == HOME
    assert HOME in signed_in(manager).get("/admin/rounds/").text
    # Signed in already, nobody is asked for the password again by an address of the back office.
    asked = signed_in(manager).get("/admin/", follow=True)
    assert asked.redirect_chain[-1] == (HOME, 302)


def test_a_page_takes_as_many_statements_for_three_as_for_one(
    opening: Opening, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(people.manager(opening.department))
    pages = (HOME, f"{HOME}?recovered=3&days=1", f"{HOME}openings/{opening.pk}/")
    held_up(opening)
    few = []
    for page in pages:
        client.get(page)
        with django_assert_max_num_queries(30) as asked:
            client.get(page)
        few.append(len(asked))
    for number in range(3):
        training.report(held_up(opening, f"钱{number}"), "partial", {"expertise": 70})
        held_up(make.opening(opening.department))
    Application.objects.update(stage_since=timezone.now() - timedelta(days=1))
    for page, most in zip(pages, few, strict=True):
        with django_assert_max_num_queries(most):
            client.get(page)


def test_the_link_of_a_message_opens_for_the_manager_and_is_not_found_for_another(opening: Opening) -> None:
    address = facts.of_application(make.application(opening))["opening_url"]
    path = address.removeprefix(settings.BASE_URL)
    assert signed_in(people.manager(opening.department)).get(path).status_code == 200
    assert signed_in(people.manager(people.department("财务部"))).get(path).status_code == 404
    assert Client().get(path).status_code == 302

"""The weekly letter: to whom, what it says with which links, once for each week."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.translation import override

from messaging.models import Message
from people.models import Role, User
from recruitment.models import Application, InterviewExit
from reports import writing
from reports.letter import WEEK, letter_of, week_before
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
# A Monday, 9 o'clock in Beijing; the week before is that of 16 November.
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LAST_WEEK = NOW - timedelta(days=4)


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def left(manager: User, title: str = "数据分析师") -> Application:
    """Last week somebody applied to this manager's department and left half way."""
    application = make.application(make.opening(manager.department, title=title))
    interview = make.interview(application, state="interrupted")
    Application.objects.filter(pk=application.pk).update(created_at=LAST_WEEK)
    InterviewExit.objects.filter(interview=interview).update(left_at=LAST_WEEK)
    return application


def letters() -> dict[str, Message]:
    return {message.audience: message for message in Message.objects.filter(kind="weekly_letter")}


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 23), date(2026, 11, 16)),
        (date(2026, 11, 29), date(2026, 11, 16)),
        (date(2027, 1, 1), date(2026, 12, 21)),
        (date(2028, 3, 1), date(2028, 2, 21)),
    ],
)
def test_the_last_whole_week(today: date, first: date) -> None:
    assert week_before(today) == (first, first + timedelta(days=6))


def test_every_number_is_that_of_the_page_it_links_to() -> None:
    lead, manager = people.lead(language="en"), people.manager(language="en")
    application = left(manager)
    left(people.manager(), title="别的部门")
    query = "?from=2026-11-16&to=2026-11-22"
    letter = letter_of(lead, TODAY)
    assert [(line.words, line.url.partition("/admin/")[2]) for line in letter.changes] == [
        ("Applied: 2; 0 the week before", f"reports/efficiency/people/{query}&measure=applied"),
        ("Left half way: 2; 0 the week before", f"reports/exits/people/{query}&measure=exits"),
    ]
    assert (letter.risks, letter.tasks) == ([], [])
    own = letter_of(manager, TODAY)
    with override("en"):
        called = str(application.opening)
    assert [(line.words, line.url.partition("/admin/")[2]) for line in own.changes] == [
        (f"{called}: Applied: 1", f"managers/openings/{application.opening_id}/efficiency/applied/{query}"),
        (f"{called}: Left half way: 1", f"managers/openings/{application.opening_id}/exits/exits/{query}"),
    ]
    for reader, lines in ((lead, letter.changes), (manager, own.changes)):
        client = Client()
        client.force_login(reader)
        for line in lines:
            page = client.get("/admin/" + line.url.partition("/admin/")[2])
            assert page.status_code == 200
            if reader == lead:
                assert page.context["people"].paginator.count == page.context["counted"] == 2
            else:
                assert [one for one, _times in page.context["people"]] == [application]
                assert page.context["number"] == 1
    InterviewExit.objects.update(returned_at=LAST_WEEK)
    back = [line for line in letter_of(lead, TODAY).changes if "returned" in line.url]
    assert [(line.words, line.url.partition("/admin/")[2]) for line in back] == [
        ("of these back: 2", f"reports/exits/people/{query}&measure=returned")
    ]
    # Of a quiet week after one that was not, the report stands behind the number.
    assert [
        (line.words, line.url.partition("/admin/")[2]) for line in letter_of(lead, TODAY + WEEK).changes
    ] == [
        ("Applied: 0", "reports/efficiency/?from=2026-11-23&to=2026-11-29"),
        ("the week before: 2", f"reports/efficiency/people/{query}&measure=applied"),
        ("Left half way: 0", "reports/exits/?from=2026-11-23&to=2026-11-29"),
        ("the week before: 2", f"reports/exits/people/{query}&measure=exits"),
    ]


def test_the_list_behind_a_managers_number_is_the_managers_alone() -> None:
    manager, stranger = people.manager(), people.manager()
    application = left(manager)
    address = f"/admin/managers/openings/{application.opening_id}/"
    found = {
        (who, of): browser(person).get(f"{address}{of}/").status_code
        for who, person in {
            "manager": manager, "stranger": stranger, "lead": people.lead(),
            "interviewer": people.user(Role.INTERVIEWER), "administrator": people.user(Role.ADMINISTRATOR),
        }.items()
        for of in ("efficiency/applied", "offers/sent", "efficiency/finished_second", "nothing/applied")
    }  # fmt: skip
    assert {key for key, status in found.items() if status == 200} == {
        ("manager", "efficiency/applied"), ("lead", "efficiency/applied"), ("lead", "offers/sent")
    }  # fmt: skip
    assert set(found.values()) == {200, 404}
    assert browser(manager).get(f"{address}exits/exits/?from=x").status_code == 404
    assert browser(manager).post(f"{address}exits/exits/").status_code == 405
    assert "/login/" in Client().get(f"{address}exits/exits/").url


def test_the_list_names_the_opening_in_the_readers_language() -> None:
    manager = people.manager()
    opening = left(manager).opening
    opening.title_en = "Data analyst"
    opening.save()
    address = f"/admin/managers/openings/{opening.pk}/efficiency/applied/"
    for language, is_english in (("en", True), ("zh-hans", False)):
        page = browser(manager).get(address, headers={"accept-language": language}).content.decode()
        assert ("Data analyst" in page, opening.title in page) == (is_english, not is_english)


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_once_a_week_however_often_it_runs(now: Any) -> None:
    lead, manager = people.lead(), people.manager()
    both = people.user(Role.LEAD, Role.MANAGER)
    people.manager()  # whose department looks for nobody
    left(manager)
    assert writing.write_letters() == 3
    assert writing.write_letters() == 0
    found = Message.objects.filter(kind="weekly_letter").values_list("user", "audience")
    assert set(found) == {(lead.pk, "lead"), (both.pk, "lead"), (manager.pk, "manager")}
    now.move_to(NOW + timedelta(days=6))
    assert writing.write_letters() == 0
    now.move_to(NOW + timedelta(days=8))
    assert writing.write_letters() == 3


def test_nothing_to_say_is_one_line() -> None:
    people.lead()
    make.opening(people.manager().department)
    assert writing.write_letters() == 2
    assert {name: "上周没有变化" in message.body for name, message in letters().items()} == {
        "lead": True,
        "manager": True,
    }


def test_what_it_says_in_chinese() -> None:
    manager = people.manager()
    people.lead()
    left(manager)
    writing.write_letters()
    found = letters()
    assert "- 中途退出 1 次；前一周 0" in found["lead"].body
    assert "：新应聘 1 人\n" in found["manager"].body
    assert "：中途退出 1 次\n" in found["manager"].body
    assert "/admin/reports/" not in found["manager"].body


def test_one_letter_that_fails_keeps_no_other_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = people.lead(), people.lead()
    written = writing.letter_of

    def failing(person: User, today: date) -> Any:
        if person.pk == first.pk:
            raise ValueError("wrong")
        return written(person, today)

    monkeypatch.setattr(writing, "letter_of", failing)
    assert writing.write_letters() == 1
    assert set(Message.objects.filter(kind="weekly_letter").values_list("user", flat=True)) == {second.pk}


def test_as_many_statements_for_one_opening_as_for_many(django_assert_max_num_queries: Any) -> None:
    manager = people.manager()
    left(manager)
    letter_of(manager, TODAY)
    with django_assert_max_num_queries(30) as few:
        letter_of(manager, TODAY)
    for number in range(9):
        left(manager, title=f"岗位{number}")
    with django_assert_max_num_queries(len(few)):
        letter = letter_of(manager, TODAY)
    assert len(letter.changes) == 9
    assert letter.changes[-1].url.endswith("/admin/managers/")

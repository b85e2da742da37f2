"""Whose figures a report shows: every report by every door for every kind of reader, and what an address cannot get."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from core.jobs.models import LongWork
from people.actors import Party
from people.enums import HR_ROLES
from people.models import KeyScope, Role, User
from people.services import tokens
from recruitment.models import Opening
from reports import saved
from reports.asking import REPORTS
from reports.models import KeptTable
from tests.factories import api, people
from tests.factories import recruitment as make
from tests.reports.quarter_played import dated
from tests.reports.test_edges import lived

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 4, 2, tzinfo=UTC)
NAMES = sorted(REPORTS)
OPEN = [name for name in NAMES if not REPORTS[name].records_for_hr]
GUARDED = [name for name in NAMES if REPORTS[name].records_for_hr]
FILES = ("xlsx", "csv", "pdf")
House = tuple[Opening, Opening]


@pytest.fixture(autouse=True)
def now() -> Any:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> House:
    """Two departments, each with an opening of March; of each opening every report counts somebody who left."""
    with time_machine.travel(NOW - timedelta(days=10), tick=False):
        first, second = (
            make.opening(
                people.department(name), title=name, headcount=1, target_month=NOW.date().replace(day=1)
            )
            for name in ("数据部", "财务部")
        )
    for opening in (first, second):
        lived(opening, NOW - timedelta(days=5), "abandoned")
    return first, second


def seen(client: Any, name: str, **query: Any) -> Any:
    """How many the report's figure counts, "withheld", or the code of the refusal."""
    answer = client.get(f"/api/v1/reports/{name}/", query)
    if answer.status_code != 200:
        return answer.json()["code"]
    totals = answer.json()["totals"]
    value = totals["estimated"] if name == "quality" else next(iter(totals.values()))
    return "withheld" if value is None else value


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, **query: Any) -> str:
    return f"/admin/reports/{name}?{urlencode(query)}"


@pytest.mark.slow
def test_every_report_by_every_door_for_every_reader(house: House) -> None:
    """HR reads all and each person behind it; a manager the own department over the API, small groups withheld; nobody
    else anything. A key that may only read reads as its person does."""
    mine, other = house
    readers = {str(role): people.user(role) for role in Role if role != Role.MANAGER}
    readers |= {
        "nobody": people.user(),
        "manager": people.manager(mine.department),
        "of nothing": people.manager(people.department("空部门")),
    }
    behind = {name: next(one.name for one in REPORTS[name].measures) for name in NAMES if REPORTS[name].facts}
    behind["quality"] = "estimated"
    assert other.department_id != mine.department_id
    for who, user in readers.items():
        client, pages = api.client_of(user), browser(user)
        found = {name: seen(client, name) for name in NAMES}
        # Printing takes longest: once for HR, once for a manager, and for whoever is refused.
        kinds = FILES if who not in HR_ROLES - {"lead"} and who != "of nothing" else FILES[:1]
        files = {client.get(f"/api/v1/reports/{name}.{kind}").status_code for name in NAMES for kind in kinds}
        shown = {pages.get(address(f"{name}/")).status_code for name in NAMES}
        lists = {name: pages.get(address(f"{name}/people/", measure=one)) for name, one in behind.items()}
        if who in HR_ROLES:
            assert found == dict.fromkeys(NAMES, 2), who
            assert (files, shown) == ({200}, {200}), who
            assert {
                name: one.context["people"].paginator.count for name, one in lists.items()
            } == dict.fromkeys(behind, 2), who
            continue
        assert (
            {one.status_code for one in lists.values()} == shown == {403 if who == "administrator" else 302}
        ), who
        if who == "manager":
            assert found == dict.fromkeys(OPEN, 1) | dict.fromkeys(GUARDED, "withheld")
            assert files == {200}
        elif who == "of nothing":
            assert found == dict.fromkeys(NAMES, 0)
        else:
            assert (set(found.values()), files) == ({"not_permitted"}, {403}), who
    nobody = api.client_of(None)
    assert {
        nobody.get(f"/api/v1/reports/{name}{end}").status_code for name in NAMES for end in ("/", ".xlsx")
    } == {401}
    assert {Client().get(address(f"{name}/")).status_code for name in NAMES} == {302}


def test_a_key_that_may_only_read_reads_what_its_person_may_and_no_more(house: House) -> None:
    """It does not matter whose question it was."""
    trainer, manager = people.trainer(), people.manager(house[0].department)
    for user, sees in ((trainer, 2), (manager, 1)):
        client = api.client_of(None)
        key = tokens.mint(user_id=user.pk, name="report", scope=KeyScope.READ, days=None, by=Party.SYSTEM)
        client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
        assert {name: seen(client, name) for name in OPEN} == dict.fromkeys(OPEN, sees)
        User.objects.filter(pk=user.pk).update(roles=[])
        assert {seen(client, name) for name in NAMES} == {"not_permitted"}


@pytest.mark.parametrize("name", NAMES)
def test_no_filter_leads_into_another_department(name: str, house: House) -> None:
    mine, other = house
    client = api.client_of(people.manager(mine.department))
    assert seen(client, name, department=other.department_id) == "department_unknown"
    assert seen(client, name, opening=other.pk) == "opening_unknown"
    assert seen(client, name, opening=other.pk, department=mine.department_id) == "opening_unknown"
    for way, row in (("opening", other), ("department", other.department)):
        # A line that is not there for this reader is one of nobody; what withholds small groups is not narrowed.
        wanted = 0 if name in OPEN and REPORTS[name].facts else "only_unknown"
        assert seen(client, name, only=f"{way}:{row.pk}") == wanted
    lines = client.get(f"/api/v1/reports/{name}/", {"by": "opening"}).json()["rows"]
    assert [row["key"] for row in lines] == [str(mine.pk)]
    if name in GUARDED:
        assert seen(client, name, as_of="2024-03-03") == "as_of_unknown"
        assert seen(client, name, across="month") == "across_unknown"


def test_a_past_day_is_read_by_the_rights_of_today(house: House) -> None:
    """Whoever has the opening now reads its past; whose it was then reads nothing of it."""
    mine, other = house
    before, after = people.manager(mine.department), people.manager(other.department)
    dated(NOW - timedelta(days=3), after=0)
    Opening.objects.filter(pk=mine.pk).update(department=other.department)
    for name in (one for one in OPEN if REPORTS[one].knows_past):
        counts = {user.pk: seen(api.client_of(user), name, as_of="2024-03-02") for user in (before, after)}
        assert counts == {before.pk: 0, after.pk: 2}, name


def test_what_hr_kept_is_no_answer_to_anybody_else(house: House, settings: Any) -> None:
    """A table that was counted before is HR's; a manager is counted for, and has nothing counted anew."""
    settings.REPORT_LIVE_SECONDS = 0.0
    lead, manager = people.lead(), people.manager(house[0].department)
    assert {seen(api.client_of(lead), name) for name in NAMES} == {2}
    kept = KeptTable.objects.count()
    assert kept == len(NAMES)
    client = api.client_of(manager)
    assert {name: seen(client, name) for name in OPEN} == dict.fromkeys(OPEN, 1)
    administrator = browser(people.user(Role.ADMINISTRATOR))
    for pages, status in ((browser(manager), 302), (administrator, 403)):
        assert {pages.post(address(f"{name}/anew/"), {"query": ""}).status_code for name in NAMES} == {status}
    assert (KeptTable.objects.count(), LongWork.objects.count()) == (kept, 0)


def test_anothers_view_is_opened_by_whom_it_is_shared_with_alone(house: House) -> None:
    lead, trainer = people.lead(), people.trainer()
    others = [
        people.recruiter(),
        people.manager(house[0].department),
        people.user(Role.ADMINISTRATOR),
        people.user(),
    ]
    own = saved.keep(name="自己的", report="offers", filters={"by": "opening"}, by=lead)
    shared = saved.keep(
        name="共享的", report="offers", filters={"by": "opening"}, by=lead, shared_with=[Role.TRAINING]
    )
    doors = [f"views/{view.pk}/{kind}" for view in (own, shared) for kind in ("", "xlsx/", "pdf/")]
    answers = {
        user.pk: [browser(user).get(address(door)).status_code for door in doors]
        for user in (lead, trainer, *others)
    }
    recruiter, manager, administrator, nobody = others
    assert answers == {
        lead.pk: [302] * 6,
        trainer.pk: [404] * 3 + [302] * 3,
        recruiter.pk: [404] * 6,
        administrator.pk: [404] * 6,
        # Away from the back office, whatever it is.
        manager.pk: [302] * 6,
        nobody.pk: [302] * 6,
    }
    assert {browser(one).get(address(doors[0])).url.partition("?")[0] for one in (manager, nobody)} != {
        "/admin/reports/offers/"
    }
    for user in others:
        browser(user).post(address(f"views/{shared.pk}/delete/"))
    assert saved.views_of(lead).count() == 2


def test_an_earlier_version_is_asked_for_by_whoever_reads_the_records(house: House) -> None:
    """What the versions count differently would be a small group."""
    manager, recruiter = api.client_of(people.manager(house[0].department)), api.client_of(people.recruiter())
    assert seen(recruiter, "fit", version=1) == 2
    assert [seen(manager, "fit", version=version) for version in (1, 2)] == ["version_unknown"] * 2
    assert seen(manager, "fit", version=3) == "withheld"


def test_changes_of_settings_and_groups_are_hrs() -> None:
    doors = ("reports/changes/", "reports/changes/1/", "fairness/")
    for user, wanted in (
        (people.manager(), [302, 302, 302]),
        (people.user(Role.ADMINISTRATOR), [403, 403, 403]),
        (people.recruiter(), [200, 404, 403]),
    ):
        assert [browser(user).get(f"/admin/{door}").status_code for door in doors] == wanted

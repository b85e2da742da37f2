"""WeCom's address book: read, shown, brought in as confirmed; nobody gets a way in by it, and nothing is deleted."""

from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import DomainError
from core.exchange.models import Import
from core.exchange.services import imports
from messaging.models import WeComConnection
from messaging.services import address_book
from people.enums import EmployeeStatus
from people.models import Department, Employee, User
from tests.factories import people
from tests.factories.works import work_off
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import errcode
from tools.wecom.world import Department as Theirs
from tools.wecom.world import Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def wecom():
    departments = [Theirs(2, "研发部"), Theirs(3, "平台组", parent=2), Theirs(4, "市场/公关")]
    members = [
        Member("Zhang.San", "张三", (3,)), Member("li.si", "李四", (2, 3)), Member("wang.wu", "王五"),
        Member("zhao.liu", "赵六", (4,)),
    ]  # fmt: skip
    with WeComEmulator(departments=departments, members=members) as emulator:
        yield emulator


@pytest.fixture
def connection(wecom):
    row = WeComConnection(corp_id="ww-demo", agent_id=1000002, base_url=wecom.base_url)
    row.secret = wecom.applications[0].secret
    row.save()
    return row


def looked_through(connection: WeComConnection, by: User) -> Import:
    batch = address_book.read(connection, by=by)
    work_off()
    batch.refresh_from_db()
    return batch


def confirmed(batch: Import) -> Import:
    imports.confirm(import_id=batch.pk, digest=batch.digest, by=batch.owner)
    work_off()
    batch.refresh_from_db()
    return batch


def said(batch: Import) -> dict[str, tuple[str, list[str]]]:
    """Of each row its fate, and the codes of what there is to say."""
    return {
        row.values["userid"] or row.values["department"]: (
            row.fate, [one["code"] for one in (*row.faults, *row.hints)]
        )
        for row in batch.rows.all()
    }  # fmt: skip


def standing() -> tuple[Any, ...]:
    return (
        sorted(Department.objects.values_list("name", "parent__name")),
        sorted(Employee.objects.values_list("name", "department__name", "wecom_userid", "status")),
        sorted(User.objects.values_list("name", "department__name", "wecom_userid")),
    )


def test_what_would_be_made_changed_and_left_is_shown_and_nothing_is_changed(connection):
    company = people.department("示例科技")
    keeper = people.lead(department=company)
    people.employee(company, name="张三", wecom_userid="zhang.san")
    people.recruiter(name="李老四", wecom_userid="li.si", department=company)
    people.employee(company, name="王五", wecom_userid="")
    people.employee(company, name="孙七", wecom_userid="sun.qi")
    people.employee(company, name="周八", wecom_userid="zhou.ba", status=EmployeeStatus.LEFT)
    before = standing()
    batch = looked_through(connection, keeper)
    assert batch.state == "checked"
    assert said(batch) == {
        "示例科技": ("unchanged", []), "示例科技/研发部": ("new", []), "示例科技/研发部/平台组": ("new", []),
        "示例科技/市场／公关": ("new", []), "Zhang.San": ("changed", []), "li.si": ("changed", ["name_stays"]),
        "wang.wu": ("refused", ["namesake"]), "zhao.liu": ("new", []),
        "sun.qi": ("unchanged", ["seen_no_more"]), keeper.wecom_userid: ("unchanged", ["seen_no_more"]),
    }  # fmt: skip
    assert standing() == before


def test_what_was_confirmed_is_brought_in_and_once_more_changes_nothing(connection):
    company = people.department("示例科技")
    keeper = people.lead(department=company)
    people.employee(company, name="张三", wecom_userid="zhang.san", position="架构师")
    account = people.recruiter(name="李四", wecom_userid="li.si", department=company)
    accounts = User.objects.count()
    confirmed(looked_through(connection, keeper))
    assert standing()[0] == [
        ("市场／公关", "示例科技"), ("平台组", "研发部"), ("研发部", "示例科技"), ("示例科技", None)
    ]  # fmt: skip
    assert standing()[1] == [
        ("张三", "平台组", "zhang.san", "preparing"), ("王五", "示例科技", "wang.wu", "active"),
        ("赵六", "市场／公关", "zhao.liu", "active"),
    ]  # fmt: skip
    account.refresh_from_db()
    assert (account.department.name, User.objects.count()) == ("研发部", accounts)
    assert Employee.objects.get(name="张三").position == "架构师"
    again = said(looked_through(connection, keeper)).values()
    assert {(fate, *codes) for fate, codes in again} == {
        ("unchanged",), ("unchanged", "seen_no_more")
    }  # fmt: skip


def test_an_empty_company_gets_departments_and_files(connection):
    keeper = people.lead(wecom_userid="")
    confirmed(looked_through(connection, keeper))
    assert len(Department.objects.all()) == 4
    assert Department.objects.get(parent=None).name == "公司"
    assert Employee.objects.count() == 4


def test_taken_back_whoever_was_moved_goes_back_and_nothing_is_deleted(connection):
    company = people.department("示例科技")
    keeper = people.lead(department=company)
    people.employee(company, name="张三", wecom_userid="zhang.san")
    account = people.recruiter(name="李四", wecom_userid="li.si", department=company)
    batch = confirmed(looked_through(connection, keeper))
    Employee.objects.filter(name="张三").update(department=Department.objects.get(name="研发部"))
    departments, files = Department.objects.count(), Employee.objects.count()
    imports.undo(import_id=batch.pk, by=keeper)
    work_off()
    account.refresh_from_db()
    assert account.department == company
    assert Employee.objects.get(name="张三").department.name == "研发部"
    assert (Department.objects.count(), Employee.objects.count()) == (departments, files)
    left = {row.values["userid"]: row.left["code"] for row in batch.rows.filter(left__isnull=False)}
    assert (left["Zhang.San"], left["zhao.liu"]) == ("touched", "stays")
    assert "li.si" not in left


def test_an_administrators_account_is_out_of_the_leads_reach(connection):
    company = people.department("示例科技")
    keeper = people.lead(department=company)
    root = people.user(is_superuser=True, name="李四", wecom_userid="li.si", department=company)
    batch = confirmed(looked_through(connection, keeper))
    assert said(batch)["li.si"] == ("refused", ["not_permitted"])
    root.refresh_from_db()
    assert root.department == company
    other = people.user(is_superuser=True, wecom_userid="")
    assert said(looked_through(connection, other))["li.si"] == ("changed", [])


def test_two_with_one_account_are_nobodys_to_move(connection):
    company = people.department("示例科技")
    keeper = people.lead(department=company)
    for userid in ("zhang.san", "Zhang.San"):
        people.employee(company, name="张三", wecom_userid=userid)
    assert said(looked_through(connection, keeper))["Zhang.San"] == ("refused", ["account_twice"])


def test_who_lost_the_right_before_it_was_done_changes_nothing(connection):
    company = people.department("示例科技")
    keeper = people.lead(department=company)
    batch = looked_through(connection, keeper)
    imports.confirm(import_id=batch.pk, digest=batch.digest, by=keeper)
    User.objects.filter(pk=keeper.pk).update(roles=["recruiting"])
    before = standing()
    work_off()
    assert standing() == before
    assert {row.faults[0]["code"] for row in batch.rows.filter(fate="refused")} == {"not_permitted"}


@pytest.mark.parametrize("who", ["recruiter", "onboarder", "manager"])
def test_who_does_not_keep_the_house_reads_no_address_book(connection, wecom, who):
    with pytest.raises(DomainError, match="not_permitted"):
        address_book.read(connection, by=getattr(people, who)())
    assert wecom.calls == []


def test_a_wecom_that_does_not_tell_is_said_in_words(connection, wecom):
    keeper = people.lead()
    wecom.fail("user/simplelist", errcode(60011))
    with pytest.raises(DomainError) as caught:
        address_book.read(connection, by=keeper)
    assert caught.value.status == 503
    wecom.visible = set()
    with pytest.raises(DomainError, match="range_empty"):
        address_book.read(connection, by=keeper)
    assert not Import.objects.exists()


def test_a_company_of_thousands_is_one_answer_and_as_many_queries_as_a_small_one(connection, wecom):
    keeper = people.lead(department=people.department("示例科技"))
    wecom.members = [Member(f"user{number:05d}", f"成员{number}", (3,)) for number in range(1200)]
    batch = address_book.read(connection, by=keeper)
    with CaptureQueriesContext(
        database,
    ) as asked:
        work_off()
    assert batch.rows.filter(fate="new").count() == 1203
    assert len(asked) < 300
    assert wecom.count("user/simplelist") == 1


def test_the_step_stands_on_the_connections_page_and_leads_to_what_would_be(connection):
    client = Client()
    client.force_login(people.lead(department=people.department("示例科技")))
    page = reverse("admin:messaging_wecomconnection_change", args=[connection.pk])
    assert "读取通讯录" in client.get(page).content.decode()
    client.post(reverse("admin:messaging_wecomconnection_step", args=[connection.pk, "address-book"]))
    work_off()
    where = reverse("admin:exchange_import_change", args=[Import.objects.get().pk])
    assert where in client.get(page).content.decode()
    shown = client.get(where).content.decode()
    assert "赵六" in shown

"""WeCom's address book: read, shown, brought in as confirmed; nobody gets a way in by it, and nothing is deleted."""

from dataclasses import replace
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
        "示例科技": ("changed", []), "示例科技/研发部": ("new", []), "示例科技/研发部/平台组": ("new", []),
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


def rename(wecom: WeComEmulator, number: int, **changed: Any) -> None:
    """In WeCom's console."""
    wecom.departments = [
        replace(one, **changed) if one.id == number else one for one in wecom.departments
    ]  # fmt: skip


@pytest.fixture
def keeper(connection):
    """The house once the book was brought in."""
    found = people.lead(department=people.department("示例科技"), wecom_userid="")
    confirmed(looked_through(connection, found))
    return found


def changes(batch: Import) -> dict[str, tuple[list[tuple[str, str, str]], list[str]]]:
    """Of each row that changes something, what, and the codes of its hints."""
    return {
        row.values["userid"] or row.values["department"]: (
            [(one["field"], one["before"], one["after"]) for one in row.changes],
            [one["code"] for one in row.hints],
        )
        for row in batch.rows.filter(fate="changed")
    }


def test_a_department_that_is_renamed_in_wecom_is_renamed_here(connection, wecom, keeper):
    """Shown before; whoever belongs to it stays, also in the same book, and what is new below it lies there."""
    before = Department.objects.get(name="研发部")
    Department.objects.filter(pk=before.pk).update(name_en="Research")
    rename(wecom, 2, name="研发中心")
    wecom.departments.append(Theirs(9, "新组", parent=2))
    wecom.members.append(Member("new.one", "钱一", (2,)))
    seen = standing()
    batch = looked_through(connection, keeper)
    assert standing() == seen
    assert changes(batch) == {
        "示例科技/研发中心": (
            [("department", "示例科技/研发部", "示例科技/研发中心")], ["renamed", "english_stays"]
        )
    }  # fmt: skip
    assert {row.values["userid"] or row.values["department"] for row in batch.rows.filter(fate="new")} == {
        "示例科技/研发中心/新组", "new.one"
    }  # fmt: skip
    confirmed(batch)
    before.refresh_from_db()
    assert (before.name, Department.objects.filter(name="研发部").exists()) == ("研发中心", False)
    assert (
        Department.objects.get(name="新组").parent == Department.objects.get(name="平台组").parent == before
    )
    assert Employee.objects.get(wecom_userid="new.one").department == before
    assert changes(looked_through(connection, keeper)) == {}

    imports.undo(import_id=batch.pk, by=keeper)
    work_off()
    before.refresh_from_db()
    assert before.name == "研发部"
    assert changes(looked_through(connection, keeper)).keys() == {"示例科技/研发中心"}


def test_one_that_is_moved_in_wecom_is_moved_with_all_below(connection, wecom, keeper):
    rename(wecom, 2, parent=4)
    batch = looked_through(connection, keeper)
    path = "示例科技/市场／公关/研发部"
    assert changes(batch) == {path: ([("department", "示例科技/研发部", path)], ["moved"])}
    confirmed(batch)
    assert Department.objects.get(name="平台组").path.startswith(
        Department.objects.get(name="市场／公关").path
    )
    assert Employee.objects.get(name="张三").department.name == "平台组"


def test_one_whose_new_name_another_bears_is_refused_and_named(connection, wecom, keeper):
    people.department("研发中心", parent=Department.objects.get(name="示例科技"))
    rename(wecom, 2, name="研发中心")
    batch = confirmed(looked_through(connection, keeper))
    assert said(batch)["示例科技/研发中心"] == ("refused", ["name_taken"])
    assert sorted(Department.objects.filter(name__startswith="研发").values_list("name", flat=True)) == [
        "研发中心", "研发部",
    ]  # fmt: skip


def test_renamed_back_here_meanwhile_it_is_not_taken_back(connection, wecom, keeper):
    rename(wecom, 2, name="研发中心")
    batch = confirmed(looked_through(connection, keeper))
    Department.objects.filter(name="研发中心").update(name="技术部")
    imports.undo(import_id=batch.pk, by=keeper)
    work_off()
    assert Department.objects.filter(name="技术部").exists()
    assert [row.left["code"] for row in batch.rows.filter(fate="changed")] == ["touched"]


def test_the_company_keeps_its_name_here(connection, wecom, keeper):
    """WeCom calls its root as whoever set it up did."""
    people.department("另一家")
    assert changes(looked_through(connection, keeper)) == {}


def test_a_table_without_numbers_knows_departments_by_their_names(connection, keeper):
    table = "企业微信账号,姓名,部门\n,,示例科技/研发部\nzhang.san,张三,示例科技/研发部\n,,示例科技/设计部\n"
    batch = imports.send(kind="address_book", name="t.csv", content=table.encode("utf-8-sig"), by=keeper)
    work_off()
    batch.refresh_from_db()
    assert said(batch) == {
        "示例科技/研发部": ("unchanged", []), "zhang.san": ("changed", []), "示例科技/设计部": ("new", []),
    }  # fmt: skip
    confirmed(batch)
    assert Department.objects.get(name="研发部").wecom_number == 2
    assert Department.objects.get(name="设计部").wecom_number is None


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
    shown = client.get(where, {"fate": "new"}).content.decode()
    assert "赵六" in shown

"""The employee file: its number, its status and its start."""

from datetime import date
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from core.errors import NotFound
from people.models import Employee, EmployeeStatus, User
from people.names import sort_key
from people.services import employees
from tests.factories import people
from tests.factories.api import client_of

pytestmark = pytest.mark.django_db


def opened() -> Employee:
    return employees.open_file(name="张三", department=people.department(), position="数据分析师")


def test_a_file_is_opened_with_a_number_of_its_own():
    first, second = opened(), opened()
    assert first.number == f"E{first.pk:05d}"
    assert first.number != second.number
    assert first.status == EmployeeStatus.PREPARING


def test_a_prospective_hire_has_no_number_until_taken_on_and_keeps_it_then():
    file = employees.open_file(
        name="张三", department=people.department(), position="会计", status=EmployeeStatus.PROSPECTIVE
    )
    given = []
    for status in (
        "prospective",
        "cancelled",
        "prospective",
        "preparing",
        "prospective",
        "cancelled",
        "active",
    ):
        given.append(employees.set_status(employee_id=file.pk, status=EmployeeStatus(status)).number)
    number = f"E{file.pk:05d}"
    assert given == [None, None, None, number, number, number, number]
    for status in ("preparing", "active", "left"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Employee.objects.filter(pk=file.pk).update(status=status, number=None)


def test_a_file_that_is_not_there():
    with pytest.raises(NotFound) as missing:
        employees.set_status(employee_id=0, status=EmployeeStatus.LEFT)
    assert missing.value.code == "employee_not_found"


def test_many_starts_move_with_one_statement(django_assert_num_queries):
    first, second, third = opened(), opened(), opened()
    with django_assert_num_queries(1):
        employees.move_starts({first.pk: date(2026, 12, 1), third.pk: date(2027, 1, 4)})
    days = dict(Employee.objects.values_list("pk", "starts_on"))
    assert days == {first.pk: date(2026, 12, 1), second.pk: None, third.pk: date(2027, 1, 4)}


def test_the_database_refuses_unknown_words():
    employee, person = opened(), people.recruiter()
    with pytest.raises(IntegrityError), transaction.atomic():
        Employee.objects.filter(pk=employee.pk).update(status="gone")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(roles=["king"])


def test_status_and_start():
    employee = opened()
    employees.set_status(employee_id=employee.pk, status=EmployeeStatus.ACTIVE, starts_on=date(2026, 12, 1))
    employees.set_status(employee_id=employee.pk, status=EmployeeStatus.LEFT)
    employee.refresh_from_db()
    assert (employee.status, employee.starts_on) == (EmployeeStatus.LEFT, date(2026, 12, 1))


def test_names_sort_by_pinyin():
    names = ["曾国强", "安妮", "张三", "单雄", "Bob", "李四", "张伟"]
    assert sorted(names, key=sort_key) == ["安妮", "Bob", "李四", "单雄", "曾国强", "张三", "张伟"]
    assert sort_key("张三") == "zhang1 san1"
    for name in names:
        people.employee(name=name)
    assert list(Employee.objects.values_list("name", flat=True)) == sorted(names, key=sort_key)


def test_who_has_left_has_no_way_in_from_that_moment(client):
    file, other = opened(), people.recruiter()
    account = people.recruiter(username="gone")
    file.user = account
    file.save()
    key = client_of(account)
    client.force_login(account)
    assert client.get("/admin/").status_code == 200
    assert key.get("/api/v1/openings/").status_code == 200

    employees.set_status(employee_id=file.pk, status=EmployeeStatus.LEFT)

    account.refresh_from_db()
    assert (account.is_active, account.api_tokens.count()) == (False, 0)
    assert client.get("/admin/").status_code == 302
    assert key.get("/api/v1/openings/").status_code == 401
    assert not client.login(username="gone", password=people.PASSWORD)
    other.refresh_from_db()
    assert other.is_active


def test_a_new_password_ends_sessions_and_keys(client):
    account = people.recruiter(username="gone")
    key = client_of(account)
    client.force_login(account)
    account.refresh_from_db()
    account.set_password("Ein neues, langes 1")
    account.save()
    assert client.get("/admin/").status_code == 302
    assert key.get("/api/v1/openings/").status_code == 401


def test_a_file_is_corrected_as_a_whole_or_not_at_all():
    file = opened()
    values = {"name": "张珊", "phone": "138 0013 8000", "email": "Z@b.com"}
    assert employees.correct(employee_id=file.pk, **values)
    file.refresh_from_db()
    assert (file.name, file.phone, file.email, file.name_key) == (
        "张珊", "+8613800138000", "z@b.com", sort_key("张珊")
    )  # fmt: skip
    assert not employees.correct(employee_id=file.pk, name="张珊", phone="+8613800138000", email="z@b.com")


@pytest.mark.parametrize("phone", ["abc", "13800138000", "+86 138 0013 8000", "1.38E+10"])
def test_the_database_takes_nothing_but_numbers_that_can_be_called(phone):
    rows = {"people_user": people.user().pk, "people_employee": opened().pk}
    for table, pk in rows.items():
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET phone = %s WHERE id = %s", [phone, pk])
    assert set(User.objects.values_list("phone", flat=True)) == {""}


def test_what_was_no_number_before_the_rule_stands_beside_it_and_is_found():
    rows = {User: people.user(username="zhang", phone="13800138000"), Employee: opened()}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for model, row in rows.items():
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_phone_is_sealed")
            others = "people_user_others_are_sealed" if model is User else "people_employee_others_sealed"
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {others}")
            cursor.execute(f"UPDATE {table} SET phone = '总机转8012' WHERE id = %s", [row.pk])
    kept = people.user(username="li")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_user SET phone = '+8613900139000' WHERE id = %s", [kept.pk])

    before = MigrationLoader(connection).project_state([("people", "0006_phones")]).apps
    import_module("people.migrations.0006_phones").set_aside(before, None)

    for model, row in rows.items():
        found = model.objects.get(pk=row.pk)
        assert (found.phone, found.other_contacts, "8012" in found.search_key) == ("", "总机转8012", True)
    assert User.objects.get(pk=kept.pk).phone == "+8613900139000"

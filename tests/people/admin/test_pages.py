"""The admin pages: they open, in as many queries for three rows as for one, and take their steps by the services."""

from datetime import date

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.safestring import mark_safe

from core.admin import panels
from core.events.models import Event
from core.jobs import works
from core.jobs.models import LongWork
from people.calendar import is_working_day, years_loaded
from people.models import CalendarDay, CalendarYear, Department, Employee, EmployeeStatus, Role, User
from tests.factories import onboarding, people
from tests.factories.works import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_lead(client: Client) -> Client:
    client.force_login(people.lead(username="lead"))
    return client


def fill(model: type) -> None:
    """One more row of `model`, with everything a list shows of it."""
    if model is User:
        people.recruiter(department=people.department())
    elif model is Department:
        people.manager(people.department())
    elif model is Employee:
        people.employee()
    elif model is CalendarDay:
        CalendarDay.objects.create(date=date(2026, 3, 2 + CalendarDay.objects.count() % 20), is_working=False)
    else:
        CalendarYear.objects.create(
            year=2030 + CalendarYear.objects.count(), loaded_at="2026-01-01T00:00Z", source="x"
        )


@pytest.mark.parametrize("model", [User, Department, Employee, CalendarDay, CalendarYear])
def test_lists_open_in_a_constant_number_of_queries(as_lead, model):
    address = reverse(f"admin:people_{model._meta.model_name}_changelist")
    counts = []
    CalendarDay.objects.all().delete()
    for more in (1, 2):
        for _row in range(more):
            fill(model)
        as_lead.get(address)  # content types and the like are remembered after the first time
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert as_lead.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 9


@pytest.mark.parametrize("model", [User, Department, Employee, CalendarDay, CalendarYear])
def test_pages_open(as_lead, model):
    fill(model)
    row = model.objects.order_by("pk").last()
    name = f"admin:people_{model._meta.model_name}"
    assert as_lead.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
    assert as_lead.get(reverse(f"{name}_add")).status_code == 200
    assert as_lead.get(reverse(f"{name}_changelist"), {"q": "x"}).status_code == 200


@pytest.mark.parametrize("who", [people.manager, people.user])
def test_the_admin_is_closed_to_everybody_else(client, who):
    client.force_login(who())
    for model in (User, Department, Employee, CalendarDay, CalendarYear):
        answer = client.get(reverse(f"admin:people_{model._meta.model_name}_changelist"))
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("admin:login"))


def test_a_person_is_made_with_roles(as_lead):
    department = people.department()
    answer = as_lead.post(
        reverse("admin:people_user_add"),
        {
            "username": "qian",
            "name": "钱经理",
            "email": "qian@example.com",
            "department": department.pk,
            "roles": ["manager", "training"],
            "usable_password": "true",
            "password1": people.PASSWORD,
            "password2": people.PASSWORD,
        },
    )
    person = User.objects.get(username="qian")
    assert answer.status_code == 302
    assert (person.name, person.roles, person.is_staff, person.is_superuser) == (
        "钱经理",
        ["manager", "training"],
        True,
        False,
    )
    assert check_password(people.PASSWORD, person.password)


def change_form(client: Client, address: str) -> dict:
    """The values a browser would send back."""
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items() if value is not False}


def test_the_lead_cannot_make_or_take_over_a_superuser(as_lead):
    colleague, root = people.recruiter(), people.user(is_superuser=True)
    address = reverse("admin:people_user_change", args=[colleague.pk])
    values = change_form(as_lead, address)
    assert as_lead.post(address, {**values, "is_superuser": "on", "roles": ["lead"]}).status_code == 302
    colleague.refresh_from_db()
    assert (colleague.is_superuser, colleague.roles) == (False, [Role.LEAD])
    new = {"password1": "taken-over-now", "password2": "taken-over-now"}
    assert as_lead.post(reverse("admin:auth_user_password_change", args=[root.pk]), new).status_code == 403
    assert as_lead.post(reverse("admin:people_user_change", args=[root.pk]), values).status_code == 403
    root.refresh_from_db()
    assert (root.is_superuser, root.check_password(people.PASSWORD)) == (True, True)


def test_a_specialist_reads_people_and_changes_none(client):
    client.force_login(people.recruiter())
    colleague = people.trainer()
    address = reverse("admin:people_user_change", args=[colleague.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": "x", "roles": ["lead"]}).status_code == 403
    colleague.refresh_from_db()
    assert (colleague.name, colleague.roles) == ("赵培训", [Role.TRAINING])


def test_a_cycle_is_shown_on_the_form(as_lead):
    top = people.department()
    below = people.department(parent=top)
    address = reverse("admin:people_department_change", args=[top.pk])
    answer = as_lead.post(address, {"name": top.name, "name_en": "", "parent": below.pk, "manager": ""})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.has_error("parent", "department_cycle")
    top.refresh_from_db()
    assert top.parent is None


def test_a_file_is_opened_by_hand_with_a_number(as_lead):
    values = {
        "name": "张三",
        "department": people.department().pk,
        "position": "会计",
        "starts_on": "2026-12-01",
    }
    assert as_lead.post(reverse("admin:people_employee_add"), values).status_code == 302
    employee = Employee.objects.get()
    assert (employee.number, employee.starts_on) == (f"E{employee.pk:05d}", date(2026, 12, 1))


def test_prospective_hires_are_no_employees_and_have_a_page(as_lead):
    employee = people.employee()
    hire = people.employee(number=None, status=EmployeeStatus.PROSPECTIVE)
    address = reverse("admin:people_employee_changelist")
    listed = as_lead.get(address).context["cl"].queryset
    asked_for = as_lead.get(address, {"status__exact": "prospective"}).context["cl"].queryset
    assert (set(listed), set(asked_for)) == ({employee}, {hire})
    page = as_lead.get(reverse("admin:people_employee_change", args=[hire.pk]))
    assert page.status_code == 200 and "拟入职" in page.content.decode()


def test_the_status_actions(as_lead):
    first, second = people.employee(), people.employee()
    values = {"action": "mark_active", "_selected_action": [first.pk]}
    assert as_lead.post(reverse("admin:people_employee_changelist"), values).status_code == 302
    assert set(Employee.objects.values_list("pk", "status")) == {
        (first.pk, EmployeeStatus.ACTIVE),
        (second.pk, EmployeeStatus.PREPARING),
    }


def test_a_day_is_edited_and_deleted_through_the_service(as_lead):
    add = reverse("admin:people_calendarday_add")
    assert as_lead.post(add, {"date": "2026-11-24", "note": "搬迁"}).status_code == 302
    assert is_working_day(date(2026, 11, 24)) is False
    change = reverse("admin:people_calendarday_change", args=["2026-11-24"])
    assert as_lead.post(change, {"is_working": "on", "note": "不搬了"}).status_code == 302
    assert is_working_day(date(2026, 11, 24)) is True
    delete = reverse("admin:people_calendarday_delete", args=["2026-11-24"])
    assert as_lead.post(delete, {"post": "yes"}).status_code == 302
    assert not CalendarDay.objects.filter(date=date(2026, 11, 24)).exists()
    assert list(Event.objects.values_list("kind", "subject_id")) == [("calendar_year_loaded", 2026)] * 3


def test_the_years_page_says_how_far_the_recount_is_and_that_figures_are_provisional(as_lead):
    for _number in range(3):
        onboarding.case()
    address = reverse("admin:people_calendaryear_change", args=[2026])
    assert "panel-long-works" not in as_lead.get(address).content.decode()

    answer = as_lead.post(
        reverse("admin:people_calendarday_add"),
        {"date": "2026-12-15", "note": "", "_save": ""},
        follow=True,
    )
    assert "按 2026 年工作日历计算的数据正在重新计算" in answer.content.decode()
    works.run_due()
    LongWork.objects.filter(kind="onboarding.recount").update(state="running", done=1, total=3)

    page = as_lead.get(address).content.decode()
    assert "入职时间、延迟和步骤期限" in page
    assert "共 3 项，已完成 1 项" in page
    assert '<progress max="100" value="33">' in page
    assert "标为暂定" in page
    listed = as_lead.get(reverse("admin:people_calendaryear_changelist")).content.decode()
    assert listed.count("正在重新计算") == 1

    work_off()
    page = as_lead.get(address).content.decode()
    assert "标为暂定" not in page
    assert "已完成" in page
    assert "正在重新计算" not in as_lead.get(reverse("admin:people_calendaryear_changelist")).content.decode()


@pytest.mark.usefixtures("unknown_2027")
def test_a_day_of_an_unknown_year_is_refused_on_the_form(as_lead):
    answer = as_lead.post(reverse("admin:people_calendarday_add"), {"date": "2027-02-08"})
    assert answer.context["adminform"].form.has_error("date", "calendar_year_missing")
    assert not Event.objects.exists()


@pytest.mark.usefixtures("unknown_2027")
@pytest.mark.parametrize("parted", ["\n\n", "，", "、", "; "])
def test_a_year_is_typed_in_from_the_notice(as_lead, parted):
    holidays = f"2027-01-01 2027-01-03{parted}2027-02-05"
    values = {"year": "2027", "holidays": holidays, "workdays": "2027-01-30"}
    assert as_lead.post(reverse("admin:people_calendaryear_add"), values).status_code == 302
    assert years_loaded() == (2024, 2025, 2026, 2027)
    assert dict(CalendarDay.objects.filter(date__year=2027).values_list("date", "is_working")) == {
        date(2027, 1, 1): False,
        date(2027, 1, 2): False,
        date(2027, 1, 3): False,
        date(2027, 2, 5): False,
        date(2027, 1, 30): True,
    }


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"year": "2027"}, None, "calendar_year_unknown"),
        ({"year": "2027", "holidays": "2026-01-01"}, None, "calendar_day_outside_year"),
        ({"year": "2027", "holidays": "Neujahr"}, "holidays", "not_a_date"),
        ({"year": "2027", "holidays": "2027-01-05 2027-01-01"}, "holidays", "not_a_date"),
        ({"year": "2027", "workdays": "2027-01-01 2027-12-31"}, "workdays", "not_a_date"),
        ({"year": "1999", "holidays": "1999-01-01"}, "year", "min_value"),
        ({"year": "2026"}, "year", "unique"),
    ],
)
def test_a_wrong_year_is_refused_on_the_form(as_lead, values, field, code):
    before = list(CalendarDay.objects.values_list())
    answer = as_lead.post(reverse("admin:people_calendaryear_add"), values)
    assert answer.context["adminform"].form.has_error(field or "__all__", code)
    assert list(CalendarDay.objects.values_list()) == before
    assert not Event.objects.exists()


def test_a_year_is_loaded_again_from_the_list(as_lead):
    CalendarDay.objects.create(date=date(2026, 3, 3), is_working=False)
    values = {"action": "load_again", "_selected_action": ["2026"]}
    assert as_lead.post(reverse("admin:people_calendaryear_changelist"), values).status_code == 302
    assert is_working_day(date(2026, 3, 3)) is True


def test_panels_of_higher_floors_stand_on_the_page(as_lead):
    shown, empty = people.employee(name="有"), people.employee(name="无")

    def greet(_request: HttpRequest, employee: Employee) -> str:
        return mark_safe("<b id='greeting'>入职</b>") if employee == shown else mark_safe("")

    registered = panels.Panel("greeting", "问候", greet)
    others = panels.panels_for(Employee)
    panels.register(Employee, registered)
    try:
        assert panels.panels_for(Employee) == [*others, registered]
        assert panels.panels_for(Department) == []
        with_panel = as_lead.get(reverse("admin:people_employee_change", args=[shown.pk])).content.decode()
        without = as_lead.get(reverse("admin:people_employee_change", args=[empty.pk])).content.decode()
    finally:
        panels.unregister(Employee, "greeting")
    assert "<b id='greeting'>入职</b>" in with_panel
    assert "panel-greeting" not in without
    assert panels.panels_for(Employee) == others

"""Who is who, and who sees what."""

import pytest
from django.contrib.auth.models import AnonymousUser
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView, Response

from core.errors import Forbidden
from people import rules
from people.actors import Party, actor_label, actor_user, require_hr
from people.models import CalendarDay, CalendarYear, Department, Employee, Role, User
from people.permissions import IsHR, IsStaffPerson
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> dict:
    """公司 → 销售部 → 华北区; 公司 → 财务部. 孙 leads sales, 吴 finance."""
    top = people.department("公司")
    sales = people.department("销售部", top)
    north = people.department("华北区", sales)
    finance = people.department("财务部", top)
    return {
        "top": top,
        "sales": sales,
        "north": north,
        "finance": finance,
        "sun": people.manager(sales, name="孙经理"),
        "wu": people.manager(finance, name="吴经理"),
        "in_sales": people.employee(sales),
        "in_north": people.employee(north),
        "in_finance": people.employee(finance),
    }


ROLES = {
    "recruiter": (people.recruiter, True, False, False),
    "onboarder": (people.onboarder, True, False, False),
    "trainer": (people.trainer, True, False, False),
    "lead": (people.lead, True, True, False),
    "manager": (people.manager, False, False, True),
    "administrator": (lambda: people.user(Role.ADMINISTRATOR), False, False, False),
    "interviewer": (lambda: people.user(Role.INTERVIEWER), False, False, False),
    "nobody": (people.user, False, False, False),
    "superuser": (lambda: people.user(is_superuser=True), True, True, False),
    "left": (lambda: people.lead(is_active=False), False, False, False),
    "stranger": (AnonymousUser, False, False, False),
}


@pytest.mark.parametrize("who", ROLES)
def test_predicates(who):
    make, hr, lead, manager = ROLES[who]
    person = make()
    assert (rules.is_hr(person), rules.is_lead(person), rules.is_manager(person)) == (hr, lead, manager)


@pytest.mark.parametrize("who", sorted(set(ROLES) - {"stranger"}))
def test_hr_and_the_administrator_enter_the_admin_and_nobody_else(who):
    make, hr, _lead, _manager = ROLES[who]
    person = make()
    assert (person.is_staff and person.is_active) is (hr or who == "administrator")


def test_losing_the_role_closes_the_admin():
    person = people.recruiter()
    person.roles = []
    person.save(update_fields=["roles"])
    assert User.objects.get(pk=person.pk).is_staff is False


@pytest.mark.usefixtures("unknown_2027")
def test_a_manager_sees_the_own_tree(company):
    sun = company["sun"]
    assert set(Employee.objects.visible_to(sun)) == {company["in_sales"], company["in_north"]}
    assert set(Department.objects.visible_to(sun)) == {company["sales"], company["north"]}
    assert set(User.objects.visible_to(sun)) == {sun}
    assert CalendarYear.objects.visible_to(sun).count() == 3
    assert CalendarDay.objects.visible_to(sun).count() == 108


def test_hr_sees_everything_and_others_nothing(company):
    everybody = [people.recruiter(), people.onboarder(), people.trainer(), people.lead()]
    for person in everybody:
        assert Employee.objects.visible_to(person).count() == 3
        assert Department.objects.visible_to(person).count() == 4
    for person in (people.user(department=company["sales"]), people.lead(is_active=False), AnonymousUser()):
        for model in (Employee, Department, User, CalendarDay, CalendarYear):
            assert not model.objects.visible_to(person).exists()


def test_being_named_in_a_department_without_the_role_opens_nothing(company):
    person = people.user(name="代理")
    company["finance"].manager = person
    company["finance"].save()
    assert not Employee.objects.visible_to(person).exists()
    assert not rules.manages(person, company["finance"])


def test_a_manager_of_two_departments_sees_both_and_each_once(company):
    company["finance"].manager = company["sun"]
    company["finance"].save()
    company["north"].manager = company["sun"]
    company["north"].save()
    seen = sorted([company["sales"].path, company["finance"].path])  # by the paths' letters: 10/ before 9/
    assert company["sun"].sees_department_paths() == seen
    assert Employee.objects.visible_to(company["sun"]).count() == 3


def test_a_moved_department_is_seen_by_its_new_manager(company):
    company["north"].parent = company["finance"]
    company["north"].save()
    assert set(Employee.objects.visible_to(company["sun"])) == {company["in_sales"]}
    assert set(Employee.objects.visible_to(company["wu"])) == {company["in_north"], company["in_finance"]}


def test_manages(company):
    assert rules.manages(company["sun"], company["north"])
    assert not rules.manages(company["sun"], company["finance"])
    assert not rules.manages(company["sun"], company["top"])
    assert not rules.manages(people.lead(), company["sales"])
    assert not rules.manages(AnonymousUser(), company["sales"])


def test_scope_costs_two_queries(company, django_assert_num_queries):
    manager = User.objects.with_grid().get(pk=company["sun"].pk)
    with django_assert_num_queries(2):
        list(Employee.objects.visible_to(manager))
    with django_assert_num_queries(1):
        list(Employee.objects.visible_to(people.User(is_superuser=True)))


def test_people_by_role():
    first, second = people.recruiter(), people.user(Role.RECRUITING, Role.LEAD)
    people.recruiter(is_active=False)
    manager = people.manager()
    assert list(User.objects.with_role(Role.RECRUITING)) == [first, second]
    assert list(User.objects.with_role(Role.LEAD)) == [second]
    assert list(User.objects.with_role(Role.MANAGER)) == [manager]
    assert list(User.objects.hr()) == [first, second]


def test_actors():
    person = people.recruiter(username="li")
    assert [actor_label(actor) for actor in (person, *Party)] == [
        "李招聘 (li)",
        "candidate",
        "system",
        "vendor",
    ]
    assert [actor_user(actor) for actor in (person, *Party)] == [person, None, None, None]
    require_hr(person)
    require_hr(Party.SYSTEM)
    for actor in (
        Party.CANDIDATE,
        Party.VENDOR,
        people.manager(),
        people.user(),
        people.lead(is_active=False),
    ):
        with pytest.raises(Forbidden) as refused:
            require_hr(actor)
        assert refused.value.code == "not_permitted"


API = {
    "recruiter": (200, 200),
    "lead": (200, 200),
    "superuser": (200, 200),
    "manager": (200, 403),
    "administrator": (403, 403),
    "interviewer": (403, 403),
    "nobody": (403, 403),
    "stranger": (401, 401),
}


@pytest.mark.parametrize("who", API)
def test_who_may_call_the_api(who):
    person = ROLES[who][0]()
    answers = []
    for permission in (IsStaffPerson, IsHR):

        class View(APIView):
            permission_classes = [permission]

            def get(self, _request):
                return Response({})

        request = APIRequestFactory().get("/")
        if person.is_authenticated:
            force_authenticate(request, person)
        answers.append(View.as_view()(request).status_code)
    assert tuple(answers) == API[who]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("recruiter", (True, False, False, False, False, False)),
        ("lead", (True, True, True, True, True, False)),
        ("superuser", (True, True, True, True, True, True)),
        ("administrator", (True, False, False, True, True, True)),
        ("manager", (False,) * 6),
        ("left", (False,) * 6),
    ],
)
def test_admin_permissions_follow_from_roles(who, expected):
    person = ROLES[who][0]()
    asked = (
        "people.view_user",
        "people.change_employee",
        "people.delete_employee",
        "people.change_user",
        "people.add_calendaryear",
        "django_q.view_schedule",
    )
    assert tuple(person.has_perm(permission) for permission in asked) == expected
    assert person.has_module_perms("people") is expected[0]
    assert person.has_module_perms("django_q") is expected[-1]

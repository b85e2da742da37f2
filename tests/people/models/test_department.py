"""The department tree: paths, moves, and no cycle."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from core.errors import Invalid
from people.models import Department
from tests.factories import people

pytestmark = pytest.mark.django_db


def tree() -> tuple[Department, Department, Department, Department]:
    company = people.department("公司")
    sales = people.department("销售部", company)
    north = people.department("华北区", sales)
    finance = people.department("财务部", company)
    return company, sales, north, finance


def paths() -> dict[str, str]:
    names = dict(Department.objects.values_list("pk", "name"))
    return {
        row.name: "/".join(names[int(pk)] for pk in row.path.strip("/").split("/"))
        for row in Department.objects.all()
    }


def test_paths_follow_the_parents():
    company, sales, north, _finance = tree()
    assert north.path == f"/{company.pk}/{sales.pk}/{north.pk}/"
    assert paths() == {
        "公司": "公司",
        "销售部": "公司/销售部",
        "华北区": "公司/销售部/华北区",
        "财务部": "公司/财务部",
    }


def test_a_move_takes_everything_below_along():
    _company, sales, _north, finance = tree()
    sales.parent = finance
    sales.save()
    assert paths() == {
        "公司": "公司",
        "财务部": "公司/财务部",
        "销售部": "公司/财务部/销售部",
        "华北区": "公司/财务部/销售部/华北区",
    }
    sales.parent = None
    sales.save()
    assert paths()["华北区"] == "销售部/华北区"


def test_below_is_the_department_and_its_tree():
    company, sales, north, finance = tree()
    people.department("另一家")
    assert set(Department.objects.below(sales)) == {sales, north}
    assert set(Department.objects.below(company)) == {company, sales, north, finance}


def test_a_cycle_is_refused_with_a_code_and_nothing_moves():
    company, sales, north, _finance = tree()
    before = paths()
    for department, parent in [(company, north), (company, company), (sales, north)]:
        department.parent = parent
        with pytest.raises(ValidationError) as refused:
            department.clean()
        assert refused.value.error_dict["parent"][0].code == "department_cycle"
        with pytest.raises(Invalid) as wrong:
            department.save()
        assert wrong.value.code == "department_cycle"
        department.refresh_from_db()
    assert paths() == before


def test_a_name_is_there_once_below_a_parent():
    company, *_rest = tree()
    for parent in (company, None):
        name = "销售部" if parent else "公司"
        with pytest.raises(IntegrityError), transaction.atomic():
            people.department(name, parent)


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_cannot_form_a_cycle():
    left, right = people.department("左"), people.department("右")
    start, refused = threading.Barrier(2), []

    def move(which: int, below: int) -> None:
        department = Department.objects.get(pk=which)
        department.parent_id = below
        start.wait()
        try:
            department.save()
        except Invalid as error:
            refused.append(error.code)
        finally:
            connection.close()

    movers = [threading.Thread(target=move, args=pair) for pair in ((left.pk, right.pk), (right.pk, left.pk))]
    for mover in movers:
        mover.start()
    for mover in movers:
        mover.join()
    assert refused == ["department_cycle"]
    assert sorted(path.count("/") for path in paths().values()) == [0, 1]

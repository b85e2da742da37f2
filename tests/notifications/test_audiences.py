"""Who holds which part for one record."""

import pytest

from notifications import audiences
from tests.factories import people, recruitment

pytestmark = pytest.mark.django_db


def test_the_manager_is_the_nearest_one_above() -> None:
    top = people.department("总公司")
    boss = people.manager(of=top)
    middle = people.department("市场部", parent=top)
    team = people.department("数据组", parent=middle)
    assert audiences.manager(team) == boss

    leader = people.manager(of=middle)
    assert audiences.manager(team) == leader
    leader.is_active = False
    leader.save()
    assert audiences.manager(team) == boss


def test_a_closed_account_is_not_the_specialist() -> None:
    opening = recruitment.opening()
    other = people.recruiter()
    assert audiences.specialist(opening) == opening.specialist
    opening.specialist.is_active = False
    opening.specialist.save()
    assert audiences.specialist(opening) == other

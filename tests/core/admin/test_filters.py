"""Stretches of time that a list is cut by: read by the reader's clock, and never passed over in silence."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib import admin
from django.urls import reverse
from unfold.contrib.filters.admin import RangeDateFilter, RangeDateTimeFilter

from core.admin.filters import DayRangeFilter, MomentRangeFilter
from recruitment.models import Candidate
from tests.factories import people
from tests.factories.recruitment import candidate

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
CANDIDATES = "admin:recruitment_candidate_changelist"


def stretches(kind):
    """Each list's address with the way of each filter of this kind."""
    return [
        (reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"), one[0], one[1])
        for model, page in admin.site._registry.items()
        for one in page.list_filter
        if isinstance(one, tuple | list) and issubclass(one[1], kind)
    ]


@pytest.fixture
def as_admin(client):
    client.force_login(people.user(is_superuser=True, username="root"))
    return client


@pytest.fixture
def three():
    made = {}
    for hour in (0, 12, 23):
        one = candidate(f"早中晚{hour}")
        Candidate.objects.filter(pk=one.pk).update(created_at=datetime(2026, 3, 2, hour, 59, tzinfo=SHANGHAI))
        made[hour] = one.pk
    return made


def test_every_list_has_the_filters_that_say_what_they_cannot_read():
    assert {
        one[2] for one in stretches(RangeDateTimeFilter) if not issubclass(one[2], MomentRangeFilter)
    } == set()
    assert {one[2] for one in stretches(RangeDateFilter) if not issubclass(one[2], DayRangeFilter)} == set()


@pytest.mark.parametrize(
    ("asked", "hours"),
    [
        ({"from_0": "2026-03-02"}, {0, 12, 23}),
        ({"from_0": "2026-03-02", "to_0": "2026-03-02"}, {0, 12, 23}),
        ({"to_0": "2026-03-01"}, set()),
        ({"from_0": "2026-03-03"}, set()),
        ({"from_0": "2026-03-02", "from_1": "12:59"}, {12, 23}),
        ({"to_0": "2026-03-02", "to_1": "12:59"}, {0, 12}),
        ({"from_0": "", "from_1": "", "to_0": "", "to_1": ""}, {0, 12, 23}),
    ],
)
def test_a_day_without_a_time_is_the_whole_day(as_admin, three, asked, hours):
    page = as_admin.get(reverse(CANDIDATES), {f"created_at_{part}": value for part, value in asked.items()})
    shown = {row.pk for row in page.context["cl"].result_list}
    assert shown == {three[hour] for hour in hours}


@pytest.mark.parametrize(("kind", "part"), [(MomentRangeFilter, "_from_0"), (DayRangeFilter, "_to")])
def test_what_is_no_day_leads_back_to_the_whole_list_and_says_so(as_admin, kind, part):
    lists = stretches(kind)
    assert lists
    for address, path, _kind in lists:
        page = as_admin.get(address, {f"{path}{part}": "2026-13-45"}, follow=True)
        said = [str(one) for one in page.context["messages"]]
        assert (address, said) == (address, ["这个列表不能这样筛选，现在显示全部。"])


def test_a_time_without_a_day_is_refused(as_admin, three):
    page = as_admin.get(reverse(CANDIDATES), {"created_at_from_1": "12:00"}, follow=True)
    assert [str(one) for one in page.context["messages"]] == ["这个列表不能这样筛选，现在显示全部。"]

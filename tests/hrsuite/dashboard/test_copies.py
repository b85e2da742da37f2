"""Copies of lists: a day is a day in them and a time a time, in every column of every list."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from inspect import isfunction, ismodule
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.admin.lists import Lean
from core.exchange import reading
from recruitment.models import FollowUp, Interview, Opening
from tests.recruitment.admin.conftest import Story

# What writes days and times in words.
WORDS = {"date_format", "minute", "span", "timesince", "timeuntil", "strftime", "naturaltime"}
# What is no day of the row's own: which day of the week it is, and sentences of what fails and of a day off.
ALLOWED = {"people.calendarday.weekday", "recruitment.followup.cause", "recruitment.mailbox.how_it_is"}
OWN = (
    "core.",
    "people.",
    "messaging.",
    "recruitment.",
    "onboarding.",
    "training.",
    "notifications.",
    "hrsuite.",
)
pytestmark = pytest.mark.django_db
PAGES = {model: page for model, page in admin.site._registry.items() if isinstance(page, Lean)}


def code_of(found: Any) -> Any:
    """A function of the house: behind a property, a method, a decorator."""
    found = getattr(found, "fget", None) or getattr(found, "__func__", found)
    found = getattr(found, "__wrapped__", found)
    return found if isfunction(found) and found.__module__.startswith(OWN) else None


def read_by(code: Any, model: Any, page: Any, known: set[Any]) -> Iterator[str]:
    """Every name that a column's function reads, and those of the house's functions that it calls."""
    if code is None or code in known:
        return
    known.add(code)
    for name in code.__code__.co_names:
        yield name
        modules = [one for one in map(code.__globals__.get, code.__code__.co_names) if ismodule(one)]
        places = [code.__globals__.get(name)]
        places += [getattr(one, name, None) for one in (*modules, type(page), model)]
        for found in filter(None, map(code_of, places)):
            yield from read_by(found, model, page, known)


def test_no_column_of_a_copy_writes_a_day_in_words() -> None:
    found = set()
    for model, page in PAGES.items():
        for shown in page.list_display:
            if shown in page.only_on_screen:
                continue
            for column in page.in_copies.get(shown, (shown,)):
                code = code_of(getattr(type(page), str(column), None))
                # A remark beside its day says in words what the day does not.
                is_remark = column in page.in_copies.get(shown, ())[1:]
                if not is_remark and WORDS & set(read_by(code, model, page, set())):
                    found.add(f"{model._meta.label_lower}.{column}")
    assert found == ALLOWED


def test_what_a_copy_has_in_place_stands_in_the_list() -> None:
    assert {
        f"{model._meta.label_lower}.{name}"
        for model, page in PAGES.items()
        for name in page.in_copies
        if name not in page.list_display
    } == set()


def test_days_and_times_of_a_copy_are_such(as_hr: Client, story: Story) -> None:
    due = story.follow_up.due_at
    found = taken(as_hr, FollowUp)
    assert abs(found["承诺时间"] - timezone.localtime(due).replace(tzinfo=None)) < timedelta(seconds=1)
    assert (found["联系次数"], found["最近一次联系"]) == (0, "")
    interview = taken(as_hr, Interview)
    assert {type(interview[one]) for one in ("开放时间", "截止时间")} == {datetime}
    assert taken(as_hr, Opening)["目标月份"] == story.application.opening.target_month.replace(day=1)


def taken(client: Client, model: Any) -> dict[str, Any]:
    """The only row of a workbook of the list, by its headings."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_export")
    headings, row = reading.lines(client.post(address, {"format": "xlsx"}).content)
    return dict(zip(headings.cells, row.cells, strict=True))

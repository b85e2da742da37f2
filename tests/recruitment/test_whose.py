"""Whose rows steps are taken on: a specialist of one department has to be told apart on each of them."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from recruitment import rules
from tests.factories import people

ROOT = Path(rules.__file__).parent
ASKED = re.compile(r"(?:require_recruiting\(by|may_recruit\([\w.()]+), ([A-Z]\w+)")
NAMED = sorted(
    {name for path in ROOT.rglob("*.py") for name in ASKED.findall(path.read_text(encoding="utf-8"))}
)


def test_the_models_are_found() -> None:
    assert {"Application", "Checkpoint", "Transcript"} <= set(NAMED)


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMED)
def test_a_specialist_of_a_department_takes_no_care_of_what_is_not_there(name: str) -> None:
    person = people.recruiter(department=people.department())
    assert rules.recruitable(person, apps.get_model("recruitment", name), {1}) == set()

"""Which degree words name, and that nothing but an education has one."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from recruitment.enums_incoming import Degree
from recruitment.models import ResumeFact
from recruitment.resumes import degrees
from tests.factories import recruitment as make

NAMED = {
    "浙江大学 · 本科": Degree.BACHELOR,
    "硕士研究生": Degree.MASTER,
    "博士研究生": Degree.DOCTOR,
    "本科，后读硕士": Degree.MASTER,
    "MBA, Fudan": Degree.MASTER,
    "Ph.D., MIT": Degree.DOCTOR,
    "PhD": Degree.DOCTOR,
    "Bachelor of Science": Degree.BACHELOR,
    "B.Sc, Leeds": Degree.BACHELOR,
    "大专": Degree.COLLEGE,
    "高职": Degree.COLLEGE,
    "某大学": None,
    "Embassy School": None,
    "Master": Degree.MASTER,
    "": None,
}


def test_the_highest_degree_that_is_named_or_none() -> None:
    assert {words: degrees.named(words) for words in NAMED} == NAMED


@pytest.mark.django_db
def test_a_project_has_no_degree_and_there_is_no_fifth() -> None:
    application = make.application()
    for wrong in ({"kind": "project", "degree": Degree.MASTER}, {"kind": "education", "degree": 5}):
        values: dict[str, Any] = {"application": application, "title": "x", "level": 1, **wrong}
        fact = ResumeFact(**values)
        with pytest.raises(ValidationError):
            fact.full_clean()
        with pytest.raises(IntegrityError, match="degree_of_an_education"), transaction.atomic():
            fact.save()
    assert not ResumeFact.objects.exists()

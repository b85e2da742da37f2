"""A trigger asks cheaply whether it is to be ignored, and is ignored where somebody says so."""

import pgtrigger
import pytest
from django.db import connection

from core import triggers
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def language() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lanname FROM pg_proc JOIN pg_language ON pg_language.oid = prolang"
            " WHERE proname = '_pgtrigger_should_ignore'"
        )
        return str(cursor.fetchone()[0])


def test_the_cheap_function_stands_after_migrating_and_comes_back() -> None:
    assert language() == "sql"
    pgtrigger.install("recruitment.Opening:opening_dated")
    assert language() == "plpgsql"
    triggers.keep()
    assert language() == "sql"


def test_a_trigger_is_ignored_where_somebody_says_so_and_nowhere_else() -> None:
    opening = make.opening()

    def changed(title: str) -> bool:
        before = type(opening).objects.get(pk=opening.pk).updated_at
        type(opening).objects.filter(pk=opening.pk).update(title=title)
        return bool(type(opening).objects.get(pk=opening.pk).updated_at != before)

    assert changed("a")
    with pgtrigger.ignore("recruitment.Opening:opening_dated"):
        assert not changed("b")
    assert changed("c")

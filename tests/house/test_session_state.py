"""Behind PgBouncer in transaction mode two statements may meet two sessions: nothing of ours is left in one."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from core import prepared
from core.backups import postgres
from tests.factories import people

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    "core",
    "people",
    "messaging",
    "recruitment",
    "onboarding",
    "training",
    "notifications",
    "reports",
    "hrsuite",
)
# Each holds beyond its transaction: a setting, a lock, a listener, a table, a cursor, a prepared statement.
HELD = {
    "setting": re.compile(
        r"""["']\s*(?:RE)?SET (?!LOCAL |CONSTRAINTS )(?:SESSION )?[A-Za-z_]+(?: =| TO |["' ])"""
    ),
    "set_config": re.compile(r"set_config\([^)]*,\s*false\)", re.IGNORECASE),
    "lock": re.compile(r"pg_(?:try_)?advisory_(?:un)?lock"),
    "listener": re.compile(r"""["']\s*LISTEN """),
    "table": re.compile(r"CREATE TEMP", re.IGNORECASE),
    "cursor": re.compile(r"WITH HOLD", re.IGNORECASE),
    "prepared": re.compile(r"prepare=True|prepare_threshold = \d|PREPARE [a-z]"),
}
# Where one is allowed, and why.
ALLOWED = {
    ("core/bounded.py", "setting"): "not behind PgBouncer, and taken back at the request's end",
    ("core/process/roles.py", "setting"): "the embedded server's owner, by its own socket",
}


def test_nothing_is_left_in_a_session() -> None:
    found = {
        (str(path.relative_to(ROOT)), what)
        for top in OURS
        for path in (ROOT / top).rglob("*.py")
        if "migrations" not in path.parts
        for what, pattern in HELD.items()
        if pattern.search(path.read_text(encoding="utf-8"))
    }
    assert found == set(ALLOWED)


@pytest.mark.parametrize(
    "planted",
    [
        'cursor.execute("SET statement_timeout = 5")',
        'execute("RESET role")',
        "\"SELECT set_config('a', 'b', false)\"",
        "SELECT pg_try_advisory_lock(1)",
        "'LISTEN news'",
        "CREATE TEMPORARY TABLE x",
        "DECLARE c CURSOR WITH HOLD",
        "wire.prepare_threshold = 3",
    ],
)
def test_each_kind_is_seen(planted: str) -> None:
    assert [what for what, pattern in HELD.items() if pattern.search(planted)]


@pytest.mark.django_db
def test_behind_it_a_page_sets_nothing_and_nothing_is_prepared(
    client: Client, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.BEHIND_PGBOUNCER = True
    client.force_login(people.lead())
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        before = cursor.fetchone()
    assert client.get("/admin/people/department/").status_code == 200
    for _use in range(prepared.PREPARED_AFTER + 2):
        prepared.execute("SELECT 'behind the bouncer'::text", ())
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == before
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%behind the bouncer%'"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_backups_go_past_it(settings: Any) -> None:
    direct = connection.get_connection_params()
    settings.DATABASE_DIRECT_URL = f"postgresql:///{direct['dbname']}?host={direct['host']}&user={direct['user']}&application_name=direct"
    with postgres.connected() as inside:
        assert inside.execute("SHOW application_name").fetchone() == ("direct",)

"""What every release wrote is carried on: its rows, and what its candidates said, as the newest code reads them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from core.env import database_url
from tests.upgrade import copy

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RELEASES = sorted(path.parent for path in HERE.glob(f"*/{copy.DUMP}"))

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=RELEASES, ids=lambda folder: folder.name)
def kept(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[tuple[Path, str]]:
    """A kept company in a database of its own: (its folder, the database's address)."""
    name = f"kept_{request.param.name.replace('.', '_')}"
    base, _slash, _name = database_url().rpartition("/")
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        copy.read(request.param, f"{base}/{name}")
        yield request.param, f"{base}/{name}"
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def manage(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "hrsuite.settings"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_there_is_a_release_to_carry_on():
    assert [folder.name for folder in RELEASES] != []


def test_its_rows_and_what_its_candidates_said_are_carried_on(kept: tuple[Path, str]):
    folder, url = kept

    migrated = manage(url, "migrate", "--no-input", "--verbosity", "0")
    assert (migrated.returncode, migrated.stderr) == (0, "")

    written = json.loads((folder / copy.ROWS).read_text())
    now = copy.rows_of(url)
    assert {name: now.get(name) for name in written} == written

    compared = manage(
        url, "simulate", "--compare", str(folder / "journal.jsonl"), "--disturbed", "--settle", "5", "--json"
    )
    found = json.loads(compared.stdout)
    assert found["differences"] == []
    # Reminders that were planned come due as the kept company grows older, and nobody sends them here.
    assert {name for name, count in found["owed"].items() if count} <= {"deliveries due"}
    assert found["counts"]["candidates"] == 12
    assert (found["counts"]["answers"]["held"], found["counts"]["stages"]["held"]) == (
        found["counts"]["answers"]["acknowledged"], found["counts"]["stages"]["acknowledged"],
    )  # fmt: skip


def test_the_newest_code_needs_no_more_migrations_than_it_has(kept: tuple[Path, str]):
    _folder, url = kept
    assert manage(url, "migrate", "--no-input", "--verbosity", "0").returncode == 0
    assert manage(url, "migrate", "--check").returncode == 0

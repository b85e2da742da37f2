"""kill -9 of the job that counts a kept table: what was kept stands whole, or nothing does, and it is counted again."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from core.env import database_url
from reports import kept
from reports.asking import REPORTS, asked_for
from reports.lines import table_of
from reports.models import KeptTable
from tests.factories import people
from tests.factories import recruitment as make
from tests.factories.works import work_off

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from django.db import connection
from core.jobs import works

settings.REPORT_LIVE_SECONDS = 0

def dies(execute, sql, params, many, context):
    if sys.argv[1] == "counting" and '"once" AS MATERIALIZED' in sql:
        os.kill(os.getpid(), signal.SIGKILL)
    answer = execute(sql, params, many, context)
    if sys.argv[1] == "written" and sql.startswith('UPDATE "reports_kepttable" SET "first"'):
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

with connection.execute_wrapper(dies):
    while works.run_due(works.SLOW):
        pass
"""


def killed(where: str) -> None:
    """A job that is killed right there: before the rows are counted, or once they are written and not committed."""
    base, _slash, _name = database_url().rpartition("/")
    url = f"{base}/{connection.settings_dict['NAME']}"
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, where],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=False,
    )
    assert ended.returncode == -9


@pytest.mark.parametrize("where", ["counting", "written"])
@pytest.mark.parametrize("is_first", [True, False])
def test_killed_the_table_is_whole_or_not_there_and_is_counted_again(
    where: str, *, is_first: bool, settings: Any
) -> None:
    settings.REPORT_LIVE_SECONDS = 0
    lead, report = people.lead(), REPORTS["exits"]
    client = Client()
    client.force_login(lead)
    make.interview(state="interrupted")
    assert client.get("/admin/reports/exits/").status_code == 200
    row = KeptTable.objects.get()
    if is_first:
        KeptTable.objects.update(content=None, counted_at=None)
        row.refresh_from_db()
    before = row.content, row.counted_at
    make.interview(state="interrupted")
    kept.want(row, lead)
    killed(where)
    row.refresh_from_db()
    assert (row.content, row.counted_at) == before
    assert row.wanted_at is not None
    # Whoever asks meanwhile reads what stood, or that it is being counted.
    assert client.get("/admin/reports/exits/").status_code == (202 if is_first else 200)
    work_off()
    row.refresh_from_db()
    assert KeptTable.objects.filter(pk=row.pk, wanted_at=None, error="").exists()
    opened = kept.opened(report, asked_for(report, {}, lead), is_usual=True)
    now = table_of(report, asked_for(report, {}, lead))
    assert opened.table is not None
    assert (opened.table.rows, opened.table.totals) == (now.rows, now.totals)
    assert opened.table.totals["exits"] == 2

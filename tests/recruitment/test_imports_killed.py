"""An import whose process is killed in the middle of a set ends as one that was not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from core.env import database_url
from core.exchange.models import ImportRow
from core.exchange.services import imports
from recruitment.models import Application, Candidate
from tests.factories import recruitment
from tests.factories.imports import sent
from tests.factories.works import work_off

ROOT = Path(__file__).resolve().parents[2]
# Dies with the second set's people written and its applications not.
KILLED = """
import os, signal
import django
django.setup()
from django.db import connection
from core.jobs import works

seen = 0

def dies(execute, sql, params, many, context):
    global seen
    if sql.startswith('INSERT INTO "recruitment_application"'):
        seen += 1
        if seen == 2:
            os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

with connection.execute_wrapper(dies):
    while works.run_due(works.SLOW):
        pass
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_and_ends_the_same() -> None:
    recruitment.opening(title="数据分析师")
    phones = [f"1380013{number:04}" for number in range(450)]
    batch = sent(*[[f"候选{n}", phone, "", "数据分析师", "", ""] for n, phone in enumerate(phones)])
    imports.confirm(import_id=batch.pk, digest=batch.digest, by=batch.owner)
    base, _slash, _name = database_url().rpartition("/")
    url = f"{base}/{connection.settings_dict['NAME']}"

    killed = subprocess.run(
        [sys.executable, "-c", KILLED],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=False,
    )

    assert killed.returncode == -9
    # The first set whole; nothing of the second.
    assert (Application.objects.count(), Candidate.objects.count()) == (200, 200)
    assert ImportRow.objects.filter(applied_at__isnull=False).count() == 200
    work_off()
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert batch.counts() == {"new": 450, "changed": 0, "unchanged": 0, "duplicate": 0, "refused": 0}
    found = list(Application.objects.order_by("pk").values_list("candidate__phone", flat=True))
    assert found == [f"+86{phone}" for phone in phones]
    assert Candidate.objects.count() == 450

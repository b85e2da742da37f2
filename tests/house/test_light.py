"""What a process loads before it is asked anything, and holds for as long as it runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Each is megabytes, for what few processes do: estimating, reading files, writing workbooks, pages as pictures.
HEAVY = {"numpy", "openpyxl", "PIL", "pypdf", "lxml", "av"}
LOADED = """
import sys
import django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
from core.collecting import declared
declared("schedules"), declared("works")
import recruitment.tasks
print(*sorted(name.partition(".")[0] for name in sys.modules))
"""


@pytest.mark.slow
def test_the_pages_and_the_list_of_jobs_load_nothing_heavy() -> None:
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADED],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert HEAVY & set(answer.stdout.split()) == set()

"""Adding an app is one line in INSTALLED_APPS; what an app declares and nobody collects is named here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib import admin

from core.admin.menu import entries
from core.collecting import declared

ROOT = Path(__file__).resolve().parents[2]
DECLARED = [
    "menu",
    "schedules",
    "access",
    "loops",
    "works",
    "retention",
    "clockwork",
    "recorded",
    "invariants",
    "urls",
    "api.endpoints",
    "api.enums",
    "api.examples",
]
# Reached from another page: a plan, a person, the jobs.
WITHOUT_ENTRY = {
    "exchange.export",
    "django_q.ormq", "django_q.success", "recruitment.planversion", "recruitment.question", "recruitment.stage",
    "recruitment.transcript",
}  # fmt: skip


@pytest.mark.slow
def test_an_app_is_added_by_one_line():
    answer = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "house" / "collected.py")],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.house.settings", "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(answer.stdout.splitlines()[-1]) == {
        "menu": [["Kiosk", "Badges"]],
        "schedules": ["kiosk.tidy"],
        "loops": ["badges"],
        "page": "kiosk-badges",
        "api": "/api/v1/kiosk-badges/",
        "enum": ["KioskColourEnum"],
        "event": "Kiosk opened",
        "receiver": "Badge",
        "wired": ["interview_started", "kiosk_opened"],
    }


def test_nothing_that_an_app_declares_is_left_lying():
    tops = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    lying = {}
    for name in DECLARED:
        collected = {module.__name__ for module in declared(name)}
        tail = Path(*name.split(".")).with_suffix(".py")
        written = {
            ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for top in sorted(tops)
            for path in (ROOT / top).rglob(tail.name)
            if path.parts[-len(tail.parts) :] == tail.parts
        }
        lying[name] = written - collected
    assert lying == {
        "menu": {"core.admin.menu"},  # the collector itself
        "schedules": {"core.jobs.schedules"},
        "access": set(),
        "loops": {"core.jobs.loops"},
        "works": {"core.jobs.works"},
        # The collector, and the satellite that deletes bytes by rules of its own.
        "retention": {"core.jobs.retention", "recruitment.recordings.retention"},
        "clockwork": {"core.trouble.clockwork"},
        "recorded": set(),
        "invariants": set(),
        "urls": {
            "hrsuite.api.urls",
            "hrsuite.managers.urls",
            "recruitment.intake.urls",
            "recruitment.offers.urls",
            "recruitment.recordings.urls",
            "recruitment.resumes.urls",
            "recruitment.rounds.urls",
            "recruitment.vendors.urls",
            "tools.bench.urls",
        },
        "api.endpoints": set(),
        "api.enums": set(),
        "api.examples": set(),
    }


def test_every_list_can_be_reached_from_the_menu():
    listed = {entry.model for entry in entries() if entry.model}
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert registered - listed == WITHOUT_ENTRY
    assert listed - registered == set()

"""Code and data know each other: what another line of releases wrote is refused before anything is changed."""

import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation

from core import version
from core.upgrades import require_known_past

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


def applied(app: str, name: str) -> None:
    MigrationRecorder(connection).record_applied(app, name)


def test_data_of_this_release_are_known():
    require_known_past()


def test_what_another_app_left_behind_is_no_matter():
    applied("somebody_elses", "0001_initial")
    require_known_past()


@pytest.mark.parametrize("step", ["0002_recordings_before_the_first_release", "9999_of_a_later_release"])
def test_a_step_that_this_release_does_not_know_is_refused_and_nothing_changed(step: str, monkeypatch):
    applied("recruitment", step)
    migrated: list[str] = []
    monkeypatch.setattr(
        "django.core.management.commands.migrate.Command.handle", lambda *a, **k: migrated.append("ran")
    )

    with translation.override("en"), pytest.raises(CommandError) as refused:
        call_command("prepare")

    assert f"recruitment.{step}" in str(refused.value)
    assert version.VERSION in str(refused.value)
    assert migrated == []


def test_there_is_one_version_and_the_changelog_begins_with_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    newest = next(line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## "))
    assert (project["version"], newest.split()[1]) == (version.VERSION, version.VERSION)

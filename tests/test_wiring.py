"""What is written down about the house is true: the map of the chain, the jobs, the floors in strings."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.module_loading import import_string
from django_q.models import Schedule

from core.events.signal import DurableSignal
from core.jobs.schedules import declared_schedules

ROOT = Path(__file__).resolve().parent.parent
FLOORS = [
    ["core"],
    ["people"],
    ["messaging"],
    ["recruitment"],
    ["onboarding", "training"],
    ["notifications"],
    ["reports"],
]


def test_the_exit_chain_page_is_the_live_map() -> None:
    page = (ROOT / "docs" / "exit-chain.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", page, flags=re.MULTILINE)

    written = {kind: re.findall(r"`([\w.]+)`", receivers) for kind, receivers in rows}

    assert written == {kind: list(signal.durable) for kind, signal in DurableSignal.registry.items()}


def test_every_signal_says_when_it_fires() -> None:
    assert [kind for kind, signal in DurableSignal.registry.items() if len(signal.doc) < 20] == []


def test_receivers_live_in_the_app_that_their_name_says() -> None:
    wrong = {
        name: receiver.__module__
        for signal in DurableSignal.registry.values()
        for name, receiver in signal.durable.items()
        if receiver.__module__.split(".")[0] != name.split(".")[0]
    }
    assert wrong == {}


@pytest.mark.django_db
def test_every_job_can_be_imported_and_syncing_twice_changes_nothing() -> None:
    names = [schedule.name for schedule in declared_schedules()]
    for schedule in declared_schedules():
        assert callable(import_string(schedule.func))

    call_command("sync_schedules", verbosity=0)
    first = list(Schedule.objects.order_by("name").values())
    call_command("sync_schedules", verbosity=0)

    assert list(Schedule.objects.order_by("name").values()) == first
    assert sorted(names) == sorted(Schedule.objects.values_list("name", flat=True))


@pytest.mark.django_db
def test_a_schedule_that_the_code_no_longer_has_is_removed() -> None:
    Schedule.objects.create(name="gone", func="gone.task")

    call_command("sync_schedules", verbosity=0)

    assert not Schedule.objects.filter(name="gone").exists()


def test_no_lower_floor_names_a_higher_one_in_a_string() -> None:
    """Imports are checked by import-linter; this finds the roads around it."""
    found = []
    for place, floor in enumerate(FLOORS):
        higher = [app for above in FLOORS[place + 1 :] for app in above]
        pattern = re.compile(rf"""["']({"|".join(higher)})\.[A-Za-z_.]+["']""") if higher else None
        for app in floor:
            for path in sorted((ROOT / app).rglob("*.py")):
                if pattern and (hit := pattern.search(path.read_text())):
                    found.append(f"{path.relative_to(ROOT)}: {hit.group()}")
    assert found == []


def test_apps_get_model_is_not_used_below_the_top() -> None:
    users = [
        str(path.relative_to(ROOT))
        for floor in FLOORS[1:]  # the ground names no model of its own accord: it is given labels
        for app in floor
        for path in (ROOT / app).rglob("*.py")
        if "get_model(" in path.read_text() and "migrations" not in path.parts
    ]
    assert users == []

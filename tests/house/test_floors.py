"""The floors hold: imports that point upwards are planted into a copy of the house, and each is refused by name."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "root_packages"
]

# (module, what it must not import)
PLANTED = [
    ("core/errors.py", "people.models"),
    ("core/admin/steps.py", "recruitment.colours"),
    ("people/rules.py", "recruitment.models"),
    ("recruitment/services/links.py", "onboarding.models"),
    ("onboarding/services/steps.py", "training.models"),
    ("training/services/items.py", "notifications.apps"),
    ("notifications/receivers.py", "hrsuite.urls"),
    ("reports/weekly.py", "hrsuite.health"),
    ("hrsuite/health.py", "tools.demo.story"),
    ("recruitment/services/links.py", "recruitment.admin.fields_of_plans"),
    ("recruitment/models/plans.py", "recruitment.services.links"),
    ("recruitment/queries.py", "recruitment.services.links"),
    ("recruitment/services/links.py", "recruitment.recordings.policy"),
    ("recruitment/services/links.py", "recruitment.evaluation.rubric"),
    ("recruitment/recordings/policy.py", "recruitment.room.limits"),
    ("recruitment/recordings/policy.py", "recruitment.vendors.mappings"),
    ("recruitment/recordings/services/closing.py", "recruitment.recordings.admin.devices"),
    ("recruitment/vendors/services/intake.py", "recruitment.admin.timeline"),
    ("people/models/department.py", "people.services.employees"),
    ("people/services/employees.py", "people.admin.users"),
    ("messaging/delivery.py", "recruitment.models"),
    ("messaging/models/messages.py", "messaging.services.messages"),
    ("messaging/services/messages.py", "messaging.admin.looks"),
    ("notifications/kinds/starts.py", "notifications.services.starts"),
    ("notifications/services/guides.py", "notifications.receivers"),
    ("onboarding/models/steps.py", "onboarding.services.steps"),
    ("onboarding/services/steps.py", "onboarding.admin.steps"),
    ("training/queries.py", "training.services.plans"),
    ("training/services/items.py", "training.receivers"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code, to plant things in."""
    copy = tmp_path_factory.mktemp("house")
    for package in HOUSE:
        shutil.copytree(
            ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__", "static")
        )
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


@contextmanager
def planted(path: Path, line: str) -> Iterator[None]:
    before = path.read_text()
    path.write_text(f"{before}\n{line}\n")
    yield
    path.write_text(before)


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_package_stands_on_a_floor():
    packages = {path.parent.name for path in ROOT.glob("*/apps.py")} | {"core"}
    assert packages - set(HOUSE) == set()


def test_the_house_as_it_stands_is_in_order(house: Path):
    assert lint(house).returncode == 0


@pytest.mark.parametrize(("place", "imported"), PLANTED)
def test_an_import_that_points_upwards_is_refused(house: Path, place: str, imported: str):
    package, _dot, name = imported.rpartition(".")
    if (
        not (house / Path(*imported.split("."))).with_suffix(".py").exists()
        and not (house / Path(*imported.split("."))).is_dir()
    ):
        (house / Path(*imported.split("."))).with_suffix(".py").write_text("")
    with planted(house / place, f"from {package} import {name}  # planted"):
        said = lint(house)
    module = place.removesuffix(".py").replace("/", ".")
    assert said.returncode == 1
    assert f"{module} ->" in " ".join(said.stdout.split())
    assert "BROKEN" in said.stdout

"""The floors hold: imports that point upwards are planted into a copy of the house, and each is refused by name."""

import shutil
import subprocess
import sys
import tomllib
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


@pytest.fixture(scope="module")
def refusals(house: Path) -> str:
    """What is said of the house with every import planted at once; the copy is put in order again."""
    before = {house / place: (house / place).read_text() for place, _imported in PLANTED}
    made = []
    for place, imported in PLANTED:
        package, _dot, name = imported.rpartition(".")
        named = house / Path(*imported.split("."))
        if not named.with_suffix(".py").exists() and not named.is_dir():
            named.with_suffix(".py").write_text("")
            made.append(named.with_suffix(".py"))
        (house / place).write_text(
            f"{(house / place).read_text()}\nfrom {package} import {name}  # planted\n"
        )
    said = lint(house)
    for path, text in before.items():
        path.write_text(text)
    for path in made:
        path.unlink()
    assert said.returncode == 1
    return " ".join(said.stdout.split())


@pytest.mark.parametrize(("place", "imported"), PLANTED)
def test_an_import_that_points_upwards_is_refused(refusals: str, place: str, imported: str):
    module = place.removesuffix(".py").replace("/", ".")
    assert f"{module} -> {imported}" in refusals

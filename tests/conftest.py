"""The plumbing that every test shares: the database server, the browser, the language."""

import gc
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.test.utils import override_settings, teardown_databases
from django.utils import timezone, translation
from hypothesis import settings as hypothesis_settings

from core.env import home
from core.process import embedded
from messaging import connected
from people.authentication import wrong_keys
from people.models import CalendarYear
from people.services import second_factor
from tests import emptying, template, thorough

CHROMIUM = Path("/usr/bin/chromium")
# A busy machine is slow, not wrong.
hypothesis_settings.register_profile("suite", deadline=None)
hypothesis_settings.load_profile("suite")
# As script/test --quick asks for them.
QUICK = "not slow and not thorough"
PLAYWRIGHTS_OWN = Path.home() / ".cache" / "ms-playwright"


def pytest_sessionstart(session: pytest.Session) -> None:
    """The catalogues of a fresh clone, before a worker or a test reads the first sentence.

    While tests are collected nothing is garbage: to look for it again and again takes half of that time.
    """
    call_command("compile_translations", verbosity=0)
    gc.disable()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files whose tests were not asked for are not read."""
    unasked = config.option.markexpr == QUICK and thorough.is_thorough(collection_path)
    return unasked or None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Modules, templates and tests stay to the end: nobody looks through them again and again for what can go."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start the tests' PostgreSQL before the first test that needs it; all workers share one server."""
    if not os.environ.get("DATABASE_URL"):
        embedded.start(home())


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """A database for this worker, with all migrations; see tests/template.py."""
    verbosity = request.config.option.verbose
    post_migrate.connect(_know_the_years_ahead, sender=apps.get_app_config("people"))
    with django_db_blocker.unblock():
        made = template.set_up(verbosity=verbosity, serialized_aliases=set())
    emptying.install()
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=verbosity)


def _know_the_years_ahead(**signal: Any) -> None:
    """What is booked a few weeks ahead lies in a known year whenever the tests run, published by then or not."""
    now = timezone.now()
    for year in {now.year, (now + timedelta(days=60)).year}:
        CalendarYear.objects.get_or_create(year=year, defaults={"loaded_at": now, "source": "test"})


@pytest.fixture(scope="session", autouse=True)
def _files_of_its_own() -> Iterator[None]:
    """Workers that run beside each other store, work on and sweep files in places of their own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        yield
        return
    place = home() / f"media-{worker}"
    storages = {
        name: {**storage, "OPTIONS": {**storage["OPTIONS"], "location": place / name}}
        if "location" in storage.get("OPTIONS", {})
        else storage
        for name, storage in settings.STORAGES.items()
    }
    with override_settings(STORAGES=storages, WORK_ROOM=place / "work"):
        yield


@pytest.fixture
def unknown_2027(db: None) -> None:
    """Nobody has loaded the calendar of 2027 or later, whenever the tests run."""
    CalendarYear.objects.filter(year__gt=2026).delete()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, else the one that Playwright installed; its sandbox does not work for root."""
    chosen = {"executable_path": str(CHROMIUM)} if CHROMIUM.exists() else {}
    return {**browser_type_launch_args, **chosen, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A candidate in China with a phone's language and clock."""
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """No language, no rule and no count of wrong keys left over from the test before."""
    wrong_keys.forget()
    second_factor.read_anew()
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def in_november() -> Iterator[None]:
    """A Tuesday whose year has a calendar, and whose following months are written in the tests: whenever they run."""
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))):
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What kind of test each is, where its fixtures or its place say it."""
    for item in items:
        if thorough.is_thorough(item.path):
            item.add_marker(pytest.mark.thorough)
    _mark_browsers(items)


def _mark_browsers(items: list[pytest.Item]) -> None:
    """Browser tests are slow by nature; without a browser they skip, except in CI, where that is a failure."""
    present = CHROMIUM.exists() or any(PLAYWRIGHTS_OWN.glob("chromium*"))
    for item in items:
        if "page" in getattr(item, "fixturenames", ()) or "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
            if not present and os.environ.get("CI") != "true":
                item.add_marker(pytest.mark.skip(reason="no Chromium; script/test says how to get one"))
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(autouse=True)
def _nothing_is_connected() -> None:
    """The tables of connections are empty when a test begins: nothing has to look."""
    connected.nothing_yet()

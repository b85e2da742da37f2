"""The demo's phones as `prepare_demo` sets them up, in a home of their own."""

import pytest
from django.test import Client

from messaging import connected
from tests.factories import people
from tools.phone import connecting
from tools.phone.__main__ import emulator_of


@pytest.fixture
def home(tmp_path, settings):
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def hr():
    client = Client()
    client.force_login(people.lead(name="周敏", wecom_userid="demo-hr"))
    return client


@pytest.fixture
def phones(home, hr):
    """As `prepare_demo` sets them up, and the emulator that its process runs. Callbacks are made, not posted."""
    emulator = emulator_of(connecting.connect(home))
    emulator.callbacks.url = ""
    connected.forget()
    with emulator:
        yield emulator

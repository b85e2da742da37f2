"""A candidate who agreed to be recorded, and an empty storage afterwards."""

import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings

from recruitment.room import limits
from tests.recruitment.room.conftest import Browser, make_interview


@pytest.fixture
def speaker(db: None) -> Browser:
    """In the room, interview under way, recording agreed to."""
    return Browser(make_interview()).open().enter(consents=["recording", "ai_evaluation"])


@pytest.fixture(autouse=True)
def _empty_afterwards() -> Iterator[None]:
    limits.counter.forget()
    yield
    shutil.rmtree(settings.STORAGES["recordings"]["OPTIONS"]["location"], ignore_errors=True)

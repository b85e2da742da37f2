"""A candidate who agreed to be recorded, and an empty storage afterwards."""

from collections.abc import Iterator

import pytest

from recruitment.room import limits
from tests.factories import recordings
from tests.recruitment.room.conftest import Browser, make_interview


@pytest.fixture
def speaker(db: None) -> Browser:
    """In the room, interview under way, recording agreed to."""
    return Browser(make_interview()).open().enter(consents=["recording", "ai_evaluation"])


@pytest.fixture(autouse=True)
def _empty_storage() -> Iterator[None]:
    limits.counter.forget()
    recordings.empty_storage()
    yield
    recordings.empty_storage()

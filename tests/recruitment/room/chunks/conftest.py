"""A candidate who agreed to be recorded, before an empty storage."""

from collections.abc import Iterator

import pytest

from recruitment.models import (
    Interview,
)
from tests.factories import recordings as make
from tests.recruitment.room.conftest import Browser


@pytest.fixture(autouse=True)
def _empty_storage() -> Iterator[None]:
    make.empty_storage()
    yield
    make.empty_storage()


@pytest.fixture
def speaker(interview: Interview) -> Browser:
    """A candidate in the room who agreed to be recorded."""
    return Browser(interview).open().enter(consents=["recording", "ai_evaluation"])

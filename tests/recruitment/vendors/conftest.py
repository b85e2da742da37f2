"""A vendor at work on one interview."""

import pytest

from tests.recruitment.vendors.sender import Sender


@pytest.fixture
def sender() -> Sender:
    return Sender()

"""Two signals, the second of which follows from the first."""

from collections.abc import Iterator

import pytest

from core.events import DurableSignal


@pytest.fixture
def signals() -> Iterator[tuple[DurableSignal, DurableSignal]]:
    """One signal, and another that its receivers emit."""
    yield (
        DurableSignal("test_first", "First", "Something happened in a test."),
        DurableSignal("test_second", "Second", "Something followed from it."),
    )
    del DurableSignal.registry["test_first"], DurableSignal.registry["test_second"]

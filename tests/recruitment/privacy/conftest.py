"""What these tests leave outside of the database is each test's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.factories.recordings import empty_storage


@pytest.fixture
def own_files(settings: Any, tmp_path: Path) -> Iterator[None]:
    """The list of who was erased, and files."""
    settings.HOME, settings.BACKUPS_ARE_ON = tmp_path, False
    yield
    empty_storage()

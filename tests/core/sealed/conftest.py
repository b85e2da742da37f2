"""A key ring of the test's own."""

from pathlib import Path
from typing import Any

import pytest

from core.sealed import registry, ring
from core.sealed.models import SealingKey


@pytest.fixture
def own_ring(db: None, settings: Any, tmp_path: Path) -> Path:
    """An empty place for a ring, and a database that knows none."""
    SealingKey.objects.all().delete()
    settings.KEY_RING_FILE = str(tmp_path / "keys" / "key-ring")
    ring.ring()
    registry.keep()
    return Path(settings.KEY_RING_FILE)

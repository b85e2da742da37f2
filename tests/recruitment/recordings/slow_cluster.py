"""The tests' settings for a cluster of its own process: it reads and works on recordings where the test does."""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import STORAGES

STORAGES = {
    **STORAGES,
    "recordings": {
        "BACKEND": "recruitment.recordings.storage.RecordingFiles",
        "OPTIONS": {"location": os.environ["HRSUITE_TEST_RECORDINGS"]},
    },
}
WORK_ROOM = Path(os.environ["HRSUITE_TEST_WORK"])

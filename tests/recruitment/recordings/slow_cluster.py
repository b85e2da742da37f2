"""The tests' settings for a cluster of its own process: it reads the recordings where the test has stored them."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import STORAGES

STORAGES = {
    **STORAGES,
    "recordings": {
        "BACKEND": "recruitment.recordings.storage.RecordingFiles",
        "OPTIONS": {"location": os.environ["HRSUITE_TEST_RECORDINGS"]},
    },
}

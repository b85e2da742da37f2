"""The suite's settings as tests use them. Importing this starts nothing; tests/conftest.py starts the database."""

import os
from pathlib import Path

# Before the suite's own settings read the environment: a home of the tests' own, a database that need not survive
# a power cut, and Playwright's event loop beside the live server.
os.environ.setdefault("HRSUITE_HOME", str(Path(__file__).resolve().parent.parent / "var" / "test"))
os.environ.setdefault("HRSUITE_DATABASE_FSYNC", "off")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from hrsuite.settings import *  # noqa: F403
from hrsuite.settings import ALLOWED_HOSTS, DATABASES, HOME, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "test-media"},
    },
    "recordings": {
        "BACKEND": "recruitment.recordings.storage.RecordingFiles",
        "OPTIONS": {"location": HOME / "test-media" / f"recordings-{os.getpid()}"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A test database is thrown away while a thread of a live server may still hold a connection of it.
DATABASES["default"]["CONN_MAX_AGE"] = 0
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"django.request": {"level": "CRITICAL"}},
}
# Whether it is installed or not: a test that compares says so.
EMBEDDER = "off"
# A busy machine is slow: what is to be kept in a test says so.
REPORT_LIVE_SECONDS = 600.0
WEEKS_KEPT_SECONDS = 0

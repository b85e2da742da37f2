"""The suite's own settings with two addresses more: the views that a heartbeat is compared with."""

from hrsuite.settings import *  # noqa: F403

ROOT_URLCONF = "tools.bench.urls"

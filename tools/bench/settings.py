"""The suite's own settings with two addresses more: the views that a heartbeat is compared with; it
hears Django's own test client too, which asks the lists for their pages."""

from hrsuite.settings import *  # noqa: F403
from hrsuite.settings import ALLOWED_HOSTS

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
ROOT_URLCONF = "tools.bench.urls"

"""The suite's own settings with two addresses more: the views that a heartbeat is compared with. It hears Django's own
test client too, which asks the lists for their pages, and lets one person ask for all of them."""

from hrsuite.settings import *  # noqa: F403
from hrsuite.settings import ALLOWED_HOSTS

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
ROOT_URLCONF = "tools.bench.urls"
API_CALLS_PER_MINUTE = 1_000_000

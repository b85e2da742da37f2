"""The suite's queue with a patience of seconds, for the tests that kill its processes; QUEUE_RETRY: for so many seconds
nobody else takes what was taken."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import Q_CLUSTER

_SHORT = {"retry": int(os.environ.get("QUEUE_RETRY", "3")), "timeout": 30, "queue_limit": 2}
Q_CLUSTER = {**Q_CLUSTER, **_SHORT, "ALT_CLUSTERS": {"slow": {**_SHORT, "workers": 1}}}

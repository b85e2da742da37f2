"""The suite's queue with a patience of seconds, for the tests that kill its processes; QUEUE_RETRY: for so many seconds
nobody else takes what was taken, nor is a job ended that takes long."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import Q_CLUSTER

_RETRY = int(os.environ.get("QUEUE_RETRY", "3"))
_SHORT = {"retry": _RETRY, "timeout": max(30, _RETRY - 60), "queue_limit": 2}
Q_CLUSTER = {**Q_CLUSTER, **_SHORT, "ALT_CLUSTERS": {"slow": {**_SHORT, "workers": 1}}}

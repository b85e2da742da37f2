"""The suite's queue with a patience of seconds, for the tests that kill its processes."""

from tests.settings import *  # noqa: F403
from tests.settings import Q_CLUSTER

Q_CLUSTER = {**Q_CLUSTER, "retry": 3, "timeout": 30, "queue_limit": 2}

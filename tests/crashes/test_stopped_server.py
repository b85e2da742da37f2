"""The whole server stopped for a while and started again: who kept the page open goes on, and was never gone."""

import os
import time

import pytest

from tests.crashes.conftest import Server, assert_whole, until

# Longer than a lease and the time that is given after a silence of ours. A full run stops it for five minutes:
# HRSUITE_OUTAGE_SECONDS=300 script/test tests/crashes
OUTAGE = float(os.environ.get("HRSUITE_OUTAGE_SECONDS", "65"))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600 + OUTAGE)]


def test_a_stopped_server_counts_nobody_as_gone_who_stayed(server: Server) -> None:
    simulation = server.simulate(
        "--candidates=30", "--exit-rate=0.3", "--silent=0.5", "--seed=5", "--duration=60", "--settle=180",
        f"--patience={240 + OUTAGE}",
    )  # fmt: skip
    until(lambda: simulation.acknowledged() >= 60, 120, "nothing was sent")

    server.stop()
    time.sleep(OUTAGE)
    assert simulation.is_running()
    server.start()

    assert_whole(simulation.result(limit=420))

"""kill -9 of every process of the server, in turn and at random, while candidates are at it: nothing is lost."""

import random
import time

import pytest

from tests.crashes.conftest import Server, assert_whole, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

VICTIMS = ["web", "web worker", "jobs", "jobs worker", "pump", "database"]
SEED = 20261123


def test_kills_in_turn_and_at_random_lose_nothing(server: Server) -> None:
    dice = random.Random(SEED)
    simulation = server.simulate(
        "--candidates=30", "--exit-rate=0.4", "--silent=0.5", f"--seed={SEED}", "--duration=60", "--settle=240"
    )  # fmt: skip
    began, killed = time.monotonic(), []
    # After two minutes the server is left alone, so that the last ones can finish.
    while simulation.is_running() and time.monotonic() - began < 120:
        victim = VICTIMS[len(killed)] if len(killed) < len(VICTIMS) else dice.choice(VICTIMS)
        server.kill(victim)
        killed.append(victim)
        time.sleep(dice.uniform(4, 9))

    found = simulation.result(limit=420)

    assert set(killed) == set(VICTIMS)
    assert_whole(found)
    until(server.is_well, 60, "the server did not recover")


def test_a_simulation_that_is_killed_knows_what_was_acknowledged(server: Server) -> None:
    simulation = server.simulate("--candidates=12", "--exit-rate=0.3", "--duration=30")
    until(lambda: simulation.acknowledged() >= 20, 90, "nothing was sent")
    simulation.process.kill()
    simulation.process.communicate()
    server.kill("database")

    found = server.simulate(f"--compare={simulation.journal}", "--settle=150").result(limit=240)

    assert found["counts"]["ended"].get("cut off", 0) > 0
    assert found["differences"] == []
    assert found["exit_code"] == 0

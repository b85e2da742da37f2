"""A whole run by its real processes, and what they wrote beside their tables: nothing in it is a candidate's.

Logs of every process, what the simulation says, jobs with their arguments and results, what happened and what is owed
with its errors, long work, troubles, and what is measured are read for every name, number, address and answer that the
database holds, and for links.
"""

import json
import re
import subprocess
import sys
from typing import Any

import httpx
import pytest

from tests.crashes.conftest import ROOT, Server, assert_whole

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
# What anybody's link or session looks like, whether or not we know whose it is.
LINK = re.compile(r"/i/[A-Za-z0-9_-]{30,}")

# Of every candidate: who they are, how they are reached, what they wrote.
HELD = """
import json
from recruitment.models import Answer, Candidate
people = list(Candidate.objects.all())
found = {
    "names": {row.name for row in people},
    "phones": {form for row in people if row.phone for form in (row.phone, row.phone.removeprefix("+86"))},
    "addresses": {row.email for row in people},
    "answers": {text for text in Answer.objects.values_list("text", flat=True) if len(text) > 5},
}
print(json.dumps({kind: sorted(filter(None, values)) for kind, values in found.items()}))
"""
MACHINERY = """
import json
from core.events.models import Event, Reaction
from core.jobs.models import LongWork
from core.trouble.models import Trouble
from django_q.models import OrmQ, Task
said = {
    "results": [repr((one.func, one.args, one.kwargs, one.result)) for one in Task.objects.all()],
    "queue": [repr(one.task) for one in OrmQ.objects.all()],
    "events": [repr((one.facts, one.by)) for one in Event.objects.all()],
    "reactions": [repr(list(one.values())) for one in Reaction.objects.values()],
    "works": [repr(list(one.values())) for one in LongWork.objects.values()],
    "troubles": [repr(one.facts) for one in Trouble.objects.all()],
}
print(json.dumps(said))
"""


def asked(server: Server, code: str) -> dict[str, Any]:
    """What a few lines answer within the running suite."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", code]
    done = subprocess.run(command, cwd=ROOT, env=server.env, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_a_simulated_run_leaves_nobodys_data_in_what_the_machinery_writes(server: Server) -> None:
    simulation = server.simulate(
        "--candidates=8", "--exit-rate=0.5", "--silent=0.5", "--duration=20", "--settle=240"
    )
    output, errors = simulation.process.communicate(timeout=420)
    found = {**json.loads(output), "exit_code": simulation.process.returncode}
    assert_whole(found)
    # And what goes wrong on its way: a link that is none, a key that is none, a page that is not there.
    for path in ("/i/" + "x" * 43, "/api/v1/candidates/", "/admin/nothing/"):
        httpx.get(server.url + path, headers={"Authorization": "Token " + "y" * 40}, trust_env=False)

    # The demo's links stand on the terminal alone, for whoever started it.
    held = asked(server, HELD) | {"links": LINK.findall((server.home / "output.txt").read_text())}
    assert {kind: bool(values) for kind, values in held.items()} == dict.fromkeys(held, True)
    assert len(held["answers"]) >= 8
    said = {kind: "\n".join(lines) for kind, lines in asked(server, MACHINERY).items()}
    assert said["results"] and said["events"] and said["reactions"]
    said |= {f"log of {each.name}": each.read_text() for each in (server.home / "log").iterdir()}
    assert {"log of web.log", "log of jobs.log", "log of pump.log", "log of database.log"} <= said.keys()
    said |= {"what it prints": output, "its errors": errors}
    for page in ("metrics", "healthz"):
        said[page] = httpx.get(f"{server.url}/{page}", trust_env=False).text
    assert "hrsuite_requests_total" in said["metrics"]

    found_in = {
        (where, kind, value)
        for where, text in said.items()
        for kind, values in held.items()
        for value in values
        if value in text
    }
    assert found_in == set()
    assert {where: LINK.findall(text) for where, text in said.items() if LINK.search(text)} == {}

"""/metrics: who may read it, what it says, what it costs, and that workers count together."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ
from prometheus_client.parser import text_string_to_metric_families

from core.events.models import Event, Pulse, Reaction
from core.metrics import shared
from core.metrics.reading import declared_gauges
from tests.factories import notifications as told
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
HERE = {"HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1"}
AWAY = {"HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "10.0.0.7"}


def figures(client: Client) -> dict[tuple[Any, ...], float]:
    answer = client.get("/metrics", **HERE)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (HERE, 200),
        ({**HERE, "HTTP_HOST": "localhost"}, 200),
        (AWAY, 404),
        ({**HERE, "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ({**HERE, "HTTP_X_FORWARDED_PROTO": "https"}, 404),
        ({**HERE, "HTTP_VIA": "1.1 proxy"}, 404),
        ({**HERE, "HTTP_HOST": "testserver"}, 404),
        ({**HERE, "HTTP_AUTHORIZATION": "Bearer anything"}, 404),
        ({**AWAY, "HTTP_AUTHORIZATION": "Bearer "}, 404),
    ],
)
def test_without_a_token_this_machine_alone_reads_it(
    client: Client, asked: dict[str, str], status: int
) -> None:
    assert client.get("/metrics", **asked).status_code == status


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("Bearer right-token", 200),
        ("bearer right-token", 200),
        ("Bearer wrong", 404),
        ("Token right-token", 404),
    ],
)
def test_with_the_token_anybody_does_and_with_a_wrong_one_nobody(
    client: Client, settings: Any, given: str, status: int
) -> None:
    settings.METRICS_TOKEN = "right-token"
    asked = {**AWAY, "HTTP_X_FORWARDED_FOR": "10.0.0.9", "HTTP_AUTHORIZATION": given}
    assert client.get("/metrics", **asked).status_code == status
    assert client.post("/metrics", **HERE).status_code == 405


def test_requests_are_counted_by_pattern_and_answer_and_never_by_what_is_in_the_address(
    client: Client,
) -> None:
    before = figures(client)
    client.get("/ping")
    client.get("/i/a-secret-link-0123456789")
    client.get("/nobody/13800138000")
    client.generic("BREW", "/ping")
    after = figures(client)

    def more(*key: str) -> float:
        return after.get(key, 0) - before.get(key, 0)

    assert more("hrsuite_requests_total", *sorted(("GET", "ping", "204"))) == 1
    assert more("hrsuite_requests_total", *sorted(("other", "ping", "405"))) == 1
    assert more("hrsuite_requests_total", *sorted(("GET", "none", "404"))) == 1
    assert more("hrsuite_request_seconds_count", "ping") == 2
    said = "".join(str(label) for key in after for label in key)
    assert "secret-link" not in said and "13800138000" not in said and "BREW" not in said


def test_heartbeats_are_counted_by_whether_they_were_heard(client: Client) -> None:
    before = figures(client)
    refused = client.post(
        "/room/api/heartbeat", {"epoch": 1, "visible": True}, content_type="application/json"
    )
    after = figures(client)
    assert refused.status_code >= 400
    key = ("hrsuite_heartbeats_total", "refused")
    assert after[key] - before.get(key, 0) == 1


def test_what_waits_is_read_where_it_stands(client: Client) -> None:
    moment = timezone.now()
    event = Event.objects.create(
        kind="x", subject_type="x", subject_id=1, origin_type="x", origin_id=1, at=moment - timedelta(hours=2)
    )
    for name, state in (("a.b", "failed"), ("a.c", "pending"), ("a.d", "done"), ("a.e", "pending")):
        Reaction.objects.create(event=event, name=name, subject_type="x", subject_id=1, state=state)
    OrmQ.objects.create(key="slow", payload="x", lock=moment - timedelta(minutes=5))
    OrmQ.objects.create(key="slow", payload="x", lock=moment + timedelta(minutes=5))
    Pulse.objects.update_or_create(name="room", defaults={"at": moment - timedelta(seconds=40)})
    interview = make.interview(state="in_progress")
    type(interview.lease).objects.filter(pk=interview.pk).update(
        live=True, expires_at=moment - timedelta(seconds=5)
    )

    found = figures(client)

    assert found["hrsuite_reactions", "pending"] == 2
    assert found["hrsuite_reactions", "failed"] == 1
    assert 7200 <= found[("hrsuite_reactions_oldest_seconds",)] < 7300
    assert found["hrsuite_jobs", "slow", "waiting"] == 1
    assert found["hrsuite_jobs", "in_hand", "slow"] == 1
    assert 300 <= found["hrsuite_jobs_oldest_seconds", "slow"] < 400
    assert found["hrsuite_jobs_oldest_seconds", "hrsuite"] == 0
    assert 40 <= found["hrsuite_pulse_seconds", "room"] < 100
    assert (found["hrsuite_leases", "live"], found["hrsuite_leases", "lapsed"]) == (0, 1)
    assert found[("hrsuite_database_bytes",)] > 1_000_000
    assert found["hrsuite_disk_bytes", "free"] > 0
    assert found[("hrsuite_figures_failed",)] == 0


def test_it_costs_as_many_statements_with_many_rows_as_with_none(client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/metrics", **HERE)
        return len(asked)

    interview = told.house("completed")
    before = cost()
    for number in range(3):
        event = Event.objects.create(kind="x", subject_type="x", subject_id=1, origin_type="x", origin_id=1)
        Reaction.objects.create(event=event, name=f"a.{number}", subject_type="x", subject_id=1)
        OrmQ.objects.create(key="slow", payload="x", lock=timezone.now())
        told.message(interview=interview, key=f"k{number}")
    assert cost() == before
    # Each figure: its savepoint, its bound, and what it asks.
    assert before <= 6 * len(declared_gauges())


def test_a_figure_that_cannot_be_read_is_left_out_and_said(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OrmQ._meta, "db_table", "no_such_table")
    found = figures(client)
    assert found[("hrsuite_figures_failed",)] == 2
    assert ("hrsuite_reactions", "pending") in found
    assert not [key for key in found if key[0].startswith("hrsuite_jobs")]


COUNTING = """
import os, sys
from pathlib import Path
from core.metrics import shared
shared._MEMORY = Path(sys.argv[1])
print(shared.prepare(Path(sys.argv[1])))
from prometheus_client import Counter, CollectorRegistry, values
values.ValueClass = values.get_value_class()
from prometheus_client.multiprocess import MultiProcessCollector
Counter("asked", "x", registry=None).inc(int(sys.argv[2]))
sums = CollectorRegistry()
MultiProcessCollector(sums, os.environ["PROMETHEUS_MULTIPROC_DIR"])
print(sums.get_sample_value("asked_total"), len(list(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).iterdir())))
"""


def test_a_worker_goes_on_where_a_dead_one_stopped_and_its_files_have_their_room(tmp_path: Path) -> None:
    stale = tmp_path / f"hrsuite-metrics-{os.getuid()}-999999999"
    stale.mkdir()
    (stale / "counter_1.db").write_bytes(b"x")

    def worker(count: int) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", COUNTING, str(tmp_path), str(count)],
            cwd=Path(__file__).resolve().parents[3],
            capture_output=True,
            check=True,
            text=True,
        )
        return done.stdout.split()

    first, second = worker(3), worker(4)
    assert (first[1:], second[1:]) == (["3.0", "3"], ["7.0", "3"])
    assert first[0] == second[0] and not stale.exists()
    for file in Path(first[0]).iterdir():
        assert file.stat().st_blocks * 512 >= file.stat().st_size >= shared.MEGABYTE // 16
    assert Path(first[0]).stat().st_mode & 0o077 == 0


def test_without_room_nothing_is_shared_and_nothing_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "something")
    (tmp_path / "metrics").write_text("a file where the folder should be")
    monkeypatch.setattr(shared, "_MEMORY", tmp_path / "not-there")
    assert shared.prepare(tmp_path) is None
    assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ

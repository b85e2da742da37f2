"""Whether the suite says truly that it is well."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from core.backups import restoring
from core.events import pulse as beats
from core.events.models import Event, Pulse, Reaction
from core.process.places import stopping
from messaging.enums import Settled
from messaging.models import Message
from messaging.services import messages
from recruitment.models.interviews import ROOM_PULSE
from tests.factories import notifications as make

pytestmark = pytest.mark.django_db


def pulse(seconds: int) -> None:
    Pulse.objects.update_or_create(
        name=ROOM_PULSE, defaults={"at": timezone.now() - timedelta(seconds=seconds)}
    )


def test_ping_proves_that_a_heartbeat_would_be_heard(client: Client) -> None:
    answer = client.get("/ping")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.post("/ping").status_code == 405


@override_settings(SECURE_SSL_REDIRECT=True)
def test_behind_a_tls_proxy_this_machine_still_asks_itself_in_clear(client: Client) -> None:
    pulse(0)
    found = {
        path: client.get(path).status_code for path in ("/ping", "/healthz", "/readyz", "/room/", "/admin/")
    }
    assert found == {"/ping": 204, "/healthz": 200, "/readyz": 200, "/room/": 301, "/admin/": 301}


def test_an_address_of_ones_own_does_not_shut_out_this_machine(tmp_path: Path) -> None:
    asked = "import json; from hrsuite import settings; print(json.dumps(settings.ALLOWED_HOSTS))"
    told = {"HRSUITE_HOME": str(tmp_path), "HRSUITE_ALLOWED_HOSTS": "hr.example.com", "HRSUITE_HTTPS": "true"}
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env=os.environ | told,
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == ["hr.example.com", "127.0.0.1"]


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (29, 200), (31, 503)])
def test_health_follows_the_pulse(client: Client, seconds: int, status: int) -> None:
    pulse(seconds)
    assert client.get("/healthz").status_code == status


def test_a_node_is_ready_by_itself_and_says_why_not(client: Client, tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path

    def ready() -> tuple[int, str]:
        answer = client.get("/readyz")
        return answer.status_code, answer.json()["status"]

    assert ready() == (200, "ready"), "without any pulse of the pump"
    restoring.unfinished().write_text("hrsuite-20261124T021700Z")
    assert ready() == (503, "restore_unfinished")
    restoring.unfinished().unlink()
    stopping(tmp_path).touch()
    assert ready() == (503, "shutting_down") and client.get("/ping").status_code == 204, "it still serves"
    stopping(tmp_path).unlink()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'people' AND name = '0001_initial'")
        assert ready() == (503, "upgrade_needed")
        cursor.execute("INSERT INTO django_migrations VALUES (DEFAULT, 'people', '0001_initial', now())")
        cursor.execute(
            "INSERT INTO django_migrations VALUES (DEFAULT, 'people', '9999_of_a_later_one', now())"
        )
    assert ready() == (200, "ready"), "while a later release is rolled out, this one serves on"
    assert client.post("/readyz").status_code == 405


def test_without_any_pulse_the_pump_is_down(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "pump_down")


def test_counts_are_shown_and_never_change_the_code(client: Client) -> None:
    pulse(0)
    event = Event.objects.create(kind="x", subject_type="x", subject_id=1, origin_type="x", origin_id=1)
    Reaction.objects.create(event=event, name="a.b", subject_type="x", subject_id=1, state="failed")
    Reaction.objects.create(event=event, name="a.c", subject_type="x", subject_id=1)

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert {key: answer.json()[key] for key in ("reactions_failed", "reactions_pending", "deliveries_due")} == {
        "reactions_failed": 1, "reactions_pending": 1, "deliveries_due": 0,
    }  # fmt: skip


def test_a_candidates_page_forbids_scripts_of_others_and_the_admin_keeps_its_own(client: Client) -> None:
    assert "script-src 'self';" in client.get("/ping")["Content-Security-Policy"]
    assert "'unsafe-eval'" in client.get("/admin/login/")["Content-Security-Policy"]


def test_health_counts_what_reached_nobody_until_somebody_has_seen_to_it(client: Client) -> None:
    pulse(0)

    def counted() -> int:
        return int(client.get("/healthz").json()["messages_not_reached"])

    interview = make.house("completed")
    reached, refused, waiting = (make.message(interview=interview, key=key) for key in "abc")
    assert counted() == 0
    Message.objects.filter(pk=reached.pk).update(state="accepted", accepted_at=timezone.now())
    Message.objects.filter(pk=refused.pk).update(state="failed")
    assert (counted(), waiting.state) == (1, "planned")
    messages.settle([reached.pk, refused.pk, waiting.pk], Settled.CALLED)
    assert counted() == 0
    assert list(Message.objects.exclude(settled_at=None).values_list("pk", flat=True)) == [refused.pk]


def test_each_machine_is_named_with_what_it_runs(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    pulse(1)
    for name in ("hr-1", "hr-2"):
        monkeypatch.setenv("HRSUITE_NODE", name)
        beats.of_node("pump")
    beats.of_node("jobs")
    Pulse.objects.create(name="node:hr-0:pump", at=timezone.now() - timedelta(days=2))
    told = client.get("/healthz").json()
    assert told["node"] == "hr-2"
    assert {name: sorted(parts) for name, parts in told["nodes"].items()} == {
        "hr-0": ["pump"], "hr-1": ["pump"], "hr-2": ["jobs", "pump"],
    }  # fmt: skip
    assert all(age < 60 for name in ("hr-1", "hr-2") for age in told["nodes"][name].values())
    assert set(told["pulse_seconds"]) == {ROOM_PULSE}, "what a machine stamps alone is no sign of the whole"
    assert beats.forget_nodes(older_than=timedelta(days=1)) == 1
    assert set(client.get("/healthz").json()["nodes"]) == {"hr-1", "hr-2"}
    # Stamped before the clock was set back: the next sign of life counts, and not the one of a day that is to come.
    Pulse.objects.filter(name="node:hr-2:pump").update(at=timezone.now() + timedelta(days=1))
    beats.of_node("pump")
    assert 0 <= client.get("/healthz").json()["nodes"]["hr-2"]["pump"] < 60

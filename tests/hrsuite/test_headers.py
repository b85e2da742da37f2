"""What every answer says to the browser, static files too; cookies over HTTPS; what strangers write into the log."""

import io
import json
import logging
import logging.config
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from core.events.models import Pulse
from core.process.children import LOG_LIMIT, cut
from hrsuite import settings as suite
from recruitment.models.interviews import ROOM_PULSE
from tests.factories import api, people

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def policy(answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: rest for name, _space, rest in parts}


PATHS = [
    "/ping",
    "/admin/login/",
    "/continue",
    "/i/nobody-has-this",
    "/api/v1/openings/",
    "/nowhere",
    "/api/docs/",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_but_the_room_has_camera_or_microphone_and_none_is_framed(client, path):
    answer = client.get(path)
    assert "camera=()" in answer["Permissions-Policy"]
    assert "microphone=()" in answer["Permissions-Policy"]
    assert policy(answer)["frame-ancestors"] == "'none'"


@pytest.mark.slow
def test_static_files_have_the_same(tmp_path):
    """Through the whole chain of middleware, as the server answers them."""
    script = (
        "import django, json; django.setup();"
        "from django.test import Client;"
        "from django.conf import settings as s; s.WHITENOISE_USE_FINDERS = True; s.ALLOWED_HOSTS.append('testserver');"
        "answer = Client().get('/static/core/admin.css');"
        "print(json.dumps([answer.status_code, dict(answer.headers)]))"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "HRSUITE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    status, headers = json.loads(done.stdout.splitlines()[-1])
    assert status == 200
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]


def test_no_script_of_the_staffs_pages_stands_in_a_page(client):
    """So the policy allows none: text that a candidate wrote is never run."""
    client.force_login(people.lead())
    for path in (
        "/admin/",
        "/admin/people/user/",
        "/admin/people/user/add/",
        "/admin/recruitment/interview/",
        "/api/docs/",
    ):
        answer = client.get(path)
        scripts = policy(answer)["script-src"]
        assert "'unsafe-inline'" not in scripts, path
        page = answer.content.decode()
        inline = [
            part.split(">")[0] for part in page.split("<script")[1:] if "src=" not in part.split(">")[0]
        ]
        assert [one for one in inline if "application/json" not in one] == [], path
    assert "'unsafe-eval'" not in policy(client.get("/api/docs/"))["script-src"]


def test_the_language_is_switched_by_a_post_alone():
    client = Client()
    for method in ("get", "head", "put"):
        answer = getattr(client, method)("/i18n/setlang/?language=en")
        assert (answer.status_code, "django_language" in answer.cookies) == (405, False)
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/admin/login/"})
    assert (answer.status_code, answer.cookies["django_language"].value) == (302, "en")


def test_over_https_the_cookies_belong_to_this_very_host(tmp_path):
    asked = (
        "from hrsuite.settings import *; print(SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, SESSION_COOKIE_SECURE)"
    )
    env = {**os.environ, "HRSUITE_HTTPS": "true", "HRSUITE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", asked], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "True"]


def test_a_foreign_host_is_one_short_line(client, monkeypatch):
    """It was a traceback of a thousand bytes for each request."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    before = logging.root.handlers[:], logging.root.level
    logging.config.dictConfig({**suite.LOGGING, "disable_existing_loggers": False})
    try:
        client.raise_request_exception = False
        for host in ("evil.example", "a" * 5000, "evil\nexample"):
            assert client.get("/admin/login/", headers={"Host": host}).status_code == 400
    finally:
        logging.root.handlers[:], logging.root.level = before
        for name in ("django.security", "django.request"):
            logging.getLogger(name).handlers.clear()
            logging.getLogger(name).propagate = True
    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert max(map(len, lines)) <= 200
    assert "Traceback" not in out.getvalue()


def test_a_log_is_cut_while_it_is_being_written(tmp_path):
    path = tmp_path / "web.log"
    with path.open("ab", buffering=0) as writer:
        writer.write(b"x" * (LOG_LIMIT + 1))
        cut(path)
        writer.write(b"after\n")
    assert path.read_bytes() == b"after\n"
    assert path.with_suffix(".log.1").stat().st_size == LOG_LIMIT + 1
    cut(path)
    assert path.read_bytes() == b"after\n"


def test_the_figures_of_healthz_are_for_this_machine_or_for_a_key(client):
    Pulse.objects.update_or_create(name=ROOM_PULSE, defaults={"at": timezone.now() - timedelta(seconds=1)})

    def told(**meta) -> set[str]:
        answer = client.get("/healthz", **meta)
        assert answer.status_code == 200
        return set(answer.json())

    whole = told(REMOTE_ADDR="127.0.0.1")
    assert {"status", "pulse_seconds", "reactions_failed"} <= whole
    assert told(REMOTE_ADDR="::1") == whole
    assert told(REMOTE_ADDR="198.51.100.7") == {"status"}
    assert told(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.7") == {"status"}
    outside = {"REMOTE_ADDR": "198.51.100.7"}
    assert told(**outside, HTTP_AUTHORIZATION="Token wrong") == {"status"}
    assert told(**outside, HTTP_AUTHORIZATION=f"Token {api.key_of(people.manager())}") == {"status"}
    assert told(**outside, HTTP_AUTHORIZATION=f"Token {api.key_of(people.recruiter())}") == whole

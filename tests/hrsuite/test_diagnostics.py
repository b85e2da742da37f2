"""The bundle says what runs and what failed, and nothing of anybody."""

import io
import json
import logging
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import Task

from core import logs, request_ids
from core.events.models import Event, Reaction
from hrsuite.diagnostics import cleaning, collecting
from people.models import User
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
SECRETS = {
    "HRSUITE_SECRET_KEY": "secret-key-of-the-house",
    "HRSUITE_SMTP_URL": "smtp+tls://post:mailpassword@mail.example.com:587",
    "HRSUITE_METRICS_TOKEN": "token-for-figures",
    "DATABASE_URL": "postgresql://someone:databasepassword@db.internal/hr",
    "HRSUITE_STATEMENT_SECONDS": "8",
}


def administrator() -> User:
    return people.user(name="管理员", is_superuser=True)


def a_line(level: int, message: str, *, form: logging.Formatter, error: Exception | None = None) -> str:
    found = (type(error), error, error.__traceback__) if error else None
    with request_ids.under("request-of-a-person-0001"):
        return (
            form.format(logging.LogRecord("recruitment.tasks", level, "x.py", 1, message, (), found)) + "\n"
        )


def raised(text: str) -> Exception:
    try:
        raise LookupError(text)
    except LookupError as error:
        return error


@pytest.fixture
def house(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A house whose logs and failures quote its people; what must not be found."""
    settings.HOME = tmp_path
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    candidate = make.candidate("欧阳青", phone="13800138123", email="ouyang.qing@example.com")
    latin = make.candidate("Katharina Fuchs")
    colleague = people.recruiter()
    personal = [
        candidate.name, candidate.phone, "13800138123", candidate.email, "Katharina", "Fuchs",
        colleague.username, colleague.name, "ouyang", "9f8e7d6c5b4a39281706", "10.1.2.3",
    ]  # fmt: skip
    quoting = (
        f"job of 欧阳青 (13800138123, {candidate.email}) for {colleague.username} at 10.1.2.3 with "
        f"9f8e7d6c5b4a39281706 '{colleague.name}' {latin.name} failed"
    )
    for form, name in ((logs.Line(), "web"), (logs.Json(), "jobs")):
        lines = [
            a_line(logging.ERROR, quoting, form=form),
            a_line(logging.ERROR, quoting.replace("138", "139"), form=form),
            a_line(logging.WARNING, "scoring stopped", form=form, error=raised(quoting)),
            a_line(logging.WARNING, "slow: GET admin/people/user/ took 4.2 s", form=form),
            a_line(logging.WARNING, "slow: GET admin/people/user/ took 2.1 s", form=form),
            a_line(logging.INFO, "all is well", form=form),
        ]
        (tmp_path / "log").mkdir(exist_ok=True)
        (tmp_path / "log" / f"{name}.log").write_text(
            "half a line\n" + "".join(lines) + "2026-", encoding="utf-8"
        )
    now = timezone.now()
    told = f"Traceback (most recent call last):\n  File 'x'\nValueError: {quoting}"
    Task.objects.create(id="1", name=quoting[:90], func="a.b", args=(quoting,), result=told, started=now, stopped=now,
                        success=False)  # fmt: skip
    event = Event.objects.create(
        kind="x", subject_type="x", subject_id=1, origin_type="x", origin_id=1, by=colleague.name
    )
    for number in range(3):
        Reaction.objects.create(event=event, name=f"a.{number % 2}", subject_type="x", subject_id=1, state="failed",
                                error="LookupError", note=quoting)  # fmt: skip
        event = Event.objects.create(kind="x", subject_type="x", subject_id=1, origin_type="x", origin_id=1)
    return [*personal, *(value for name, value in SECRETS.items() if name != "HRSUITE_STATEMENT_SECONDS"),
            "mailpassword", "databasepassword", "request-of-a-person"]  # fmt: skip


def texts(packed: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_nothing_of_anybody_and_no_secret_is_in_any_part(house: list[str], client: Client) -> None:
    client.force_login(administrator())
    answer = client.get("/admin/diagnostics/bundle.zip")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    found = texts(answer.content)
    assert set(found) == {f"{name}.json" for name in collecting.PARTS}
    assert [(name, one) for name, text in found.items() for one in house if one.lower() in text.lower()] == []
    page = client.get("/admin/diagnostics/").content.decode()
    of_people = [one for one in house if one != "10.1.2.3"]
    body = page[page.index("hs-title") :]
    assert [one for one in of_people if one.lower() in body.lower()] == []


def test_what_failed_is_told_by_kind_how_often_and_where(house: list[str]) -> None:
    parts = json.loads(collecting.as_text(collecting.collect()))
    failures = parts["failures"]
    assert [(one["name"], one["error"], one["count"]) for one in failures["reactions"]] == [
        ("a.0", "LookupError", 2), ("a.1", "LookupError", 1)
    ]  # fmt: skip
    assert [(one["job"], one["error"]) for one in failures["jobs"]] == [("a.b", "ValueError")]
    log = {(one["process"], one["level"], one["error"]): one for one in failures["log"]}
    assert set(log) == {
        (name, *kind) for name in ("web", "jobs") for kind in (("ERROR", ""), ("WARNING", "LookupError"))
    }
    for name in ("web", "jobs"):
        assert log[name, "ERROR", ""]["count"] == 2
        stopped = log[name, "WARNING", "LookupError"]
        assert stopped["message"] == "scoring stopped" and stopped["places"][-1].endswith(" raised")
    assert parts["slow"]["pages"] == [{"route": "GET admin/people/user/", "count": 4, "longest_seconds": 4.2}]
    assert parts["settings"]["HRSUITE_STATEMENT_SECONDS"] == "8"
    assert parts["settings"]["DATABASE_URL"] == "(set)"


def test_the_rest_says_what_runs_and_how_it_is(house: list[str]) -> None:
    parts = collecting.collect()
    assert not [name for name, part in parts.items() if isinstance(part, dict) and "error" in part]
    assert parts["about"]["programs"]["Django"] and parts["about"]["database"]["server_version"]
    assert parts["migrations"]["missing"] == [] and parts["migrations"]["taken"] > 50
    assert {"recruitment_interview", "people_user"} <= {one["table"] for one in parts["tables"]}
    assert parts["health"]["figures"]["hrsuite_reactions"]["failed"] == 3


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("reaction a.b to event 4711 failed: LookupError", "reaction a.b to event # failed: LookupError"),
        ("refused by a rule: one_open_application", "refused by a rule: one_open_application"),
        ("wrote to wang@example.com", "wrote to …"),
        ("at https://example.com/i/abc?x=1 now", "at … now"),
        ("name is '王芳' or \"Wang\"", "name is … or …"),
        ("call 13800138000 or +86 138-0013-8000", "call # or +# #-#-#"),
        ("key 3f2a9c1b7d5e4f60 of Fuchs", "key … of …"),
    ],
)  # fmt: skip
def test_a_line_keeps_its_own_words_alone(said: str, left: str) -> None:
    assert cleaning.cleaned(said, frozenset({"fuchs"})) == left


def test_it_is_for_administrators(client: Client) -> None:
    found = {}
    for name, who in (
        ("administrator", administrator),
        ("lead", people.lead),
        ("recruiter", people.recruiter),
    ):
        client.force_login(who())
        found[name] = [client.get(f"/admin/diagnostics/{rest}").status_code for rest in ("", "bundle.zip")]
    assert found == {"administrator": [200, 200], "lead": [403, 403], "recruiter": [403, 403]}
    client.force_login(administrator())
    assert client.post("/admin/diagnostics/bundle.zip").status_code == 405


def test_the_command_prints_and_writes(
    house: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("diagnostics", json=True, out=tmp_path / "bundle.zip", stdout=sys.stdout)
    said = capsys.readouterr().out
    assert set(json.loads(said)) == set(collecting.PARTS)
    written = texts((tmp_path / "bundle.zip").read_bytes())
    for text in (said, *written.values()):
        assert not [one for one in house if one.lower() in text.lower()]


def test_it_costs_the_same_however_much_there_is(house: list[str]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            collecting.collect()
        return len(asked)

    before = cost()
    for number in range(3):
        make.candidate(f"候选人{number}")
        people.recruiter(username=f"recruiter{number}")
    assert cost() == before

"""The schema and its pages: valid, without a warning, and served without any outside address."""

import re
from pathlib import Path

from django.core.management import call_command
from django.test import Client


def test_the_schema_is_valid_and_without_warnings(tmp_path: Path) -> None:
    """As `manage.py spectacular --fail-on-warn --validate` says."""
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yml"))
    text = (tmp_path / "schema.yml").read_text()
    for path in (
        "openings/", "openings/{id}/progress/", "applications/", "applications/{id}/timeline/", "interviews/",
        "interviews/{id}/", "interviews/{id}/chain/", "assessments/", "follow-ups/", "follow-ups/{id}/claim/",
        "follow-ups/{id}/close/", "headcount-plan/", "onboarding/", "training-plans/", "messages/", "reports/weekly/",
    ):  # fmt: skip
        assert f"  /api/v1/{path}:\n" in text


def test_the_schema_is_the_same_in_every_language() -> None:
    """It is for programs; with Chinese names two sets of choices could no longer be told apart."""
    address = "/api/schema/?format=json"
    chinese, english = (
        Client().get(address, headers={"accept-language": name}).json() for name in ("zh", "en")
    )
    assert chinese == english


def test_the_docs_load_nothing_from_elsewhere() -> None:
    """Anybody may read them; every script and style is our own."""
    response = Client().get("/api/docs/")
    page = response.content.decode()
    assert response.status_code == 200
    loaded = re.findall(r"""(?:src|href)=["']([^"']+)""", page)
    assert loaded
    assert all(address.startswith(("/static/", "/api/docs/")) for address in loaded)
    assert not re.search(r"https?://", page)
    assert Client().get("/api/schema/").status_code == 200


def test_an_address_that_is_not_there_is_answered_in_the_apis_shape() -> None:
    """With the slash at once, without it after the usual redirect."""
    for address in ("/api/v1/nowhere/", "/api/v1/interviews/1/nowhere/", "/api/v2/"):
        response = Client().get(address)
        assert (response.status_code, set(response.json())) == (404, {"code", "message"})
    assert Client().get("/api/v1/openings").status_code == 301

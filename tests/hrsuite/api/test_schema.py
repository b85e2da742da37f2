"""The schema and its pages: valid, without a warning, and served without any outside address."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client

from core.api.schema import EnglishSchemaGenerator


def test_the_schema_is_valid_and_without_warnings(tmp_path: Path) -> None:
    """As `manage.py spectacular --fail-on-warn --validate` says."""
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yml"))
    text = (tmp_path / "schema.yml").read_text()
    for path in (
        "openings/", "openings/{id}/progress/", "answers/", "applications/", "applications/{id}/timeline/",
        "applications/{id}/steps/{step}/", "interviews/",
        "interviews/{id}/", "interviews/{id}/chain/", "assessments/", "follow-ups/", "follow-ups/{id}/claim/",
        "follow-ups/{id}/close/", "headcount-plan/", "onboarding/", "training-plans/", "messages/", "reports/",
        "reports/{name}/", "reports/{name}.csv", "reports/{name}.pdf", "reports/{name}.xlsx", "reports/weekly/",
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


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = EnglishSchemaGenerator().get_schema(request=None, public=True)
    return found


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_every_field_and_every_parameter_says_what_it_is(schema: dict[str, Any]) -> None:
    silent = [
        f"{name}.{field}"
        for name, component in schema["components"]["schemas"].items()
        for field, described in component.get("properties", {}).items()
        if not described.get("description")
    ]
    silent += [
        f"{name} ?{parameter['name']}"
        for name, operation in operations(schema)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    assert silent == []


def test_a_text_that_has_to_be_said_is_not_one_of_blanks(schema: dict[str, Any]) -> None:
    bodies = {
        body["schema"]["$ref"].rsplit("/")[-1]
        for _name, operation in operations(schema)
        for body in operation.get("requestBody", {}).get("content", {}).values()
        if "$ref" in body["schema"]
    }
    said = {
        f"{name}.{field}": [text for text in ("", " ", "\n") if re.search(described.get("pattern", ""), text)]
        for name in bodies
        for component in [schema["components"]["schemas"][name]]
        for field, described in component.get("properties", {}).items()
        if field in component.get("required", ()) and described.get("type") == "string"
        if not {"format", "enum", "readOnly", "default"} & set(described)
    }
    # A digest is taken as it is: one of blanks is another file's.
    assert said == {
        "Disagree.reason": [], "ImportSent.kind": [], "StepOfApplication.version": [],
        "ImportConfirmed.digest": ["", " ", "\n"],
    }  # fmt: skip


def test_ids_and_counts_are_whole_numbers_with_bounds_and_figures_are_numbers(schema: dict[str, Any]) -> None:
    for name, component in schema["components"]["schemas"].items():
        for field, described in component.get("properties", {}).items():
            one = described.get("items", described)
            if one.get("type") == "integer" and field != "offset_working_days":
                assert one["minimum"] in (0, 1) and one["maximum"], f"{name}.{field}"
            if field == "id" or field in ("application", "interview", "candidate_id"):
                assert (one.get("type"), one.get("minimum")) == ("integer", 1) or "$ref" in str(one), (
                    f"{name}.{field}"
                )
            assert one.get("format") != "decimal", f"{name}.{field}"


def test_every_endpoint_says_its_errors_and_shows_an_example_that_fits(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        responses = operation["responses"]
        done = "201" if name == "post /api/v1/imports/" else "200"
        assert {done, "401", "403", "404", "422", "429", "503"} <= set(responses), name
        assert ("304" in responses) is name.startswith("get "), name
        for status, response in responses.items():
            for content in response.get("content", {}).values():
                assert problems(content, schema) == [], f"{name} {status}"
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert problems(content, schema) == [], name


def problems(content: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """What does not fit in the example of a body."""
    described = with_null({**content["schema"], "components": schema["components"]})
    checked = jsonschema.Draft7Validator(described).iter_errors(content["example"])
    return [f"{list(problem.path)}: {problem.message}" for problem in checked]


def with_null(schema: Any) -> Any:
    """OpenAPI's `nullable` as a validator of JSON schemas knows it."""
    if isinstance(schema, list):
        return [with_null(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: with_null(one) for name, one in schema.items()}
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("nullable") is True else inner

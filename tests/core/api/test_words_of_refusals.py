"""What the API refuses by itself, before any endpoint is asked: one shape, a code, the asker's language."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.factories import people
from tests.factories.api import key_of

pytestmark = pytest.mark.django_db
LIST = "/api/v1/openings/"
CLOSE = "/api/v1/follow-ups/987/close/"
JSON = {"content_type": "application/json"}


def refusals(key: str, session: Client) -> dict[str, Any]:
    """Each refusal by what is wrong with the request."""
    own = {"Authorization": f"Token {key}"}
    client = Client()
    return {
        "no key": lambda **h: client.get(LIST, headers=h),
        "a wrong key": lambda **h: client.get(LIST, headers={"Authorization": "Token x", **h}),
        "no key at all": lambda **h: client.get(LIST, headers={"Authorization": "Token a b", **h}),
        "no secret": lambda **h: session.post("/api/v1/imports/", "{}", **JSON, headers=h),
        "a record": lambda **h: client.get(f"{LIST}987654/", headers={**own, **h}),
        "a page": lambda **h: client.get(f"{LIST}?page=987", headers={**own, **h}),
        "an address": lambda **h: client.get("/api/v1/nothing/", headers={**own, **h}),
        "a method": lambda **h: client.delete(LIST, headers={**own, **h}),
        "a format": lambda **h: client.get(LIST, headers={"Accept": "text/xml", **own, **h}),
        "a type": lambda **h: client.post("/api/v1/imports/", "x", content_type="text/xml", headers={**own, **h}),
        "no JSON": lambda **h: client.post(CLOSE, '{"a"', **JSON, headers={**own, **h}),
        "no form": lambda **h: client.post(
            "/api/v1/imports/", "x", content_type="multipart/form-data; boundary=", headers={**own, **h}
        ),
    }  # fmt: skip


def test_each_has_its_code_and_speaks_chinese_unless_english_is_asked_for() -> None:
    person = people.lead()
    session = Client(enforce_csrf_checks=True)
    session.force_login(person)
    codes, said = {}, {}
    for name, ask in refusals(key_of(person), session).items():
        found = {}
        for language in ("", "zh-CN", "de", "en-GB,en;q=0.9"):
            answer = ask(**({"Accept-Language": language} if language else {}))
            body = answer.json()
            assert set(body) == {"code", "message"}, (name, body)
            found[language] = body["message"]
            codes[name] = (answer.status_code, body["code"])
        assert found[""] == found["zh-CN"] == found["de"], name
        assert re.search("[\u4e00-\u9fff]", found[""]), (name, found[""])
        assert found["en-GB,en;q=0.9"].isprintable(), name
        assert not re.search("[\u4e00-\u9fff]", found["en-GB,en;q=0.9"]), (name, found)
        said[name] = found[""]
    assert codes == {
        "no key": (401, "not_authenticated"),
        "a wrong key": (401, "authentication_failed"),
        "no key at all": (401, "authentication_failed"),
        "no secret": (403, "csrf_failed"),
        "a record": (404, "not_found"),
        "a page": (404, "not_found"),
        "an address": (404, "not_found"),
        "a method": (405, "method_not_allowed"),
        "a format": (406, "not_acceptable"),
        "a type": (415, "unsupported_media_type"),
        "no JSON": (400, "parse_error"),
        "no form": (400, "parse_error"),
    }
    assert said["no JSON"] == "请求正文不是有效的 JSON：第 1 行第 5 个字符处有误。"

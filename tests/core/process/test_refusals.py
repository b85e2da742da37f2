"""What never reaches Django is refused in the product's own words and one language, or as JSON to programs."""

import inspect
import json
import re
import socket
from collections.abc import Iterator

import pytest
from gunicorn.http import errors

from core import error_pages
from core.process import refusals
from core.process.lanes import LONGEST_HEAD, Head
from tests.core.process.test_web import serving

LONG = "a" * 9000
CHINESE = re.compile(r"[\u4e00-\u9fff]")
KINDS = [
    kind
    for _name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.ParseException) and kind is not errors.ParseException
]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving("--limit-request-line", "8190", application="hrsuite.wsgi:application") as port:
        yield port


def answered(port: int, request: str) -> tuple[int, dict[str, str], str]:
    with socket.create_connection(("127.0.0.1", port), 10) as wire:
        wire.settimeout(20)
        wire.sendall(request.encode())
        answer = b""
        while piece := wire.recv(65536):
            answer += piece
    head, _blank, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    assert int(headers["content-length"]) == len(body)
    return int(first.split()[1]), headers, body.decode()


# What is sent, and what it is called. Each of the worker's codes stands here.
REFUSED = {
    "address": ("GET {path}?q=" + LONG + " HTTP/1.1\r\nHost: a\r\n{more}\r\n", 414, "uri_too_long"),
    "one header": ("GET {path} HTTP/1.1\r\nHost: a\r\n{more}X-A: " + LONG + "\r\n\r\n", 431, "headers_too_large"),
    "headers": ("GET {path} HTTP/1.1\r\nHost: a\r\n{more}" + "X-B: b\r\n" * 120 + "\r\n", 431, "headers_too_large"),
    "no end": ("GET {path} HTTP/1.1\r\nHost: a\r\n{more}X-C: " + "c" * (LONGEST_HEAD + 10), 431, "headers_too_large"),
    "version": ("GET {path} HTTP/9.1\r\nHost: a\r\n{more}\r\n", 400, "bad_request"),
    "method": ("G(T {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n", 400, "bad_request"),
    "header": ("GET {path} HTTP/1.1\r\nHost: a\r\n{more}bad name: 1\r\n\r\n", 400, "bad_request"),
    "length": ("POST {path} HTTP/1.1\r\nHost: a\r\n{more}Content-Length: -5\r\n\r\n", 400, "bad_request"),
    "coding": ("POST {path} HTTP/1.1\r\nHost: a\r\n{more}Transfer-Encoding: brotli\r\n\r\n", 501, "not_implemented"),
    "expects": ("POST {path} HTTP/1.1\r\nHost: a\r\n{more}Expect: miracles\r\n\r\n", 417, "expectation_failed"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_each_refusal_is_a_page_of_ours_or_json_by_who_asks(port: int, what: str) -> None:
    request, status, code = REFUSED[what]
    for path, more in (("/i/abc", "Accept: text/html\r\n"), ("/admin/", ""), ("/nowhere", "")):
        found, headers, page = answered(port, request.replace("{path}", path).replace("{more}", more))
        assert (found, headers["content-type"]) == (status, "text/html; charset=utf-8"), path
        assert '<html lang="zh-CN">' in page and f"{status} · {code}" in page
        assert page.count("<h1>") == 1
        english = answered(
            port, request.replace("{path}", path).replace("{more}", f"{more}Accept-Language: en\r\n")
        )
        assert '<html lang="en">' in english[2] and not CHINESE.search(english[2])
        assert (
            headers["cache-control"] == "no-store"
            and "default-src 'none'" in headers["content-security-policy"]
        )
        # Nothing that was sent comes back, and nobody hears what the server is made of.
        assert [word for word in ("gunicorn", "Invalid", LONG[:50], "brotli") if word in page] == []
    for path, more in (
        ("/api/v1/candidates/", ""),
        ("/room/api/state", ""),
        ("/x", "Accept: application/json\r\n"),
    ):
        found, headers, body = answered(port, request.replace("{path}", path).replace("{more}", more))
        assert (found, headers["content-type"]) == (status, "application/json"), path
        assert json.loads(body)["code"] == code and json.loads(body)["message"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_whatever_the_parser_refuses_has_its_words(kind: type[Exception]) -> None:
    status = refusals.status_of(kind.__new__(kind))
    page = error_pages.refused_unread(status, "/", wants_json=False, language="zh-hans").content.decode()
    assert f"<small>{status} · " in page
    assert status in error_pages._WORDS
    whole = refusals.answer(status, Head.cut_off(bytearray(b"GET /api/x HTTP/1.1\r\nAccept: */*\r\nX: y")))
    assert whole.startswith(b"HTTP/1.1 %d " % status) and b'"code"' in whole


def test_what_is_no_request_at_all_is_answered_as_well() -> None:
    for arrived in (b"", b"\x16\x03\x01", b"\r\n\r\n", b"x" * 40_000, b"GET"):
        assert b"400 Bad Request" in refusals.answer(400, Head.cut_off(bytearray(arrived)))
    assert refusals.status_of(RuntimeError()) == 500

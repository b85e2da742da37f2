"""What is refused before Django sees it, in the product's own words: gunicorn's parser refuses, this answers.

gunicorn's page is English, names its own classes, and repeats what was sent.
"""

from contextlib import suppress
from http import HTTPStatus
from typing import Any

from gunicorn.http import errors

from core.process.lanes import Head

STATUS: dict[type[Exception], int] = {
    errors.LimitRequestLine: 414,
    errors.LimitRequestHeaders: 431,
    errors.UnsupportedTransferCoding: 501,
    errors.ExpectationFailed: 417,
    errors.ForbiddenProxyRequest: 403,
    errors.ConfigurationProblem: 500,
    # The application's own header was none: the fault is ours.
    errors.InvalidResponseHeader: 500,
    errors.InvalidResponseHeaderName: 500,
}
TOO_LARGE = 431
FAILED = 500


def status_of(error: Exception) -> int:
    """The nearest that is known; what the parser refuses otherwise is a bad request, and anything else our fault."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 400 if isinstance(error, errors.ParseException) else FAILED


def answer(status: int, head: Head | None) -> bytes:
    """The whole answer as it goes out; without a body where it cannot be drawn."""
    headers, body = {}, b""
    with suppress(Exception):
        # Django is there once the application is loaded; the worker stands without it.
        from core import error_pages  # noqa: PLC0415

        path = head.path.decode("latin-1") if head else "/"
        response: Any = error_pages.refused_unread(
            status, error_pages.beginning(path), wants_json=bool(head and head.wants_json),
            language=error_pages.language_of(head.languages if head else ""),
        )  # fmt: skip
        headers, body = dict(response.headers), response.content
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Connection: close",
        f"Content-Length: {len(body)}",
        "X-Content-Type-Options: nosniff",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

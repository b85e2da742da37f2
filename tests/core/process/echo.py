"""A web application for the tests of the worker: says what it was sent, slowly where it is asked to."""

import time
from collections.abc import Callable, Iterable
from typing import Any


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """`/slow…` waits three seconds; `/unread…` answers without reading; anything else says how long the body was."""
    path = environ["PATH_INFO"]
    if "slow" in path:
        time.sleep(3)
    try:
        body = b"" if "unread" in path else environ["wsgi.input"].read()
    except OSError:
        body = b"cut off"
    told = f"{environ['REQUEST_METHOD']} {path} {len(body)}".encode()
    start("200 OK", [("Content-Length", str(len(told))), ("Content-Type", "text/plain")])
    return [told]

"""One HTTP call to an SMS provider: short time-outs, no redirects, a small answer, and the errors of the house."""

import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests
from django.db import transaction

from messaging.providers import redaction
from messaging.providers.errors import Ambiguous, ConfigurationProblem, ProviderError
from messaging.providers.network import problem_of

TIMEOUT = (3.0, 6.0)
LONGEST_SECONDS = 12.0
ANSWER_BYTES = 262_144
redaction.install()


def post(
    session: requests.Session, address: str, *, headers: Mapping[str, str], body: bytes
) -> dict[str, Any]:
    """The JSON object that came back, whatever the status: refusals are told in it.

    Raises a ProviderError; Ambiguous also when what came back is no JSON object, since it may have been carried out.
    """
    # Says loudly when a caller holds a transaction open: rows would stay locked for as long as the provider takes.
    with transaction.atomic(durable=True):
        pass
    problem: ProviderError
    try:
        with session.post(
            address, data=body, headers=dict(headers), timeout=TIMEOUT, stream=True, allow_redirects=False
        ) as answer:
            status, content = answer.status_code, _read(answer)
    except requests.RequestException as error:
        # Raised anew outside: the library's error leads to the request, and that to the phone.
        problem = problem_of(error)
    else:
        found = _parsed(content)
        if isinstance(found, dict):
            return found
        is_ours = status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.OK
        problem = ConfigurationProblem(f"http_{status}") if is_ours else Ambiguous("answer")
    raise problem


def _read(answer: requests.Response) -> bytes | None:
    deadline = time.monotonic() + LONGEST_SECONDS
    content = bytearray()
    for piece in answer.iter_content(4096):
        content += piece
        if len(content) > ANSWER_BYTES or time.monotonic() > deadline:
            return None
    return bytes(content)


def _parsed(content: bytes | None) -> Any:
    try:
        return json.loads(content or b"")
    except (ValueError, RecursionError):
        return None

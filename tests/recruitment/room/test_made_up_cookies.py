"""Cookies that nobody was given: nothing is kept of them, and nothing is read that comes with them."""

import hashlib
import threading
import time
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.test import Client, RequestFactory

from core.limits import MOST_KEYS, Counter
from recruitment.room import limits
from recruitment.room.api import chunk
from tests.recruitment.room.conftest import Browser, question_ids

pytestmark = pytest.mark.django_db


class Unread:
    """A body that must not be read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")


def test_twenty_thousand_made_up_cookies_leave_nothing_behind(candidate: Browser) -> None:
    """The attack on the table: each was a key, and above 20,000 every call copied it under a lock."""
    stranger = Client()
    before = len(limits.counter)
    calls = [
        ("post", "heartbeat"),
        ("post", "beacon"),
        ("get", "state"),
        ("post", "contact"),
        ("post", "enter"),
    ]
    for number in range(300):
        stranger.cookies["room"] = f"made-up-{number}"
        method, path = calls[number % len(calls)]
        body = (
            {"data": '{"epoch": 1, "event": "hidden"}', "content_type": "application/json"}
            if method == "post"
            else {}
        )
        assert getattr(stranger, method)(f"/room/api/{path}", **body).status_code in (401, 204)
    assert len(limits.counter) == before
    assert candidate.send("POST", "heartbeat", {"epoch": candidate.epoch}).status_code == 204


def test_the_table_never_grows_beyond_its_bound_and_stays_quick() -> None:
    counter = Counter()
    for number in range(MOST_KEYS):
        counter.take(f"key {number}", 10)
    began = time.monotonic()
    for number in range(20_000):
        counter.take(f"more {number}", 10)
    assert len(counter) == MOST_KEYS
    assert time.monotonic() - began < 2
    counter.take("more 19999", 2)


def _chunk_request(cookie: str, question: int) -> tuple[WSGIRequest, dict[str, str]]:
    path = {"question": str(question), "segment": "0", "seq": "0"}
    request = RequestFactory().put(
        f"/room/api/answers/{question}/segments/0/chunks/0",
        b"",
        headers={"X-Chunk-SHA256": hashlib.sha256(b"").hexdigest(), "X-Epoch": "1"},
    )
    request.COOKIES["room"] = cookie
    request.META["CONTENT_LENGTH"] = str(2 * 1024 * 1024)
    request._stream = Unread()
    return request, path


def test_a_piece_with_a_made_up_cookie_is_not_read(candidate: Browser) -> None:
    request, path = _chunk_request("made up", question_ids(candidate.interview, 1)[0])
    answer = chunk(request, **path)
    assert answer.status_code == 401


def test_one_link_sends_so_many_pieces_at_once_and_no_more(candidate: Browser, monkeypatch: Any) -> None:
    """Whoever has one good link holds a few threads with silent uploads, and not all."""
    open_, waiting = threading.Event(), threading.Semaphore(0)

    def hold(link: int) -> None:
        with limits.at_once(link):
            waiting.release()
            open_.wait(10)

    threads = [threading.Thread(target=hold, args=(7,)) for _ in range(limits.UPLOADS_AT_ONCE)]
    for thread in threads:
        thread.start()
    for _ in threads:
        waiting.acquire()
    with pytest.raises(limits.TooMany), limits.at_once(7):
        pass
    with limits.at_once(8):
        pass
    open_.set()
    for thread in threads:
        thread.join()
    with limits.at_once(7):
        pass


def test_a_heartbeat_is_still_one_statement(candidate: Browser) -> None:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        candidate.send("POST", "heartbeat", {"epoch": candidate.epoch})
    assert len(captured) == 1

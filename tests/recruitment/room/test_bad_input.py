"""Wrong input at every address: a clear error with a code, and nothing changed."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recruitment.models import FollowUp, Interview
from recruitment.room import limits
from tests.recruitment.room.conftest import Browser, everything, make_interview, question_ids

WRITES = [
    ("POST", "enter"),
    ("POST", "heartbeat"),
    ("PUT", "answers/{question}/text"),
    ("PUT", "answers/{question}/segments/0/chunks/0"),
    ("POST", "answers/{question}/finish"),
    ("POST", "stages/1/finish"),
    ("POST", "exit"),
    ("POST", "contact"),
]
EPOCH_WRITES = [
    (method, path) for method, path in WRITES if path not in ("enter", "contact") and "chunks" not in path
]


def at(candidate: Browser, path: str) -> str:
    """The path with a question of the open stage in it."""
    return path.format(question=question_ids(candidate.interview, 1)[0])


def body_of(candidate: Browser, **changes: Any) -> dict[str, Any]:
    """A body that every address would take, with changes."""
    good = {
        "epoch": candidate.epoch, "revision": 1, "text": "好", "segments": [], "choice": "leave", "note": "请联系我",
        "consents": [], "device": {},
    }  # fmt: skip
    return {**good, **changes}


def refused(candidate: Browser, method: str, path: str, body: Any, **headers: str) -> tuple[int, str]:
    """Send it, check that nothing changed and that the error has its shape; the status and code."""
    before = everything(candidate.interview)
    answer = candidate.send(method, at(candidate, path), body, **headers)
    content = answer.json()
    assert everything(candidate.interview) == before
    assert {"code", "message"} <= content.keys()
    assert content["message"]
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, content["code"]


@pytest.mark.parametrize(("method", "path"), [*WRITES, ("GET", "state")])
def test_without_a_session(interview: Interview, method: str, path: str) -> None:
    stranger = Browser(interview)
    for cookies in ({}, {"room": "nobody"}, {"room": "\xe9"}, {"room": "x" * 3000}):
        stranger.client.cookies.load(cookies)
        assert refused(stranger, method, path, body_of(stranger)) == (401, "no_session")


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_from_another_site(candidate: Browser, method: str, path: str) -> None:
    for origin in ("https://evil.example", "null", "http://testserver:81", "https://testserver", ""):
        answer = refused(candidate, method, path, body_of(candidate), Origin=origin)
        assert answer == (403, "foreign_origin")


def test_the_own_origin_and_a_missing_one_are_fine(candidate: Browser) -> None:
    body = {"epoch": candidate.epoch}
    assert candidate.send("POST", "heartbeat", body, Origin="http://testserver").status_code == 204
    assert candidate.send("POST", "heartbeat", body).status_code == 204
    beacon = candidate.send("POST", "beacon", {**body, "event": "hidden"}, Origin="https://evil.example")
    assert beacon.status_code == 403


@pytest.mark.parametrize(("method", "path"), [write for write in WRITES if "chunks" not in write[1]])
def test_a_body_that_is_no_json_object(candidate: Browser, method: str, path: str) -> None:
    for body in (b"{", b"[]", b'"text"', b"null", b"\xff", b"[" * 30_000, b"NaN"):
        assert refused(candidate, method, path, body) == (422, "malformed")


@pytest.mark.parametrize(("method", "path"), [write for write in WRITES if "chunks" not in write[1]])
def test_a_body_that_is_too_large(candidate: Browser, method: str, path: str) -> None:
    assert refused(candidate, method, path, b'{"text": "' + b"x" * 300_000 + b'"}') == (413, "too_large")


@pytest.mark.parametrize(("method", "path"), EPOCH_WRITES)
def test_an_epoch_that_is_no_number(candidate: Browser, method: str, path: str) -> None:
    for epoch in (None, "1", 1.0, True, -1, 2**31, 10**30, [], {}):
        assert refused(candidate, method, path, body_of(candidate, epoch=epoch)) == (422, "invalid")


@pytest.mark.parametrize(("method", "path"), EPOCH_WRITES)
def test_an_epoch_that_is_not_ours(candidate: Browser, method: str, path: str) -> None:
    for epoch in (0, 2, 2**31 - 1):
        assert refused(candidate, method, path, body_of(candidate, epoch=epoch)) == (409, "stale_epoch")


@pytest.mark.parametrize(
    ("path", "changes", "error"),
    [
        ("text", {"revision": "1"}, (422, "invalid")),
        ("text", {"revision": 1.5}, (422, "invalid")),
        ("text", {"revision": 0}, (422, "revision_invalid")),
        ("text", {"revision": 2**31}, (422, "invalid")),
        ("text", {"text": None}, (422, "invalid")),
        ("text", {"text": 7}, (422, "invalid")),
        ("text", {"text": "a\x00b"}, (422, "text_unreadable")),
        ("text", {"text": "\ud800"}, (422, "text_unreadable")),
        ("text", {"text": "长" * 20_001}, (413, "text_too_long")),
        ("finish", {"segments": "none"}, (422, "invalid")),
        ("finish", {"segments": [1]}, (422, "invalid")),
        ("finish", {"segments": [{"chunks": 2, "sha256": ["0" * 64]}]}, (422, "segments_invalid")),
        ("finish", {"segments": [{"chunks": 1, "sha256": ["0" * 64]}]}, (409, "recording_not_agreed")),
        ("finish", {}, (422, "answer_empty")),
    ],
)
def test_wrong_answers(candidate: Browser, path: str, changes: dict, error: tuple[int, str]) -> None:
    method = "PUT" if path == "text" else "POST"
    assert refused(candidate, method, f"answers/{{question}}/{path}", body_of(candidate, **changes)) == error


@pytest.mark.parametrize(
    ("method", "path", "changes", "error"),
    [
        ("POST", "enter", {"consents": ["soul"]}, (422, "consent_unknown")),
        ("POST", "enter", {"consents": "recording"}, (422, "invalid")),
        ("POST", "enter", {"consents": [1]}, (422, "invalid")),
        ("POST", "enter", {"device": "phone"}, (422, "invalid")),
        ("POST", "enter", {"device": {"browser": "\ud800"}}, (422, "invalid")),
        ("POST", "heartbeat", {"visible": "yes"}, (422, "invalid")),
        ("POST", "exit", {"choice": "vanish"}, (422, "choice_unknown")),
        ("POST", "exit", {"choice": None}, (422, "choice_unknown")),
        ("POST", "exit", {"choice": 1}, (422, "invalid")),
        ("POST", "exit", {"cause": "our_outage"}, (422, "cause_unknown")),
        ("POST", "exit", {"cause": ["network"]}, (422, "invalid")),
        ("POST", "exit", {"note": 5}, (422, "invalid")),
        ("POST", "exit", {"note": "a\x00"}, (422, "invalid")),
        ("POST", "exit", {"note": "\udfff"}, (422, "invalid")),
        ("POST", "exit", {"note": "长" * 501}, (413, "too_long")),
        ("POST", "contact", {"note": None}, (422, "note_empty")),
        ("POST", "contact", {"note": {}}, (422, "invalid")),
        ("POST", "contact", {"note": "长" * 501}, (413, "too_long")),
    ],
)
def test_wrong_words(
    candidate: Browser, method: str, path: str, changes: dict, error: tuple[int, str]
) -> None:
    assert refused(candidate, method, path, body_of(candidate, **changes)) == error


def test_questions_and_stages_that_are_not_there_or_not_theirs(candidate: Browser) -> None:
    theirs = question_ids(make_interview(name="别人"), 1)[0]
    for question in (theirs, 0, 999_999_999, 10**30, -1, "abc", "一", "1.5"):
        for method, rest in (("PUT", "text"), ("POST", "finish")):
            answer = refused(candidate, method, f"answers/{question}/{rest}", body_of(candidate))
            assert answer == (404, "question_unknown")
    for stage in (0, 4, 10**30, -1, "first"):
        answer = refused(candidate, "POST", f"stages/{stage}/finish", body_of(candidate))
        assert answer == (404, "stage_unknown")


@pytest.mark.parametrize(
    ("method", "path", "error"),
    [
        ("GET", "nothing", (404, "not_found")),
        ("POST", "state", (405, "method_not_allowed")),
        ("GET", "enter", (405, "method_not_allowed")),
        ("DELETE", "answers/{question}/text", (405, "method_not_allowed")),
        ("GET", "exit", (405, "method_not_allowed")),
        ("GET", "heartbeat", (405, "method_not_allowed")),
    ],
)
def test_other_addresses_and_methods(
    candidate: Browser, method: str, path: str, error: tuple[int, str]
) -> None:
    assert refused(candidate, method, path, b"") == error


def test_a_link_may_write_so_often_and_no_more(candidate: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WRITES", 20)
    question = question_ids(candidate.interview, 1)[0]
    limits.counter.forget()
    statuses = [candidate.save(question, f"{n}", n).status_code for n in range(1, limits.WRITES + 3)]
    assert statuses == [200] * limits.WRITES + [429] * 2
    other = Browser(make_interview(name="别人")).open().enter()
    assert other.save(question_ids(other.interview, 1)[0]).status_code == 200
    assert Client().get("/room/").status_code == 401


def test_the_count_starts_anew_after_a_minute() -> None:
    counter = limits.Counter()
    for _ in range(3):
        counter.take("a", 3)
    with pytest.raises(limits.TooMany) as error:
        counter.take("a", 3)
    assert (error.value.status, error.value.code) == (429, "too_many_requests")
    counter._counts["a"] = (counter._counts["a"][0] - limits.WINDOW, 3)
    counter.take("a", 3)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "epoch",
    "revision",
    "text",
    "segments",
    "choice",
    "cause",
    "note",
    "consents",
    "device",
    "visible",
    "event",
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    address=st.sampled_from([*WRITES, ("POST", "beacon")]),
    body=st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)),
)
def test_whatever_is_sent_never_breaks_the_server(candidate: Browser, address: tuple, body: dict) -> None:
    limits.counter.forget()
    method, path = address
    candidate.client.raise_request_exception = True
    answer = candidate.send(method, at(candidate, path), body)
    assert answer.status_code in (200, 204, 403, 404, 409, 413, 422)
    assert FollowUp.objects.count() <= 3

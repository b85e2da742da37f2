"""Asking a vendor: only public addresses, only signed answers, never more than a megabyte; each tried by an attack."""

import gzip
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connection

from core.errors import Invalid
from recruitment.models import Vendor, VendorEvent, VendorInterview
from recruitment.vendors import network, signature
from recruitment.vendors.services import connections, polling
from tests.emulators import getting
from tests.emulators.getting import Answer
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.vendors.sender import Sender

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender(settings: Any) -> Sender:
    """A vendor whose server stands on this machine, which this installation allows."""
    settings.VENDOR_NETWORKS = ["127.0.0.0/8"]
    return Sender()


@contextmanager
def serving(answer: Callable[[BaseHTTPRequestHandler], Answer]) -> Iterator[tuple[str, list[str]]]:
    """A vendor's server that gives this answer; its address, and what it was asked."""
    asked: list[str] = []

    def noted(request: BaseHTTPRequestHandler) -> Answer:
        asked.append(request.path)
        return answer(request)

    with getting.serving(noted, "/reports") as address:
        yield address, asked


def signed(sender: Sender, body: bytes, **headers: str) -> dict[str, str]:
    """The headers of an answer as the vendor makes them."""
    timestamp = str(int(time.time()))
    return {
        "X-Timestamp": timestamp,
        "X-Signature": signature.sign(sender.secret.encode(), timestamp, body),
        **headers,
    }


def test_polling_fills_what_was_lost_and_checks_what_it_gets(sender: Sender) -> None:
    reports = [
        sender.report("started"),
        {"nonsense": True},
        {**sender.report("exited"), "interview": "R-other"},
    ]
    body = json.dumps(reports).encode()

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        timestamp = request.headers["X-Timestamp"]
        assert request.headers["X-Signature"] == signature.sign(sender.secret.encode(), timestamp, b"")
        packed = gzip.compress(body)
        return 200, signed(sender, body, **{"Content-Encoding": "gzip"}), packed

    with serving(answer) as (address, asked):
        Vendor.objects.update(poll_url=address)
        found = [polling.ask_silent(), polling.ask_silent()]
    assert (found, asked, sender.state()) == ([1, 0], ["/reports?interview=R-1"], "in_progress")


def test_a_vendor_without_a_secret_or_with_a_broken_one_keeps_nobody_waiting(sender: Sender) -> None:
    """The fault: the first of them raised, and no vendor behind it was asked again."""
    others = [make.interview(make.application(stage="screening")) for _ in range(2)]
    without, broken = (Vendor.objects.create(code=code, name=code) for code in ("without", "broken"))
    for vendor, interview in zip((without, broken), others, strict=True):
        connections.hand_over(
            interview_id=interview.pk, vendor_id=vendor.pk, reference="R-2", by=people.recruiter()
        )
    # Theirs come first.
    VendorInterview.objects.filter(interview=sender.interview).delete()
    connections.hand_over(
        interview_id=sender.interview.pk, vendor_id=sender.vendor.pk, reference="R-1", by=people.recruiter()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recruitment_vendor SET secret_sealed = (SELECT stored.secret_sealed FROM recruitment_vendor stored"
            " WHERE stored.code = %s) || 'A' WHERE code = 'broken'",
            [sender.vendor.code],
        )
    body = json.dumps([sender.report("started")]).encode()
    with serving(lambda request: (200, signed(sender, body), body)) as (address, asked):
        Vendor.objects.update(poll_url=address)
        assert [polling.ask_silent(), polling.ask_silent()] == [1, 0]
    assert (asked, sender.state()) == (["/reports?interview=R-1"], "in_progress")
    waits = dict(VendorInterview.objects.values_list("vendor__code", "asked_at"))
    assert waits["without"] is None and waits["broken"] is not None


@pytest.mark.parametrize("how", ["unsigned", "another secret", "another body", "old"])
def test_an_answer_that_the_vendor_did_not_sign_is_nobodys(sender: Sender, how: str) -> None:
    """The attack: whoever set the address answered for the vendor, and a candidate nobody met stood at 100."""
    whole = [
        sender.report("started"),
        *(sender.stage(number, 100) for number in (1, 2, 3)),
        sender.report("completed"),
    ]
    body = json.dumps(whole).encode()
    headers = {
        "unsigned": {},
        "another secret": {"X-Timestamp": str(int(time.time())), "X-Signature": "0" * 64},
        "another body": signed(sender, b"[]"),
        "old": {
            "X-Timestamp": "1600000000",
            "X-Signature": signature.sign(sender.secret.encode(), "1600000000", body),
        },
    }[how]
    with serving(lambda request: (200, headers, body)) as (address, asked):
        Vendor.objects.update(poll_url=address)
        assert polling.ask_silent() == 0
    assert (len(asked), sender.state(), VendorEvent.objects.count()) == (1, "scheduled", 0)


NOT_ALLOWED = [
    "http://vendor.example.com/x", "ftp://vendor.example.com/", "https://x@vendor.example.com/", "https://x:y@127.0.0.1/",
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://[::1]/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:10.0.0.1]/", "https://[fe80::1%25eth0]/", "https://[fd00::1]/",
    "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/", "https://0.0.0.0/", "https://224.0.0.1/", "https://[2002:7f00:1::]/", "https://localhost/",
    "https:///x", "https://vendor.example.com:99999/", "gopher://1.1.1.1/", "https://a.localhost/",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_ALLOWED)
def test_an_address_inside_the_house_is_refused(address: str) -> None:
    with pytest.raises(Invalid) as error:
        network.check_address(address)
    assert error.value.code == "address_not_allowed"
    with pytest.raises(network.UnreachableError):
        network.get(address, params="", headers={})


def test_a_public_address_is_taken() -> None:
    for address in (
        "https://vendor.example.com/x",
        "https://1.1.1.1/",
        "https://[2606:4700::1111]:8443/a?b=c",
    ):
        network.check_address(address)


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["10.1.2.3"], ["93.184.216.34", "127.0.0.1"], ["169.254.169.254"], ["::1"]]
)
def test_a_name_that_leads_inside_is_not_asked(found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Checked after the name was looked up, and looked up once: what is checked is what is connected to."""
    looked_up: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    def connect(*_: Any, **__: Any) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(network.UnreachableError) as error:
        network.get("https://vendor.example.com/reports", params="a=b", headers={})
    assert (str(error.value), looked_up) == ("address not public", ["vendor.example.com"])


def test_it_connects_to_the_very_address_that_it_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[Any] = []
    answers = iter(["93.184.216.34", "127.0.0.1"])

    def connect(address: Any, *_: Any, **__: Any) -> None:
        connected.append(address)
        raise OSError

    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, **_: [(socket.AF_INET, 1, 6, "", (next(answers), port))]
    )
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(network.UnreachableError):
        network.get("https://vendor.example.com/reports", params="a=b", headers={})
    assert connected == [("93.184.216.34", 443)]


def test_a_redirect_is_not_followed(sender: Sender) -> None:
    with serving(lambda request: (302, {"Location": "/elsewhere"}, b"")) as (address, asked):
        Vendor.objects.update(poll_url=address)
        assert polling.ask_silent() == 0
    assert asked == ["/reports?interview=R-1"]


@pytest.mark.parametrize("packed", [True, False])
def test_an_answer_ends_at_a_megabyte_however_small_it_came(sender: Sender, packed: bool) -> None:
    """The attack: 305 KB of gzip became 759 MB of memory."""
    import resource

    whole = b" " * (300 * 1024 * 1024 if packed else 4 * 1024 * 1024)
    body = gzip.compress(whole, 9) if packed else whole
    headers = signed(sender, whole, **({"Content-Encoding": "gzip"} if packed else {}))
    del whole
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with serving(lambda request: (200, headers, body)) as (address, _asked):
        with pytest.raises(network.UnreachableError) as error:
            network.get(address, params="a=b", headers={})
        assert str(error.value) == "answer too long"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_neither_the_address_nor_the_reference_is_logged(
    sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(lambda request: (500, {}, b"")) as (address, _asked):
        Vendor.objects.update(poll_url=address)
        polling.ask_silent()
    told = "".join(record.getMessage() for record in caplog.records if record.levelno >= logging.INFO)
    assert "R-1" not in told
    assert "reports" not in told


def test_a_vendor_that_does_not_answer_breaks_nothing(sender: Sender) -> None:
    Vendor.objects.update(poll_url="http://127.0.0.1:9/reports")
    assert polling.ask_silent() == 0
    assert sender.state() == "scheduled"

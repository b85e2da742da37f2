"""`/recordings/<id>/`: who may play, in which ranges, and the note that somebody did."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from people.models import Department, User
from recruitment import tasks
from recruitment.models import Answer, Opening, Recording, RecordingAccess, Segment
from recruitment.recordings import retention, storage
from tests.factories import api, people
from tests.factories import recordings as make
from tests.recruitment.room.conftest import Browser, question_ids

pytestmark = pytest.mark.django_db
PIECES = make.cut(make.sound(), 4)


def recorded(browser: Browser, pieces: list[bytes] = PIECES, *, place: int = 0) -> Recording:
    """A finished answer whose recording has been made."""
    question = question_ids(browser.interview, 1)[place]
    make.finish(browser, question, make.record(browser, question, pieces))
    tasks.assemble_answer(Answer.objects.get(question=question).pk)
    return Recording.objects.get(segment__answer__question=question)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def recording(speaker: Browser) -> Recording:
    return recorded(speaker)


@pytest.fixture
def hr(db: None) -> Client:
    return signed_in(people.recruiter())


def test_the_whole_file(recording: Recording, hr: Client) -> None:
    response = hr.get(f"/recordings/{recording.pk}/")
    content = body(response)
    assert (response.status_code, len(content), content[:4]) == (200, recording.bytes, b"\x1aE\xdf\xa3")
    for changing in ("Content-Security-Policy", "X-Request-ID"):
        response.headers.pop(changing)
    response.headers.pop("Vary", None)
    assert dict(response.headers) == {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="recording-{recording.pk}.webm"',
        "Content-Language": "zh-hans",
        "Content-Length": str(recording.bytes),
        "Content-Type": "audio/webm",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": (
            "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), midi=()"
        ),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


RANGES = [("bytes=0-", 0, None), ("bytes=100-199", 100, 100), ("bytes=-7", -7, 7)]


@pytest.mark.parametrize(("header", "start", "length"), RANGES)
def test_a_range(recording: Recording, hr: Client, header: str, start: int, length: int | None) -> None:
    size = recording.bytes or 0
    whole = body(hr.get(f"/recordings/{recording.pk}/"))
    response = hr.get(f"/recordings/{recording.pk}/", headers={"Range": header})
    first = start % size
    count = length or size
    assert (response.status_code, response["Content-Length"]) == (206, str(count))
    assert response["Content-Range"] == f"bytes {first}-{first + count - 1}/{size}"
    assert body(response) == whole[first : first + count]


def test_a_range_that_is_not_there(recording: Recording, hr: Client) -> None:
    response = hr.get(f"/recordings/{recording.pk}/", headers={"Range": f"bytes={recording.bytes}-"})
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{recording.bytes}")
    assert RecordingAccess.objects.count() == 0


def test_head_says_how_long_it_is_and_is_no_playback(recording: Recording, hr: Client) -> None:
    response = hr.head(f"/recordings/{recording.pk}/")
    assert (response.status_code, response["Content-Length"], response.content) == (
        200,
        str(recording.bytes),
        b"",
    )
    assert RecordingAccess.objects.count() == 0
    assert hr.post(f"/recordings/{recording.pk}/").status_code == 405


def test_one_row_per_playback_not_per_range(recording: Recording) -> None:
    first, second = people.recruiter(), people.lead()
    began = timezone.now()
    with time_machine.travel(began) as clock:
        client = signed_in(first)
        for start in (0, 100, 5000):
            client.get(f"/recordings/{recording.pk}/", headers={"Range": f"bytes={start}-"})
            clock.shift(timedelta(minutes=20))
        signed_in(second).get(f"/recordings/{recording.pk}/", headers={"Range": "bytes=200-"})
        clock.shift(timedelta(minutes=20))
        signed_in(first).get(f"/recordings/{recording.pk}/")
    rows = RecordingAccess.objects.order_by("pk").values_list(
        "recording", "user", "at", "last_at", "range_start"
    )
    minute = timedelta(minutes=1)
    assert [
        (recording_id, user, round((at - began) / minute), round((last_at - began) / minute), start)
        for recording_id, user, at, last_at, start in rows
    ] == [
        (recording.pk, first.pk, 0, 40, 0),
        (recording.pk, second.pk, 60, 60, 200),
        (recording.pk, first.pk, 80, 80, 0),
    ]
    assert RecordingAccess.objects.first().who.endswith(f"({first.username})")


def test_who_may_play(recording: Recording) -> None:
    """The whole matrix: each person, with and without the opening's leave for managers; refused is not noted."""
    opening = Opening.objects.get()
    above = Department.objects.create(name="上级", name_en="Above")
    own = opening.department
    own.parent = above
    own.save()
    persons = {
        "hr": people.recruiter(), "onboarder": people.onboarder(), "trainer": people.trainer(), "lead": people.lead(),
        "manager": people.manager(own), "manager above": people.manager(above), "other manager": people.manager(),
        "nobody's": people.user(), "gone": people.recruiter(is_active=False),
    }  # fmt: skip

    def statuses() -> dict[str, int]:
        address = f"/recordings/{recording.pk}/"
        return {name: signed_in(person).get(address).status_code for name, person in persons.items()}

    hr = dict.fromkeys(("hr", "onboarder", "trainer", "lead"), 200)
    others = {"other manager": 404, "nobody's": 404, "gone": 401}
    assert statuses() == {**hr, "manager": 404, "manager above": 404, **others}
    assert set(RecordingAccess.objects.values_list("user", flat=True)) == {persons[name].pk for name in hr}
    Opening.objects.update(managers_see_recordings=True)
    assert statuses() == {**hr, "manager": 200, "manager above": 200, **others}


def test_strangers_candidates_and_tokens(recording: Recording, speaker: Browser) -> None:
    address = f"/recordings/{recording.pk}/"
    assert (Client().get(address).status_code, Client().get(address).json()["code"]) == (401, "not_signed_in")
    assert speaker.client.get(address).status_code == 401, "not even the candidate's own: nobody offered it"
    token = api.key_of(people.recruiter())
    assert Client().get(address, headers={"Authorization": f"Token {token}"}).status_code == 200
    assert Client().get(address, headers={"Authorization": "Token no"}).status_code == 401
    assert RecordingAccess.objects.count() == 1


def test_unknown_ones(hr: Client, recording: Recording) -> None:
    for unknown in (0, recording.pk + 1, 10**12, 10**30):
        assert hr.get(f"/recordings/{unknown}/").status_code == 404


def test_a_broken_one_is_only_ever_a_download(speaker: Browser, hr: Client) -> None:
    broken = recorded(speaker, [b"<script>alert(1)</script>"])
    response = hr.get(f"/recordings/{broken.pk}/", headers={"Range": "bytes=0-3"})
    assert body(response) == b"<script>alert(1)</script>"
    assert (response.status_code, response["Content-Type"]) == (200, "application/octet-stream")
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert RecordingAccess.objects.count() == 1


def test_one_that_is_not_ready_and_one_that_is_deleted(
    speaker: Browser, hr: Client, recording: Recording
) -> None:
    question = question_ids(speaker.interview, 1)[1]
    make.finish(speaker, question, make.record(speaker, question, PIECES))
    waiting = Recording.objects.get(segment__answer__question=question)
    response = hr.get(f"/recordings/{waiting.pk}/")
    assert (response.status_code, response.json()["code"]) == (409, "recording_pending")
    Segment.objects.filter(recording=recording).update(deletion_reason="by_hr")
    for _ in range(2):
        response = hr.get(f"/recordings/{recording.pk}/")
        assert (response.status_code, response.json()["code"]) == (409, "recording_deleted")
        retention.delete_marked()
    assert RecordingAccess.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("plays", [True, False])
def test_a_player_that_reads_slowly_holds_no_connection(speaker: Browser, *, plays: bool) -> None:
    row = recorded(speaker, PIECES if plays else [b"noise"])
    response = signed_in(people.recruiter()).get(f"/recordings/{row.pk}/")
    assert RecordingAccess.objects.count() == 1

    blocks = iter(response.streaming_content)
    content = next(blocks)

    assert connection.connection is None
    assert content + b"".join(blocks) in (b"noise", played(row))


def played(row: Recording) -> bytes:
    return b"".join(storage.read_range(row.stored_name, 0, row.bytes or 0)) if row.stored_name else b""

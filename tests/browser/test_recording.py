"""Speaking the answers, in a real browser with a camera of its own: the whole way, and everything that disturbs it."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType

from people.actors import Party
from recruitment import tasks
from recruitment.models import Answer, Chunk, Consent, Interview, Recording
from recruitment.recordings import storage
from recruitment.room import limits
from recruitment.services import links
from tests.browser.phones import PHONE, Phone
from tests.recruitment.room.conftest import make_interview

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CAMERA = ["--use-fake-device-for-media-stream"]
MAY_RECORD = {**PHONE, "permissions": ["camera", "microphone"]}


@pytest.fixture(scope="module")
def studio(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """A browser with a camera and a microphone; each context decides whether a page may use them."""
    wanted = {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *CAMERA]}
    browser = browser_type.launch(**wanted)
    yield browser
    browser.close()


@pytest.fixture
def interview(transactional_db: None) -> Interview:
    limits.counter.forget()
    return make_interview()


@pytest.fixture
def link(live_server: Any, interview: Interview) -> str:
    return f"{live_server.url}/i/{links.mint(interview_id=interview.pk, by=Party.SYSTEM)}"


@pytest.fixture
def phone(studio: Browser, link: str) -> Iterator[Callable[..., Phone]]:
    """Makes phones that know the interview's link."""
    phones: list[Phone] = []

    def make(browser: Browser = studio, **options: Any) -> Phone:
        phones.append(Phone(browser.new_context(**{**MAY_RECORD, **options}), link))
        return phones[-1]

    yield make
    for each in phones:
        assert each.asked <= {link.split("/")[2]}
        each.context.close()


def stored(answer: Answer) -> list[list[str]]:
    """By segment that is part of the answer, the hashes of the bytes as they lie in storage."""
    segments = []
    for segment in answer.segments.filter(standing="taken").order_by("number"):
        chunks = list(Chunk.objects.filter(segment=segment, set_aside=False).order_by("seq"))
        assert [chunk.seq for chunk in chunks] == list(range(len(chunks)))
        hashes = []
        for chunk in chunks:
            with storage.recordings().open(chunk.stored_name) as file:
                hashes.append(hashlib.sha256(file.read()).hexdigest())
        assert hashes == [chunk.sha256 for chunk in chunks]
        segments.append(hashes)
    return segments


def plays(answer: Answer, *, at_least: float) -> None:
    """Make the answer playable as the job does, and see that every segment of it plays."""
    tasks.assemble_answer(answer.pk)
    recordings = Recording.objects.filter(segment__answer=answer, segment__standing="taken")
    assert {(each.state, each.note) for each in recordings} == {("playable", "")}
    assert sum(each.seconds or 0 for each in recordings) >= at_least


def finished(interview: Interview, count: int) -> list[Answer]:
    """The finished answers, in order; there must be so many."""
    answers = list(Answer.objects.filter(interview=interview, finished_at__isnull=False).order_by("pk"))
    assert len(answers) == count
    return answers


def test_a_candidate_speaks_one_answer_as_video_and_one_as_sound(
    interview: Interview, phone: Callable[..., Phone]
) -> None:
    candidate = phone()
    candidate.open()
    candidate.agree(recording=True)
    assert candidate.check_device() == "video"
    candidate.begin()
    assert set(Consent.objects.filter(given=True).values_list("kind", flat=True)) == {
        "recording",
        "ai_evaluation",
    }
    candidate.record(5)
    candidate.hand_in()
    candidate.at_question(2)
    [answer] = finished(interview, 1)
    assert stored(answer) == candidate.takes[-1:]
    plays(answer, at_least=4)
    assert candidate.troubles == []

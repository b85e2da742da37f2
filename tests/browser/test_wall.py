"""The live wall and the recordings in a browser: the wall refreshes itself, and rests when nobody looks."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from core.events.models import Pulse
from people.models import User
from recruitment.enums import InterviewState
from recruitment.models import Consent, Interview, Lease, RecordingAccess, RoomEntry
from recruitment.models.interviews import ROOM_PULSE
from recruitment.recordings import storage
from tests.browser.conftest import picture
from tests.factories import people, recordings, segments
from tests.factories import recruitment as make

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(viewport={"width": 1440, "height": 900}),
]
SOON = 15_000


@pytest.fixture
def colleague(transactional_db) -> User:
    return people.lead(username="zhou", name="周负责")


def running(name: str, *, seen: int = 3, **lease) -> Interview:
    application = make.application(make.opening(title="数据分析师"), candidate=make.candidate(name))
    row = make.interview(application, state=InterviewState.IN_PROGRESS)
    now = timezone.now()
    Lease.objects.filter(pk=row.pk).update(
        last_seen_at=now - timedelta(seconds=seen), expires_at=now + timedelta(days=1), **lease
    )
    device = {"platform": "iPhone", "browser": "wxwork", "network": "4g", "medium": "audio"}
    RoomEntry.objects.create(interview=row, attempt=1, epoch=1, device=device)
    return row


@pytest.fixture
def heard(transactional_db) -> None:
    Pulse.objects.update_or_create(name=ROOM_PULSE, defaults={"at": timezone.now()})


def asked(page: Page) -> list[str]:
    """Every request for the rows from here on."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/wall/rows/"):
            seen.append(request.url)

    page.on("request", note)
    return seen


def test_the_wall_refreshes_itself_rests_and_says_when_it_cannot(
    signed_in: Page, live_server, heard, told: list[str]
):
    page = signed_in
    first = running("张三")
    make.saved_stage(first, 1)
    page.goto(f"{live_server.url}{reverse('admin:recruitment_interview_wall')}")
    row = page.locator(f"tr[data-key='{first.pk}']")
    expect(row).to_have_class("is-live")
    row.locator("a").first.focus()
    # Somebody else enters, the first one turns the page away: no reload, and the keyboard stays where it was.
    second = running("李娜")
    Lease.objects.filter(pk=first.pk).update(visible=False)
    expect(page.locator(f"tr[data-key='{second.pk}']")).to_have_class("is-live", timeout=SOON)
    expect(row).to_have_class("is-hidden")
    assert page.evaluate("document.activeElement.closest('tr').dataset.key") == str(first.pk)
    Lease.objects.filter(pk=first.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    Pulse.objects.update(at=timezone.now())
    expect(row).to_have_class("is-gone", timeout=SOON)
    # Nobody looks: nothing is asked. Looking again asks at once.
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_timeout(500)
    requests = asked(page)
    page.wait_for_timeout(7000)
    assert requests == []
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(1000)
    assert len(requests) == 1
    # The server does not answer: the wall says since when it is old, and recovers.
    page.route("**/wall/rows/", lambda route: route.abort())
    expect(page.locator("[data-wall=stale]")).to_be_visible(timeout=SOON)
    assert page.locator("[data-wall=since]").inner_text().count(":") == 2
    page.unroute("**/wall/rows/")
    expect(page.locator("[data-wall=stale]")).to_be_hidden(timeout=SOON)
    # Signed out meanwhile: it says so and asks no more.
    page.context.clear_cookies()
    expect(page.locator("[data-wall=gone]")).to_be_visible(timeout=SOON)
    assert told == []


def test_what_the_wall_looks_like(signed_in: Page, live_server, heard, told: list[str]):
    page = signed_in
    page.goto(f"{live_server.url}{reverse('admin:recruitment_interview_wall')}")
    picture(page, "wall_empty")
    running("张三")
    make.saved_stage(running("李娜", visible=False), 1)
    running("王芳", seen=-3575)
    gone = make.application(make.opening(title="产品经理"), candidate=make.candidate("赵磊"))
    make.interview(gone, state=InterviewState.INTERRUPTED)
    page.reload()
    expect(page.locator(".hs-wall tbody tr")).to_have_count(4)
    picture(page, "wall")
    page.set_viewport_size({"width": 400, "height": 800})
    picture(page, "wall_phone")
    assert told == []


def recorded(of: Interview, stage: int, content: bytes, mime: str, **fields) -> None:
    answer = segments.answer(of, stage, finished_at=timezone.now(), **fields)
    begin = timezone.now() - timedelta(minutes=9 - stage * 2)
    segment = segments.segment(answer, pieces=8, silent=5, at=begin, mime=mime)
    name = storage.new_name(storage.PLAYS, ".webm")
    storage.put(recordings.io.BytesIO(content), name=name)
    kind = mime.partition(";")[0]
    segments.recording(segment, stored_name=name, mime=kind, bytes=len(content), seconds=4.0)


def test_a_colleague_plays_a_recording_and_that_is_noted(
    signed_in: Page, live_server, heard, told: list[str]
):
    page = signed_in
    row = running("张三")
    Consent.objects.create(interview=row, attempt=1, kind="recording", version="2026-11", given=True)
    recorded(row, 1, recordings.picture(2), "video/webm;codecs=vp8,opus")
    recorded(row, 2, recordings.sound(4), "audio/webm;codecs=opus", text="补充：我用透视表核对。")
    broken = segments.answer(row, 3, finished_at=timezone.now())
    segments.discarded(broken, 0, at=timezone.now() - timedelta(minutes=2))
    segments.recording(segments.segment(broken, 1), "broken", note="no sound and no picture")
    exit_at = timezone.now() - timedelta(minutes=4)
    make.exit_(row, left_at=exit_at, returned_at=exit_at + timedelta(minutes=1))
    page.goto(f"{live_server.url}{reverse('admin:recruitment_interview_change', args=[row.pk])}")
    panel = page.locator("#panel-recordings")
    expect(panel.locator("video")).to_have_count(1)
    expect(panel.locator("audio")).to_have_count(1)
    expect(panel.locator(".hs-track")).to_have_count(3)
    page.wait_for_timeout(1000)
    assert not RecordingAccess.objects.exists()
    panel.locator("audio").evaluate("player => { player.muted = true; return player.play(); }")
    page.wait_for_function("document.querySelector('audio').currentTime > 0.2")
    panel.locator("audio").evaluate("player => { player.currentTime = 3; }")
    page.wait_for_function("document.querySelector('audio').currentTime >= 3")
    assert RecordingAccess.objects.get().who.startswith("周负责")
    panel.locator("video").evaluate("player => { player.muted = true; return player.play(); }")
    page.wait_for_function("document.querySelector('video').videoWidth > 0")
    page.reload()
    expect(panel.get_by_text("周负责")).to_have_count(2)
    picture(page, "recordings")
    page.goto(f"{live_server.url}{reverse('admin:recruitment_segment_changelist')}")
    picture(page, "retention")
    assert told == []

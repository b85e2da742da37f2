"""The live wall: who is in a room, how the line is, who was just lost; for HR alone."""

import re
from datetime import timedelta

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from core.events.models import Pulse
from messaging.models import Attempt
from people.actors import Party
from recruitment.admin import wall
from recruitment.enums import InterviewKind, InterviewState, Medium
from recruitment.models import Answer, Application, Checkpoint, FollowUp, Interview, Lease, RoomEntry, Stage
from recruitment.models.interviews import ROOM_PULSE
from recruitment.recordings.admin import devices
from recruitment.services import follow_ups, interviews
from tests.factories import people, segments
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db
PAGES = ["recruitment_interview_wall", "recruitment_interview_wall_rows"]


@pytest.fixture(autouse=True)
def pulse(db) -> None:
    beat(0)


def beat(seconds_ago: int) -> None:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    Pulse.objects.update_or_create(name=ROOM_PULSE, defaults={"at": at})


def running(name: str = "张三", *, seen: int = 3, **lease) -> Interview:
    """Somebody in a room, last heard `seen` seconds ago."""
    row = make.interview(make.application(candidate=make.candidate(name)), state=InterviewState.IN_PROGRESS)
    now = timezone.now()
    lease = {"expires_at": now + timedelta(seconds=30 - seen), **lease}
    Lease.objects.filter(pk=row.pk).update(last_seen_at=now - timedelta(seconds=seen), **lease)
    return row


def rows(client):
    answer = client.get(reverse("admin:recruitment_interview_wall_rows"))
    assert answer.status_code == 200
    return answer.context["wall"]


def lines(client) -> dict[str, list[tuple[str, str]]]:
    seen = rows(client)
    return {
        "running": [(str(r.interview.application.candidate), r.connection.name) for r in seen.running],
        "interrupted": [(str(r.interview.application.candidate), r.cause) for r in seen.interrupted],
    }


@pytest.mark.parametrize("name", PAGES)
def test_it_opens_for_hr_even_when_nobody_is_there(as_hr, name):
    answer = as_hr.get(reverse(f"admin:{name}"))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert rows(as_hr).running == []
    assert "live_state=scheduled" in answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", [people.manager, people.user, None])
def test_it_is_closed_to_everybody_else(client, name, who):
    running()
    if who:
        client.force_login(who())
    answer = client.get(reverse(f"admin:{name}"))
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("admin:login"))


@pytest.mark.parametrize("name", PAGES)
def test_it_is_only_read(as_hr, name):
    assert as_hr.post(reverse(f"admin:{name}")).status_code == 405


@pytest.mark.parametrize("name", PAGES)
def test_it_reads_as_much_for_three_as_for_one(as_hr, name):
    def read() -> int:
        as_hr.get(reverse(f"admin:{name}"))
        with CaptureQueriesContext(connection) as captured:
            as_hr.get(reverse(f"admin:{name}"))
        return len(captured)

    def more() -> None:
        row = running()
        segments.segment(segments.answer(row))
        RoomEntry.objects.create(interview=row, attempt=1, epoch=1, device={"platform": "Android"})
        make.interview(make.application(), state=InterviewState.INTERRUPTED)

    more()
    one = read()
    more()
    more()
    assert read() == one


ALL_LINES = [
    {"seen": 3},
    {"seen": 16},
    {"seen": 3, "visible": False},
    {"seen": 3, "visible": False, "is_leaving": True},
    {"seen": 3, "is_leaving": True},
    {"seen": 45, "expires_at": timezone.now() - timedelta(days=1)},
]


@pytest.mark.parametrize(
    ("lease", "name"),
    [
        ({"seen": 3}, "live"),
        ({"seen": 14}, "live"),
        ({"seen": 16}, "unsteady"),
        ({"seen": 3, "visible": False}, "hidden"),
        ({"seen": 40, "visible": False, "expires_at": timezone.now() + timedelta(days=999)}, "hidden"),
        ({"seen": 3, "visible": False, "is_leaving": True}, "leaving"),
    ],
)
def test_the_line_in_one_word(as_hr, lease, name):
    running(**lease)
    assert lines(as_hr) == {"running": [("张三", name)], "interrupted": []}


def test_a_lapsed_lease_is_gone_before_the_sweep_has_written_it(as_hr):
    row = running(seen=45, expires_at=timezone.now() - timedelta(seconds=15))
    assert lines(as_hr) == {"running": [], "interrupted": [("张三", "")]}
    assert Interview.objects.get(pk=row.pk).state == InterviewState.IN_PROGRESS
    interviews.interrupt(interview_id=row.pk, cause=None, evidence={}, by=Party.SYSTEM)
    assert lines(as_hr) == {"running": [], "interrupted": [("张三", "网络问题")]}
    assert rows(as_hr).interrupted[0].interview.follow_up_id == FollowUp.objects.get().pk


def test_while_we_could_not_hear_nobody_is_unsteady_and_the_wall_says_so(as_hr):
    running(seen=60, expires_at=timezone.now() - timedelta(seconds=30))
    beat(55)
    seen = rows(as_hr)
    assert (seen.is_deaf, [row.connection.name for row in seen.running], seen.interrupted) == (
        True,
        ["live"],
        [],
    )
    assert 'role="alert"' in as_hr.get(reverse("admin:recruitment_interview_wall_rows")).content.decode()
    Pulse.objects.all().delete()
    assert rows(as_hr).is_deaf


def test_only_what_runs_or_was_lost_in_the_last_hours(as_hr):
    running("在")
    for name, hours in (("刚走", 1), ("早走", 4)):
        application = make.application(candidate=make.candidate(name))
        at = timezone.now() - timedelta(hours=hours)
        make.interview(application, state=InterviewState.INTERRUPTED, interrupted_at=at)
    for state in (InterviewState.SCHEDULED, InterviewState.COMPLETED, InterviewState.CANCELLED):
        make.interview(state=state)
    assert lines(as_hr) == {"running": [("在", "live")], "interrupted": [("刚走", "网络问题")]}


def test_a_row_says_stage_device_medium_and_what_is_here(as_hr):
    row = running()
    make.saved_stage(row, 1)
    device = {"platform": "iPhone", "browser": "wxwork", "network": "4g", "medium": "audio"}
    RoomEntry.objects.create(
        interview=row, attempt=1, epoch=1, device={"platform": "Windows", "medium": "video"}
    )
    RoomEntry.objects.create(interview=row, attempt=1, epoch=2, device=device)
    recorded = segments.segment(segments.answer(row, stage=2), mime="video/webm")
    follow_ups.ask(interview_id=row.pk, note="请打电话")
    seen = rows(as_hr)
    [found] = seen.running
    assert (found.stage, found.interview.planned_count, found.interview.stage_title) == (2, 3, "专业问题")
    assert (found.device.name, found.device.medium) == ("iPhone · wxwork · 4g", Medium.AUDIO.label)
    assert found.silent_words == wall.duration(3)
    assert found.interview.last_piece == recorded.chunks.latest("seq").received_at
    assert (seen.figures.asking, seen.figures.steady, seen.figures.troubled) == (1, 1, 0)
    text = as_hr.get(reverse("admin:recruitment_interview_wall_rows")).content.decode()
    assert "kind__exact=asked" in text
    assert ">环节<" in text
    assert f'data-key="{row.pk}"' in text
    as_hr.cookies["django_language"] = "en"
    with pgtrigger.ignore("recruitment.Stage:published_stands"):
        Stage.objects.filter(version=row.version, number=2).update(title_en="Professional questions")
    assert rows(as_hr).running[0].interview.stage_title == "Professional questions"


def test_why_somebody_writes_instead_of_speaking_is_said_to_the_person_who_helps(as_hr):
    said = {
        "platform": "iPhone",
        "medium": "text",
        "camera": "NotAllowedError",
        "microphone": "odd",
        "upload_kbps": "90",
    }
    RoomEntry.objects.create(interview=running(), attempt=1, epoch=1, device=said)
    with translation.override("en"):
        words = devices.words(said)
        assert words == devices.DeviceWords(
            "iPhone · 90 kbit/s up", "Text", "camera: not allowed · microphone: odd"
        )
        assert devices.words({"medium": "file"}).medium == "File from the camera app"
        assert devices.words(None) == devices.words({"medium": ["x"]}) == devices.DeviceWords("", "", "")
    assert "90" in as_hr.get(reverse("admin:recruitment_interview_wall")).content.decode()


def test_without_a_choice_the_last_recording_tells_the_medium(as_hr):
    row = running()
    assert rows(as_hr).running[0].device.medium == ""
    segments.segment(segments.answer(row), mime="video/webm")
    assert rows(as_hr).running[0].device.medium == Medium.VIDEO.label


@pytest.mark.parametrize("kind", [InterviewKind.VENDOR, InterviewKind.PEOPLE])
def test_elsewhere_silence_says_nothing(as_hr, kind):
    row = running(seen=600, expires_at=timezone.now() + timedelta(hours=1))
    Interview.objects.filter(pk=row.pk).update(kind=kind)
    assert lines(as_hr)["running"] == [("张三", "elsewhere")]


def test_more_than_fit_are_counted_and_the_lost_have_their_own_places(as_hr, monkeypatch):
    monkeypatch.setattr(wall, "MOST_ROWS", 1)
    for name, lease in (("一", {}), ("二", {"seen": 20}), ("三", {"visible": False})):
        follow_ups.ask(interview_id=running(name, **lease).pk, note="请打电话")
    running("四", seen=45, expires_at=timezone.now() - timedelta(seconds=15))
    at = timezone.now() - timedelta(hours=1)
    make.interview(make.application(), state=InterviewState.INTERRUPTED, interrupted_at=at)

    seen = rows(as_hr)

    assert seen.figures == wall.Figures(running=3, interrupted=2, steady=1, asking=3)
    assert lines(as_hr) == {"running": [("一", "live")], "interrupted": [("四", "")]}
    assert seen.is_cut
    shown = as_hr.get(reverse("admin:recruitment_interview_wall_rows")).content.decode()
    figures = re.findall(r"<b>(\d+)</b>", shown)
    assert figures == ["3", "1", "2", "2", "3"]


@pytest.mark.parametrize("lease", ALL_LINES)
def test_the_figures_agree_with_the_rows(as_hr, lease):
    row = running(**lease)
    for kind in (InterviewKind.ROOM, InterviewKind.VENDOR):
        Interview.objects.filter(pk=row.pk).update(kind=kind)
        seen = rows(as_hr)
        names = [each.connection.name for each in seen.running]
        assert (seen.figures.running, seen.figures.interrupted) == (len(names), len(seen.interrupted))
        assert seen.figures.steady == sum(name in ("live", "elsewhere") for name in names)


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0, "0 s"), (59, "59 s"), (192, "3 min 12 s"), (7300, "2 h 1 min")]
)
def test_durations_in_words(seconds, words):
    with translation.override("en"):
        assert wall.duration(seconds) == words


def test_one_english_word_for_two_things_is_two_words_in_chinese():
    with translation.override("zh-hans"):
        assert [str(model._meta.verbose_name) for model in (Answer, Stage)] == ["作答", "环节"]
        assert str(Checkpoint._meta.get_field("stage").verbose_name) == "环节"
        assert str(Application._meta.get_field("stage").verbose_name) == "阶段"
        assert str(Attempt._meta.get_field("code").verbose_name) == "返回结果"
        assert gettext("Lost: %(cause)s") == "中途失联：%(cause)s"

"""Times are said with whose clock they are by, where the reader's shows another; and a candidate reads who writes."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import Settings

from messaging.channels.email import sender
from messaging.models import Message
from notifications.rendering import render
from notifications.templatetags.wording import moment, span
from people import zones
from people.actors import Party
from people.admin.zone import whose_clock
from recruitment.models import Candidate
from recruitment.services import interviews
from tests.factories import notifications as make
from tests.factories import people

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "said"),
    [
        ("zh-hans", "", "11月24日（周二）15:30"),
        ("zh-hans", "Asia/Shanghai", "11月24日（周二）15:30"),
        # Another name for the same clock is the same clock.
        ("zh-hans", "Asia/Singapore", "11月24日（周二）15:30"),
        ("zh-hans", "Europe/Berlin", "11月24日（周二）15:30（北京时间，您当地11月24日（周二）08:30）"),
        ("zh-hans", "America/New_York", "11月24日（周二）15:30（北京时间，您当地11月24日（周二）02:30）"),
        ("en", "", "Tue 24 Nov, 15:30 (Beijing time)"),
        ("en", "Europe/Berlin", "Tue 24 Nov, 15:30 (Beijing time; Tue 24 Nov, 08:30 your time)"),
        ("en", "no/zone", "Tue 24 Nov, 15:30 (Beijing time)"),
    ],
)
def test_a_moment_is_said_on_both_clocks_where_they_differ(language: str, zone: str, said: str) -> None:
    with translation.override(language), zones.reading_in(zone):
        assert moment(AT) == said


@pytest.mark.parametrize(
    ("language", "zone", "hours", "said"),
    [
        ("zh-hans", "", 1, "11月24日（周二）15:30至16:30"),
        ("zh-hans", "", 24, "11月24日（周二）15:30至11月25日（周三）15:30"),
        ("zh-hans", "Europe/Berlin", 1, "11月24日（周二）15:30至16:30（北京时间，您当地11月24日（周二）08:30至09:30）"),
        # One day there may be two here.
        (
            "zh-hans", "America/New_York", 9,
            "11月24日（周二）15:30至11月25日（周三）00:30（北京时间，您当地11月24日（周二）02:30至11:30）",
        ),
        ("en", "", 1, "Tue 24 Nov, 15:30 to 16:30 (Beijing time)"),
        ("en", "", 24, "Tue 24 Nov, 15:30 to Wed 25 Nov, 15:30 (Beijing time)"),
        ("en", "Europe/Berlin", 1, "Tue 24 Nov, 15:30 to 16:30 (Beijing time; Tue 24 Nov, 08:30 to 09:30 your time)"),
    ],
)  # fmt: skip
def test_a_span_names_the_day_once_and_the_clock_once(
    language: str, zone: str, hours: int, said: str
) -> None:
    with translation.override(language), zones.reading_in(zone):
        assert span(AT, AT + timedelta(hours=hours)) == said


def test_a_colleague_abroad_reads_both_times_and_one_at_home_the_companys() -> None:
    interview = make.house("in_progress")
    specialist = interview.application.opening.specialist
    specialist.time_zone = "Europe/Berlin"
    specialist.save()
    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, by=Party.SYSTEM, announced=True
    )
    told = {row.audience: row.body for row in Message.objects.filter(kind="interrupted")}
    assert {audience: "您当地" in body for audience, body in told.items()} == {
        "candidate": False,
        "specialist": True,
        "manager": False,
    }


@pytest.mark.parametrize(
    ("said", "kept"), [("Europe/Berlin", "Europe/Berlin"), ("../etc", ""), (None, ""), (7, "")]
)
def test_the_room_remembers_where_the_candidates_browser_is(said: Any, kept: str) -> None:
    interview = make.house("scheduled")
    interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE, device={"time_zone": said})
    assert Candidate.objects.get(pk=interview.application.candidate_id).time_zone == kept
    interviews.leave(
        interview_id=interview.pk, epoch=1, choice="leave", cause="network", note="", by=Party.CANDIDATE
    )
    body = Message.objects.get(kind="interrupted", audience="candidate").body
    assert ("您当地" in body) is bool(kept)


def test_a_zone_is_one_that_there_is() -> None:
    user = people.recruiter()
    user.time_zone = "Berlin"
    with pytest.raises(ValidationError) as refused:
        user.full_clean(exclude=["password"])
    assert refused.value.error_dict["time_zone"][0].code == "zone_unknown"


def test_a_colleague_abroad_sees_whose_clock_the_pages_go_by(client: Client, rf: Any) -> None:
    user = people.recruiter()
    request = rf.get("/")
    request.user = user
    assert whose_clock(request) is None
    user.time_zone = "Europe/Berlin"
    user.save()
    assert f"{timezone.localtime():%H}:" in str(whose_clock(request))
    client.force_login(user)
    assert "页面上的时间都是北京时间" in client.get(reverse("admin:index")).content.decode()


def test_a_candidate_reads_which_company_writes(settings: Settings) -> None:
    interview = make.house("scheduled")
    context = {
        "opening": "数据分析师",
        "candidate": "张三",
        "specialist": people.recruiter(),
        "promised_by": None,
        "with_people": False,
    }
    settings.COMPANY_NAME = "星河科技"
    subject, body = render(kind="completed", audience="candidate", language="zh-hans", context=context)
    assert subject.startswith("【星河科技】") and body.rstrip().endswith("星河科技人力资源部")
    subject, body = render(kind="completed", audience="candidate", language="en", context=context)
    assert subject.startswith("星河科技: ") and body.rstrip().endswith("Human Resources, 星河科技")
    assert sender().endswith("<hr@example.com>") and "HR Suite" not in sender()
    assert message_from_bytes(f"From: {sender()}\n\n".encode())["From"] == sender()

    settings.COMPANY_NAME = ""
    subject, body = render(kind="completed", audience="candidate", language="zh-hans", context=context)
    assert "【" not in subject and body.rstrip().endswith("\n人力资源部")
    assert sender() == settings.DEFAULT_FROM_EMAIL
    assert interview.application.opening.specialist.time_zone == ""


def test_which_zones_there_are_is_read_once_a_process() -> None:
    zones.known("Europe/Berlin")
    before = zones._zones.cache_info().misses
    assert [zones.known(name) for name in ("Asia/Tokyo", "", "Nowhere/Else", "Europe/Berlin")] == [
        "Asia/Tokyo", "", "", "Europe/Berlin",
    ]  # fmt: skip
    assert zones._zones.cache_info().misses == before

"""The guide: a day before, at once when booked later, anew for a new window, and by hand."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from core.errors import Forbidden, NotFound, Refused
from messaging.models import Message
from notifications import tasks
from notifications.services import guides
from people.actors import Party
from recruitment.models import Candidate, Interview
from recruitment.services import interviews, plans, scheduling
from tests.factories import notifications as make
from tests.factories import people, recruitment

pytestmark = pytest.mark.django_db


def window(hours: int) -> dict[str, object]:
    opens = timezone.now() + timedelta(hours=hours)
    return {"window_opens_at": opens, "window_closes_at": opens + timedelta(days=2)}


def sent() -> list[tuple[int, str]]:
    return list(Message.objects.filter(kind="guide").order_by("id").values_list("origin_id", "state"))


def test_it_goes_out_a_day_before_once() -> None:
    interview = make.house("scheduled", **window(48))
    make.house("in_progress")
    assert tasks.send_guides() == 0

    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=False):
        assert [tasks.send_guides(), tasks.send_guides()] == [1, 0]

    assert sent() == [(interview.pk, "planned")]


@pytest.mark.parametrize(
    ("language", "english", "said"),
    [
        ("zh-hans", "Bring a piece.", "请准备一份作品。"),
        ("en", "Bring a piece.", "Bring a piece."),
        ("en", "", "请准备一份作品。"),
    ],
)
def test_the_plans_notes_are_said_in_the_readers_language(language: str, english: str, said: str) -> None:
    interview = make.house("scheduled", **window(2))
    Candidate.objects.filter(pk=interview.application.candidate_id).update(language=language)
    draft = plans.edit(plan_id=interview.version.plan_id, by=Party.SYSTEM)
    draft.notes, draft.notes_en = "请准备一份作品。", english
    draft.save()
    plans.publish(version_id=draft.pk, by=Party.SYSTEM)
    guides.align(interview_id=interview.pk)
    body = Message.objects.get().body
    assert [words for words in ("请准备一份作品。", "Bring a piece.") if words in body] == [said]


def test_it_says_what_a_candidate_must_know() -> None:
    interview = make.house("scheduled", **window(2))
    draft = plans.edit(plan_id=interview.version.plan_id, by=Party.SYSTEM)
    draft.notes = "请准备一份作品。"
    draft.save()
    plans.publish(version_id=draft.pk, by=Party.SYSTEM)
    guides.align(interview_id=interview.pk)

    body = Message.objects.get().body
    specialist = interview.application.opening.specialist
    for words in (
        "“自我介绍”、“专业问题”、“情景模拟”，依次进行，共 3 个环节",
        "15 分钟",
        "请准备一份作品。",
        "没有必要请不要离开",
        f"请先联系{specialist.name}",
        specialist.email,
        "{room_link}",
    ):
        assert words in body


ROOM_WORDS = {
    "zh-hans": ("电量充足", "写下的回答和完成的环节都会保存", "{room_link}"),
    "en": ("a phone or computer with", "what you wrote and the stages you finished are saved", "{room_link}"),
}


def guide_of(kind: str, language: str, **fields: object) -> str:
    interview = make.house("scheduled", kind=kind, **window(2), **fields)
    Candidate.objects.filter(pk=interview.application.candidate_id).update(language=language)
    message = guides.align(interview_id=interview.pk)
    assert message is not None
    return message.body


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("第 2 轮面试由面试官与您面谈", "和谁谈：", "联系人：李招聘", "没有 AI 面试的环节")),
        (
            "en",
            (
                "(round 2) is a conversation with our interviewers",
                "interviewers of",
                "There are no AI stages",
            ),
        ),
    ],
)
def test_a_talk_with_people_knows_no_room_and_no_stages(language: str, words: tuple[str, ...]) -> None:
    body = guide_of("people", language, round=2)
    stages = {"zh-hans": "自我介绍", "en": "Steps:"}[language]
    assert [word for word in (*ROOM_WORDS[language], stages) if word in body] == []
    assert [word for word in words if word not in body] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("步骤：“自我介绍”", "合作的面试平台", "李招聘", "没有必要请不要离开")),
        ("en", ("Steps:", "a partner's platform", "Please do not leave unless you have to")),
    ],
)
def test_a_vendors_interview_promises_nothing_that_only_our_room_keeps(
    language: str, words: tuple[str, ...]
) -> None:
    body = guide_of("vendor", language)
    assert [word for word in ROOM_WORDS[language] if word in body] == []
    assert [word for word in words if word not in body] == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_our_own_rooms_guide_says_all_of_it(language: str) -> None:
    body = guide_of("room", language)
    assert [word for word in ROOM_WORDS[language] if word not in body] == []


def test_booked_later_it_goes_out_at_once() -> None:
    application = recruitment.application()
    opens = timezone.now() + timedelta(hours=3)
    interview = scheduling.schedule(
        application_id=application.pk, opens_at=opens, closes_at=opens + timedelta(hours=4), by=people.lead()
    )
    assert sent() == [(interview.pk, "planned")]


def test_a_new_window_has_its_own_guide_and_the_old_one_is_called_off() -> None:
    interview = make.house("scheduled", **window(2))
    guides.align(interview_id=interview.pk)
    opens = timezone.now() + timedelta(hours=72)

    scheduling.reschedule(
        interview_id=interview.pk, opens_at=opens, closes_at=opens + timedelta(days=1), by=Party.SYSTEM
    )
    assert sent() == [(interview.pk, "cancelled")]

    with time_machine.travel(opens - timedelta(hours=20), tick=False):
        assert tasks.send_guides() == 1
    assert sent() == [(interview.pk, "cancelled"), (interview.pk, "planned")]


def test_who_began_needs_no_guide() -> None:
    interview = make.house("scheduled", **window(-1))
    guides.align(interview_id=interview.pk)

    interviews.enter(interview_id=interview.pk, by=Party.CANDIDATE)

    assert sent() == [(interview.pk, "cancelled")]


def test_hr_sends_it_now_and_an_identical_one_not_again() -> None:
    interview = make.house("scheduled", **window(100))
    by = people.recruiter()

    first = guides.send_now(interview_id=interview.pk, by=by)
    assert guides.send_now(interview_id=interview.pk, by=by) == first
    Message.objects.update(state="accepted", accepted_at=timezone.now())
    with pytest.raises(Refused, match="guide_sent"):
        guides.send_now(interview_id=interview.pk, by=by)
    assert sent() == [(interview.pk, "accepted")]

    Message.objects.update(body="Other words, before the plan's notes were changed.")
    guides.send_now(interview_id=interview.pk, by=by)

    assert sent() == [(interview.pk, "accepted"), (interview.pk, "planned")]


def test_send_now_refuses_whom_and_what_it_must() -> None:
    interview = make.house("scheduled")
    with pytest.raises(Forbidden):
        guides.send_now(interview_id=interview.pk, by=people.manager())
    with pytest.raises(NotFound):
        guides.send_now(interview_id=0, by=people.lead())
    past = timezone.now() - timedelta(hours=1)
    Interview.objects.filter(pk=interview.pk).update(
        window_opens_at=past - timedelta(hours=1), window_closes_at=past
    )
    with pytest.raises(Refused, match="window_over"):
        guides.send_now(interview_id=interview.pk, by=people.lead())
    with pytest.raises(Refused, match="not_scheduled"):
        guides.send_now(interview_id=make.house("in_progress").pk, by=people.lead())
    assert sent() == []


def test_who_has_had_theirs_keeps_nobody_waiting(django_assert_num_queries: Any) -> None:
    now = timezone.now()
    for hours in (3, 2, 1):
        opens_at = now + timedelta(hours=hours, microseconds=999_999)
        make.house("scheduled", window_opens_at=opens_at, window_closes_at=opens_at + timedelta(days=1))
    assert [guides.send_due(limit=1) for _run in range(4)] == [1, 1, 1, 0]
    # What is tried, and who is due.
    with django_assert_num_queries(2):
        assert guides.send_due() == 0
    assert [state for _interview, state in sent()] == ["planned"] * 3

"""Guide and reminder while two wordings stand side by side: each side its words, noted when it is decided on."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from messaging.models import Message
from notifications import tasks
from notifications.services import guides
from people.actors import Party
from recruitment.enums import Side
from recruitment.experiments.services import running
from recruitment.models import Exposure
from recruitment.services import scheduling
from tests.factories import notifications as make
from tests.factories import people
from tests.recruitment.experiments import making

pytestmark = pytest.mark.django_db
OTHER = {
    "text_zh": "明天见：{{ opening }}\n{{ candidate }}，您好：\n{room_link}",
    "text_en": "See you: {{ opening }}\nDear {{ candidate }}\n{room_link}",
}


def window(hours: int) -> dict[str, object]:
    opens = timezone.now() + timedelta(hours=hours)
    return {"window_opens_at": opens, "window_closes_at": opens + timedelta(days=2)}


@pytest.mark.parametrize("side", [Side.USUAL, Side.OTHER])
def test_a_guide_is_in_the_words_of_its_side(side: Side) -> None:
    interview = make.house("scheduled", **window(2))
    experiment = making.started_with(interview.application, side, "guide", **OTHER)
    assert [tasks.send_guides(), tasks.send_guides()] == [1, 0]
    message = Message.objects.get(kind="guide")
    assert message.subject.endswith("明天见：数据分析师" if side == Side.OTHER else "面试指引：数据分析师")
    assert ("步骤" in message.body) == (side == Side.USUAL)
    assert Exposure.objects.values_list("experiment", "interview", "side").get() == (
        experiment.pk, interview.pk, side,
    )  # fmt: skip


def test_the_side_without_a_guide_gets_none_until_the_experiment_ends() -> None:
    interview = make.house("scheduled", **window(2))
    experiment = making.started_with(interview.application, Side.OTHER, "guide", leaves_out=True)
    assert guides.align(interview_id=interview.pk) is None
    assert tasks.send_guides() == 0
    assert Exposure.objects.get().side == Side.OTHER
    assert not Message.objects.filter(kind="guide").exists()
    # Whoever recruits may send it by hand all the same.
    running.end(experiment_id=experiment.pk, by=people.lead())
    assert tasks.send_guides() == 1


def test_by_hand_it_goes_out_whatever_is_tried() -> None:
    interview = make.house("scheduled", **window(2))
    making.started_with(interview.application, Side.OTHER, "guide", leaves_out=True)
    assert (
        guides.send_now(interview_id=interview.pk, by=interview.application.opening.specialist).kind
        == "guide"
    )


def test_a_guide_that_was_made_before_makes_no_difference() -> None:
    interview = make.house("scheduled", **window(2))
    assert tasks.send_guides() == 1
    making.started_with(interview.application, Side.OTHER, "guide", leaves_out=True)
    guides.align(interview_id=interview.pk)
    assert (tasks.send_guides(), Exposure.objects.count()) == (0, 0)
    assert Message.objects.get(kind="guide").state == "planned"


def test_a_new_window_keeps_the_side() -> None:
    interview = make.house("scheduled", **window(2))
    making.started_with(interview.application, Side.OTHER, "guide", **OTHER)
    assert tasks.send_guides() == 1
    opens = timezone.now() + timedelta(hours=5)
    scheduling.reschedule(
        interview_id=interview.pk, opens_at=opens, closes_at=opens + timedelta(days=1), by=Party.SYSTEM
    )
    assert [row.subject.endswith("明天见：数据分析师") for row in Message.objects.filter(kind="guide")] == [
        True,
        True,
    ]
    assert Exposure.objects.count() == 1


@pytest.mark.parametrize("side", [Side.USUAL, Side.OTHER])
def test_everybody_is_reminded_in_the_words_of_their_side(side: Side) -> None:
    now = timezone.now().replace(hour=3, minute=0)  # eleven in the morning
    with time_machine.travel(now, tick=False):
        interview = make.house("interrupted", resume_until=now + timedelta(hours=20))
        making.started_with(interview.application, side, "reminder", **OTHER)
        assert tasks.send_reminders() == 1
    assert ("明天见" in Message.objects.get(kind="reminder").subject) == (side == Side.OTHER)
    assert Exposure.objects.get().side == side

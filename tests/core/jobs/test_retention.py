"""What was kept as long as it is to be kept goes, the oldest first, with all that hangs on it; nothing else does."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from django_q.models import Task

from core import retention as ground
from core.errors import Refused
from core.events.models import Event, Reaction
from core.jobs import retention
from core.jobs.retention import forget_all
from core.jobs.tasks import tidy
from messaging import delivery
from messaging.models import Attempt, Delivery, Message
from messaging.services import messages
from tests.factories import clocks, people
from tests.factories import notifications as make

pytestmark = pytest.mark.django_db


def reaction(days: int, state: str = "done") -> Reaction:
    at = timezone.now() - timedelta(days=days)
    event = Event.objects.create(
        kind="x", subject_type="x", subject_id=1, origin_type="x", origin_id=1, at=at
    )
    done_at = at if state == "done" else None
    return Reaction.objects.create(
        event=event, name="a.b", subject_type="x", subject_id=1, state=state, done_at=done_at
    )


def test_what_receivers_did_goes_after_a_year_and_a_month_and_the_events_stay():
    old, owed, red, young = reaction(401), reaction(401, "pending"), reaction(401, "failed"), reaction(399)

    assert forget_all() == 1

    assert set(Reaction.objects.values_list("pk", flat=True)) == {owed.pk, red.pk, young.pk}
    assert Event.objects.filter(pk=old.event_id).exists()
    assert forget_all() == 0


def test_messages_go_after_three_years_with_every_way_they_went():
    with time_machine.travel(timezone.now() - timedelta(days=3 * 366 + 1), tick=False):
        old = make.message(key="old")
        delivery.deliver_due()
    young = make.message(interview=make.house("completed"), key="young")
    delivery.deliver_due()

    forget_all()

    assert list(Message.objects.values_list("pk", flat=True)) == [young.pk]
    assert set(Delivery.objects.values_list("message", flat=True)) == {young.pk}
    assert set(Attempt.objects.values_list("delivery__message", flat=True)) == {young.pk}
    assert old.pk != young.pk


def test_a_clock_that_was_set_forward_makes_nothing_old():
    kept = reaction(days=1)
    with clocks.set_forward(timedelta(days=4000)):
        assert forget_all() == 0
    assert set(Reaction.objects.values_list("pk", flat=True)) == {kept.pk}
    with time_machine.travel(timezone.now() + timedelta(days=4000), tick=False):
        assert forget_all() >= 1
    assert not Reaction.objects.exists()


def test_the_text_of_a_message_goes_before_the_message(monkeypatch: pytest.MonkeyPatch):
    """Batch by batch, each once; of what still goes out, and of whom is held, it stays."""
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    with time_machine.travel(timezone.now() - timedelta(days=367), tick=False):
        old = [make.message(key=f"old-{number}") for number in range(5)]
        delivery.deliver_due()
    young = make.message(interview=make.house("completed"), key="young")
    delivery.deliver_due()
    Message.objects.filter(pk=old[0].pk).update(state="planned", accepted_at=None)
    monkeypatch.setattr(retention, "held_records", lambda: {"messaging.message": {old[1].pk}})
    words = {row.pk: row.body for row in Message.objects.all()}

    assert (forget_all(), forget_all()) == (3, 0)

    for row in Message.objects.all():
        is_gone = row.pk in {one.pk for one in old[2:]}
        assert (row.body == "", row.text_gone_at is not None) == (is_gone, is_gone)
        assert is_gone or row.body == words[row.pk]
        assert row.shown_body.startswith("[正文已于 ") == is_gone
    assert Delivery.objects.count() == 6 and young.pk in words


def test_a_text_that_is_gone_is_not_sent_again():
    message = make.message()
    Message.objects.filter(pk=message.pk).update(state="failed", body="", text_gone_at=timezone.now())
    with pytest.raises(Refused) as refused:
        messages.send_again(message_id=message.pk, by=people.recruiter())
    assert refused.value.code == "text_gone"
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'message_with_text'")
        assert "text_gone_at IS NULL" in cursor.fetchone()[0]


def test_it_goes_on_batch_by_batch_and_takes_up_what_a_killed_night_left(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for _each in range(5):
        reaction(500)
    young = reaction(1)

    batches = iter([None, KeyboardInterrupt()])

    def killed(ids: list[int]) -> None:
        if error := next(batches):
            raise error

    [keep] = [keep for keep in ground.KEPT if keep.model is Reaction]
    with monkeypatch.context() as broken:
        broken.setattr(ground, "KEPT", [replace(keep, first=killed)])
        with pytest.raises(KeyboardInterrupt):
            forget_all()
    assert Reaction.objects.count() == 4

    assert forget_all() == 3
    assert list(Reaction.objects.values_list("pk", flat=True)) == [young.pk]


def test_what_may_not_go_holds_up_nothing_behind_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    stay = [reaction(500, state) for state in ("pending", "failed", "pending", "pending")]
    for _each in range(3):
        reaction(500)
    young = reaction(1)

    assert forget_all() == 3
    assert set(Reaction.objects.values_list("pk", flat=True)) == {*(row.pk for row in stay), young.pk}


def test_what_failed_jobs_left_goes_after_a_quarter_of_a_year():
    now = timezone.now()
    for name, days, went_well in (("old", 91, False), ("young", 89, False), ("well", 91, True)):
        at = now - timedelta(days=days)
        Task.objects.create(id=name, name=name, func="f", started=at, stopped=at, success=went_well)

    tidy()

    assert set(Task.objects.values_list("id", flat=True)) == {"young", "well"}

"""What no channel takes for hours has not been told; whoever was to be told outside an interview is called, too."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core.errors import DomainError
from messaging import health
from messaging.channels import Outcome
from messaging.models import Delivery, Message
from messaging.services import telling
from messaging.told import telling_now
from notifications.told import candidates_message
from people.actors import Party
from recruitment import telling as steps_words
from recruitment.models import Candidate, FollowUp, Interview
from recruitment.services import applications, calls, follow_ups
from tests.factories import notifications as make
from tests.factories import people
from tests.factories import recruitment as rows
from tests.factories.notifications import Provider
from tests.messaging.conftest import mail
from tests.recruitment.test_telling import kinds_of, new_window, send, to_candidate

__all__ = ["mail"]
pytestmark = pytest.mark.django_db

# What a server answers that asks to come again: for hours, if it likes.
BUSY = Outcome(state="retry", code="server_451")


def refused(mail: Provider) -> Message:
    """A new window that the mail server has just refused to take."""
    interview = make.house("scheduled")
    Candidate.objects.filter(pk=interview.application.candidate_id).update(phone="+8613800000001")
    mail.outcomes = [BUSY] * 40
    new_window(interview)
    # The specialist's own notice waits before the same server: this is about the candidate's.
    Message.objects.exclude(audience="candidate").delete()
    send()
    return to_candidate(interview)


def now(message: Message) -> str:
    return telling_now(Message.objects.with_telling().get(pk=message.pk)).state


def test_what_is_refused_for_a_minute_is_not_told_and_for_a_quarter_of_an_hour_is_called(
    mail: Provider, client: Client
) -> None:
    message = refused(mail)
    interview = Interview.objects.get(pk=message.origin_id)
    client.force_login(people.recruiter())
    assert (now(message), health.not_reached(), kinds_of(interview)) == ("trying", 0, [])
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert (now(message), health.not_reached()) == ("not_yet", 1)
        calls.watch()
        assert kinds_of(interview) == []  # a server that asks to come again is given its minutes
        start = client.get(reverse("admin:index")).content.decode()
        assert (start.count("138****0001"), "一直没送出去" in start) == (1, True)
        assert "13800000001" not in start
        panel = client.get(reverse("admin:recruitment_interview_change", args=[interview.pk]))
        assert "一直没送出去" in panel.content.decode()
        with translation.override("en"):
            words = steps_words.words(candidates_message(message), interview.application.candidate)
        assert words.startswith("The candidate has not been told (not taken by E-mail since")
        assert words.endswith("please call 138 0000 0001.")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        calls.watch()
        calls.watch()
        assert kinds_of(interview) == [("call", "open", "")]
        page = client.get(reverse("admin:recruitment_followup_change", args=[FollowUp.objects.get().pk]))
        assert "一直没送出去" in page.content.decode()


def test_while_a_limit_of_the_day_lasts_the_only_way_is_a_call_within_a_minute(
    mail: Provider, client: Client
) -> None:
    """Nothing takes it before tomorrow: it stands on the first page with the number, and somebody is asked to call."""
    interview = make.house("scheduled")
    Candidate.objects.filter(pk=interview.application.candidate_id).update(phone="+8613800000001")
    mail.outcomes = [
        Outcome(state="paused", code="sms_quota", retry_after_seconds=9 * 3600, try_next_channel=True,
                burns_attempt=False)
    ]  # fmt: skip
    new_window(interview)
    Message.objects.exclude(audience="candidate").delete()
    send()
    message = to_candidate(interview)
    calls.watch()
    assert (message.state, kinds_of(interview)) == ("planned", [])

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert now(message) == "not_yet"
        calls.watch()
        calls.watch()
        assert kinds_of(interview) == [("call", "open", "")]
        client.force_login(people.recruiter())
        start = client.get(reverse("admin:index")).content.decode()
        assert "138****0001" in start
    with time_machine.travel(timezone.now() + timedelta(hours=9, minutes=1)):
        send()
        assert now(message) == "accepted"
        calls.watch()
    assert list(FollowUp.objects.values_list("kind", "state", "outcome")) == [("call", "closed", "told")]


def test_taken_at_last_the_line_and_the_call_close_by_themselves(mail: Provider) -> None:
    message = refused(mail)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        calls.watch()
        mail.outcomes = []
        Delivery.objects.update(due_at=timezone.now())
        send()
        assert (now(message), health.not_reached()) == ("accepted", 0)
        calls.watch()
    assert list(FollowUp.objects.values_list("kind", "state", "outcome")) == [("call", "closed", "told")]


def test_who_was_called_meanwhile_is_called_once_and_the_message_still_goes_out(mail: Provider) -> None:
    message, by = refused(mail), people.recruiter()
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        calls.watch()
        follow_ups.close(follow_up_id=FollowUp.objects.get().pk, outcome="reached", by=by)
        calls.watch()
        assert (now(message), health.not_reached()) == ("otherwise", 0)
        assert list(FollowUp.objects.values_list("state", "outcome")) == [("closed", "reached")]
        mail.outcomes = []
        Delivery.objects.update(due_at=timezone.now())
        send()
        assert now(message) == "accepted"


def test_tries_that_end_leave_one_line_and_one_call(mail: Provider) -> None:
    message = refused(mail)
    for _try in range(30):
        Delivery.objects.update(due_at=timezone.now())
        send()
    message.refresh_from_db()
    assert (message.state, now(message), health.not_reached()) == ("failed", "failed", 1)
    calls.watch()
    assert list(FollowUp.objects.values_list("kind", "state")) == [("call", "open")]


def end_without_interview() -> Message:
    """A rejection that nobody can be written of, of somebody who had no interview."""
    application = rows.application(stage="screening")
    Candidate.objects.filter(pk=application.candidate_id).update(email="", phone="+8613800000001")
    applications.take_step(application_id=application.pk, step="reject", by=people.lead(), reason="另有人选")
    Delivery.objects.update(due_at=timezone.now())
    Message.objects.filter(state="planned").update(due_at=timezone.now())
    send()
    return Message.objects.get(audience="candidate", kind="rejected")


def test_the_end_of_an_application_without_interview_is_claimed_called_and_closed(client: Client) -> None:
    message, mine, other = end_without_interview(), people.recruiter(), people.recruiter(username="other")
    assert (message.origin, message.state, FollowUp.objects.count()) == (None, "failed", 0)
    page = reverse("admin:messaging_message_change", args=[message.pk])
    step = {name: reverse("admin:messaging_message_step", args=[message.pk, name])
            for name in ("claim", "called", "unreachable")}  # fmt: skip
    client.force_login(mine)
    start = client.get(reverse("admin:index")).content.decode()
    assert (start.count("138****0001"), start.count(f'href="{page}"')) == (1, 1)
    shown = client.get(page).content.decode()
    assert ("138 0000 0001" in shown, [address in shown for address in step.values()]) == (True, [True] * 3)

    assert client.get(step["claim"]).status_code == 405
    client.post(step["claim"])
    client.post(step["claim"])  # a second click
    assert str(mine) in client.get(reverse("admin:index")).content.decode()
    assert step["claim"] not in client.get(page).content.decode()
    with pytest.raises(DomainError, match="already_claimed"):
        telling.claim(message_id=message.pk, by=other)

    client.post(step["called"])
    message.refresh_from_db()
    assert (message.settled_how, message.claimed_by, health.not_reached()) == ("called", mine, 0)
    assert "tel:" not in client.get(reverse("admin:index")).content.decode()
    shown = client.get(page).content.decode()
    assert [address in shown for address in step.values()] == [False] * 3
    for again in (telling.claim, lambda **named: telling.close(how="unreachable", **named)):
        with pytest.raises(DomainError, match="message_needs_no_call"):
            again(message_id=message.pk, by=mine)


def test_who_has_left_holds_no_call_and_not_everybody_takes_one() -> None:
    message, gone, by = end_without_interview(), people.recruiter(), people.recruiter(username="other")
    telling.claim(message_id=message.pk, by=gone)
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    assert telling.claim(message_id=message.pk, by=by).claimed_by == by
    for refusal, wrong in {
        "not_permitted": lambda: telling.claim(message_id=message.pk, by=people.manager()),
        "outcome_unknown": lambda: telling.close(message_id=message.pk, how="later", by=by),
        "message_not_found": lambda: telling.claim(message_id=0, by=by),
        "person_required": lambda: telling.claim(message_id=message.pk, by=Party.SYSTEM),
    }.items():
        with pytest.raises(DomainError, match=refusal):
            wrong()
    closed = telling.close(message_id=message.pk, how="unreachable", by=by)
    assert (closed.settled_how, closed.claimed_by, health.not_reached()) == ("unreachable", by, 0)

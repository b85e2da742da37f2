"""Nobody is said to be told who was not: sentences have it from the deliveries, and whoever is not told is called."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core.admin.steps import Caution
from core.events.models import Event, Reaction
from messaging import delivery, health
from messaging.channels import Outcome
from messaging.models import Delivery, Message
from messaging.services import messages
from messaging.told import telling_of
from notifications.services import follow_ups as said
from people.models import User
from recruitment.admin import timeline
from recruitment.models import Candidate, FollowUp, Interview
from recruitment.offers.services import offers
from recruitment.services import applications, calls, endings, follow_ups, interviews, overdue, scheduling
from recruitment.telling import and_told
from tests.factories import notifications as make
from tests.factories import people
from tests.factories import recruitment as rows
from tests.factories.notifications import Provider
from tests.messaging.conftest import mail
from tests.recruitment.offers.test_offers import Story, calendar

__all__ = ["calendar", "mail"]
pytestmark = pytest.mark.django_db


def without_address(state: str = "scheduled", phone: str = "13800000001", **fields) -> Interview:
    """Somebody whom no channel reaches."""
    interview = make.house(state, **fields)
    Candidate.objects.filter(pk=interview.application.candidate_id).update(email="", phone=phone)
    return Interview.objects.get(pk=interview.pk)


def new_window(interview: Interview, by: User | None = None, days: int = 3) -> None:
    opens_at = timezone.now() + timedelta(days=days)
    scheduling.reschedule(
        interview_id=interview.pk,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
        by=by or people.lead(),
    )


def send() -> None:
    while delivery.deliver_due():
        pass


def to_candidate(interview: Interview) -> Message:
    return Message.objects.belonging_to(interview).filter(audience="candidate").latest("pk")


def kinds_of(interview: Interview) -> list[tuple[str, str, str]]:
    return list(
        FollowUp.objects.filter(interview=interview).order_by("pk").values_list("kind", "state", "outcome")
    )


@pytest.mark.parametrize(
    ("email", "phone", "words"),
    [
        ("a@example.com", "13800000001", "Done. Message to the candidate: on its way (E-mail)."),
        (
            "",
            "13800000001",
            "Done. The candidate has not been told (no way to reach): please call 138 0000 0001.",
        ),
        ("", "", "Done. The candidate has not been told (no way to reach), and no number is on file."),
    ],
)
def test_a_step_says_what_became_of_its_message(email: str, phone: str, words: str) -> None:
    interview = make.house("scheduled")
    Candidate.objects.filter(pk=interview.application.candidate_id).update(email=email, phone=phone)
    new_window(interview)
    with translation.override("en"):
        said = and_told("Done.", Candidate.objects.get(pk=interview.application.candidate_id))
    # What is left to be done by hand is not shown in green.
    assert (said, isinstance(said, Caution)) == (words, not email)


def test_a_step_of_which_nothing_is_said_says_so() -> None:
    with translation.override("en"):
        assert and_told("Done.", rows.candidate()) == "Done. No message to the candidate came of this."


@pytest.mark.parametrize(
    ("outcome", "state", "words"),
    [
        (Outcome(state="accepted", provider_id="1"), "accepted", "E-mail, sent"),
        (Outcome(state="accepted", provider_id="ledger"), "kept", "not sent: no mail server is connected"),
        (Outcome(state="failed", code="recipient_550"), "failed", "could not be sent (E-mail)"),
        (Outcome(state="ambiguous", code="connection_lost"), "perhaps", "E-mail, perhaps sent"),
        (Outcome(state="retry", code="connection"), "trying", "not sent yet: E-mail does not take it now"),
    ],
)
def test_each_end_of_a_delivery_has_its_words(
    mail: Provider, outcome: Outcome, state: str, words: str
) -> None:
    message = make.message()
    mail.outcomes = [outcome]
    delivery.deliver_due(limit=1)
    message = Message.objects.with_telling().get(pk=message.pk)
    with translation.override("en"):
        assert (telling_of(message).state, words in str(telling_of(message))) == (state, True)


def test_what_waits_and_what_was_called_off_has_its_words() -> None:
    message = make.message(due_at=timezone.now() + timedelta(hours=2))
    assert telling_of(message).state == "later"
    assert telling_of(message, can_be_reached=False).state == "no_way"
    for state, told in [("planned", "on_its_way"), ("sending", "on_its_way"), ("coalesced", "joined"),
                        ("cancelled", "not_sent"), ("expired", "not_sent")]:  # fmt: skip
        Message.objects.update(state=state, due_at=timezone.now())
        assert telling_of(Message.objects.with_telling().get()).state == told


def test_a_colleague_reads_when_and_how_the_candidate_was_told(mail: Provider) -> None:
    interview = make.house("scheduled")
    new_window(interview)
    specialist = Message.objects.get(kind="rescheduled", audience="specialist")
    assert "{candidate_told}" in specialist.body and "填入" in specialist.shown_body

    send()

    sent = timezone.localtime(to_candidate(interview).accepted_at)
    [told] = [one.body for one in mail.sent if one.subject == specialist.subject]
    assert f"给候选人的通知：邮件，{sent.month}-{sent.day} {sent:%H:%M} 已发出。" in told
    # Kept as it was sent: a repeat says the same.
    specialist.refresh_from_db()
    assert specialist.shown_body == told == specialist.body_now


def test_a_colleague_never_reads_that_somebody_was_told_whom_every_channel_refused(mail: Provider) -> None:
    interview = without_address("scheduled")
    Candidate.objects.update(email="wrong@example.com")
    mail.outcomes = [Outcome(state="failed", code="recipient_550")]
    new_window(interview)
    send()
    body = Message.objects.get(kind="rescheduled", audience="specialist").body
    assert "候选人还不知情（没能发出（邮件）），请打电话：138 0000 0001。" in body
    assert "已发出" not in body


def test_a_manager_reads_that_a_recruiter_will_call_and_no_number() -> None:
    interview = without_address("scheduled")
    endings.miss(interview_id=_over(interview).pk)
    send()
    body = Message.objects.get(kind="missed", audience="manager").body
    assert "将由招聘专员打电话告知" in body
    assert "138 0000 0001" not in body


def _over(interview: Interview) -> Interview:
    past = timezone.now() - timedelta(hours=1)
    Interview.objects.filter(pk=interview.pk).update(
        window_opens_at=past - timedelta(hours=1), window_closes_at=past
    )
    return interview


def test_whom_no_channel_reaches_is_called_instead_by_one_follow_up(client: Client) -> None:
    interview = without_address()
    new_window(interview)
    send()

    assert kinds_of(interview) == [("call", "open", "")]
    call = FollowUp.objects.get()
    assert abs(call.due_at - call.opened_at - timedelta(hours=24)) < timedelta(seconds=1)
    note = Message.objects.get(kind="call_instead")
    assert (note.user, "请在" in note.body, "138 0000 0001" in note.body) == (call.assignee, True, True)
    assert "您的面试时间已更新" in note.body and "没有可用的联系方式" in note.body
    assert Event.objects.filter(kind="message_unreached").get().origin_id == interview.pk

    # Another window, and the pump once more: still one, for the person and the interview.
    new_window(interview, days=4)
    send()
    calls.watch()
    assert kinds_of(interview) == [("call", "open", "")]

    client.force_login(people.recruiter())
    start = client.get(reverse("admin:index")).content.decode()
    in_full = reverse(
        "admin:recruitment_candidate_step", args=[interview.application.candidate_id, "show-in-full"]
    )
    assert start.count(f'<a href="{in_full}">138****0001</a>') == 1
    page = client.get(reverse("admin:recruitment_followup_change", args=[call.pk])).content.decode()
    assert "请打电话告知：138 0000 0001" in page
    assert (
        "有通知没送到，请打电话告知"
        in client.get(reverse("admin:recruitment_followup_changelist")).content.decode()
    )
    ledger = client.get(reverse("admin:messaging_message_changelist"), {"reached": "nobody"})
    # The newer window is what is true now: the older one needs no call any more.
    assert [row.pk for row in ledger.context["cl"].result_list] == [to_candidate(interview).pk]


def test_what_is_about_to_happen_is_told_before_it_does() -> None:
    interview = without_address()
    opens_at = timezone.now() + timedelta(hours=5)
    scheduling.reschedule(
        interview_id=interview.pk,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
        by=people.lead(),
    )
    send()
    assert FollowUp.objects.get().due_at == opens_at


def test_an_exit_that_nobody_can_be_told_of_has_one_call_for_both() -> None:
    interview = without_address("in_progress")
    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, by=people.lead(), announced=True
    )
    send()
    calls.watch()
    assert kinds_of(interview) == [("exit", "open", "")]
    assert health.not_reached() == 1
    body = Message.objects.get(kind="follow_up").body
    assert "候选人还不知情（没有可用的联系方式），请打电话：138 0000 0001。" in body


def test_who_was_reached_by_phone_was_told(client: Client) -> None:
    interview, by = without_address(), people.recruiter()
    new_window(interview)
    send()
    assert health.not_reached() == 1

    follow_ups.record_contact(follow_up_id=FollowUp.objects.get().pk, by=by, channel="phone", reached=False)
    assert (kinds_of(interview), health.not_reached()) == ([("call", "open", "")], 1)
    follow_ups.record_contact(follow_up_id=FollowUp.objects.get().pk, by=by, channel="phone", reached=True)
    calls.watch()

    assert (kinds_of(interview), health.not_reached()) == ([("call", "closed", "reached")], 0)
    told = to_candidate(interview)
    assert (told.state, told.settled_how) == ("failed", "called")
    with translation.override("en"):
        assert str(telling_of(told)).startswith("could not be sent; told by a colleague")


def test_who_could_not_be_reached_by_phone_either_is_not_asked_for_again() -> None:
    interview = without_address()
    new_window(interview)
    send()
    follow_ups.close(follow_up_id=FollowUp.objects.get().pk, outcome="unreachable", by=people.recruiter())
    calls.watch()
    assert (kinds_of(interview), health.not_reached()) == ([("call", "closed", "unreachable")], 0)
    assert to_candidate(interview).settled_how == "unreachable"


def test_sent_again_to_an_address_on_file_it_closes_by_itself(mail: Provider) -> None:
    interview = without_address()
    mail.outcomes = [Outcome(state="failed", code="address")]
    new_window(interview)
    send()
    Candidate.objects.update(email="right@example.com")
    messages.send_again(message_id=to_candidate(interview).pk, by=people.recruiter())
    calls.watch()
    assert kinds_of(interview) == [("call", "open", "")]  # not told yet

    send()
    calls.watch()
    assert (kinds_of(interview), health.not_reached()) == ([("call", "closed", "told")], 0)


def test_a_later_message_that_arrives_tells_as_well(mail: Provider) -> None:
    interview = without_address()
    mail.outcomes = [Outcome(state="failed", code="address")]
    new_window(interview)
    send()
    Candidate.objects.update(email="right@example.com")
    new_window(interview, days=5)
    send()
    calls.watch()
    assert kinds_of(interview) == [("call", "closed", "told")]
    first = Message.objects.filter(kind="rescheduled", audience="candidate").earliest("pk")
    assert first.settled_how == "later"


def test_what_is_not_true_any_more_needs_no_call() -> None:
    interview = without_address()
    new_window(interview)
    send()
    Interview.objects.filter(pk=interview.pk).update(window_opens_at=timezone.now() - timedelta(hours=1))
    interviews.enter(interview_id=interview.pk, by=people.lead())
    calls.watch()
    assert (kinds_of(interview), health.not_reached()) == ([("call", "closed", "told")], 0)
    assert to_candidate(interview).settled_how == "overtaken"


def test_a_message_that_failed_before_there_were_calls_has_its_call_within_a_minute() -> None:
    interview = without_address()
    new_window(interview)
    Message.objects.filter(audience="candidate").update(state="failed")
    calls.watch()
    assert kinds_of(interview) == [("call", "open", "")]


def test_the_end_of_an_application_is_told_by_phone_as_well() -> None:
    interview = without_address("completed")
    applications.take_step(
        application_id=interview.application_id, step="reject", by=people.lead(), reason="another was chosen"
    )
    Delivery.objects.update(due_at=timezone.now())
    Message.objects.filter(state="planned").update(due_at=timezone.now())
    send()
    assert [
        (row.kind, row.state) for row in Message.objects.filter(audience="candidate", kind="rejected")
    ] == [("rejected", "failed")]
    assert kinds_of(interview) == [("call", "open", "")]


def test_nobody_promised_them_a_call_so_nobody_apologises() -> None:
    interview = without_address()
    new_window(interview)
    send()
    Candidate.objects.update(email="late@example.com")
    FollowUp.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    overdue.watch()
    late = Message.objects.filter(kind="follow_up_late")
    assert set(late.values_list("audience", flat=True)) == {"lead"}
    assert "通知没有送到，需要打电话告知" in late[0].body
    assert said.KINDS.keys() == {kind for kind, _label in FollowUp._meta.get_field("kind").choices}


def test_the_story_says_who_was_told_of_a_late_call_and_who_was_not(mail: Provider) -> None:
    interview = make.house("in_progress")
    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, by=people.lead(), announced=True
    )
    FollowUp.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    overdue.watch()
    with translation.override("en"):
        [late] = [one.text for one in timeline.of(interview) if "promised time" in one.text]
        assert late.startswith("The promised time to call has passed.") and "on its way" in late
        send()
        [late] = [one.text for one in timeline.of(interview) if "promised time" in one.text]
        assert "E-mail, sent" in late and "on its way" not in late
        Message.objects.filter(event__kind="follow_up_late").delete()
        [late] = [one.text for one in timeline.of(interview) if "promised time" in one.text]
        assert late == "The promised time to call has passed. Nobody was told."


def test_a_failing_call_costs_the_outbox_nothing(mail: Provider) -> None:
    interview = without_address()
    mail.outcomes = [Outcome(state="failed", code="address")]
    new_window(interview)
    send()
    assert set(Reaction.objects.filter(event__kind="message_unreached").values_list("name", "state")) == {
        ("recruitment.call_instead", "done")
    }


def test_without_a_mail_server_every_page_says_that_nothing_leaves_the_house(
    client: Client, settings
) -> None:
    client.force_login(people.recruiter())
    pages = [reverse("admin:index"), reverse("admin:recruitment_candidate_changelist")]
    settings.MAIL_IS_CONNECTED = False
    assert ["不会真正发出" in client.get(page).content.decode() for page in pages] == [True, True]
    settings.MAIL_IS_CONNECTED = True
    assert ["不会真正发出" in client.get(page).content.decode() for page in pages] == [False, False]


def test_the_step_that_ends_an_application_says_when_its_message_goes_out(client: Client) -> None:
    interview = make.house("completed")
    client.force_login(people.lead())
    address = reverse("admin:recruitment_application_step", args=[interview.application_id, "reject"])
    page = client.post(address, {"reason": "另有合适人选"}, follow=True).content.decode()
    assert "给候选人的通知：" in page
    Candidate.objects.update(email="")
    reopen = reverse("admin:recruitment_application_step", args=[interview.application_id, "reopen"])
    assert client.post(reopen, {"reason": "再看一次"}).status_code == 302
    page = client.post(address, {"reason": "另有合适人选"}, follow=True).content.decode()
    assert "候选人还不知情" in page


@pytest.mark.parametrize("arrives", [True, False])
def test_a_manager_reads_of_an_offer_how_the_candidate_was_told(mail: Provider, arrives: bool) -> None:
    """Sent by us is not told: what the message to the candidate came to is read when the manager's goes out."""
    story = Story("张三")
    department = story.opening.department
    department.manager = people.manager(department, name="孙经理", email="sun@example.com")
    department.save()
    made = story.made()
    offers.approve(offer_id=made.pk, by=story.other)
    if not arrives:
        mail.outcomes = [Outcome(state="failed", code="recipient_550")]
    Message.objects.filter(state="planned").delete()
    offers.send(offer_id=made.pk, by=story.maker)
    send()
    theirs = Message.objects.get(kind="offer_sent", audience="candidate")
    assert theirs.state == ("accepted" if arrives else "failed")
    body = Message.objects.get(kind="offer_sent", audience="manager").shown_body
    assert ("已发出" in body, "候选人还不知情" in body) == (arrives, not arrives)

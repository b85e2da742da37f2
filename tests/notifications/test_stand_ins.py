"""Who is told is decided when it is told: what was for a closed account goes to whoever acts for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from messaging import delivery
from messaging.models import Delivery, Message
from people.actors import Party
from people.models import User
from recruitment.services import interviews
from reports import saved, sending, writing
from reports.models import SavedView
from tests.factories import notifications as make
from tests.factories import people, recruitment
from tests.factories.notifications import Provider

pytestmark = pytest.mark.django_db


def close(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def test_the_specialists_messages_go_to_a_colleague(mail: Provider) -> None:
    interview = make.house()
    colleague = people.recruiter(email="other@example.com", wecom_userid="")
    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
    )
    close(interview.application.opening.specialist)

    delivery.deliver_due()

    mine = Message.objects.filter(audience="specialist")
    assert {(row.user, row.recipient_name, row.state) for row in mine} == {
        (colleague, colleague.name, "accepted")
    }
    assert [one.recipient_address for one in mail.sent].count("other@example.com") == mine.count() == 2
    assert all(row.idem_key.endswith(f":user-{colleague.pk}") for row in mine)


@pytest.mark.parametrize(
    ("audience", "role"), [("manager", None), ("onboarding", "onboarding"), ("training", "training")]
)
def test_so_do_those_of_the_others(mail: Provider, audience: str, role: str | None) -> None:
    interview = make.house("completed")
    department = interview.application.opening.department
    gone = people.user(email="gone@example.com")
    close(gone)
    message = make.message(gone, kind="cancelled", interview=interview)
    Message.objects.update(audience=audience)

    delivery.deliver_due()

    message.refresh_from_db()
    acting = department.manager if role is None else User.objects.with_role(role).first()
    assert (message.user, message.state) == (acting, "accepted")
    assert "gone@example.com" not in [one.recipient_address for one in mail.sent]


def test_who_has_had_the_same_message_is_not_told_twice(mail: Provider) -> None:
    interview = make.house("completed")
    first = User.objects.with_role("lead").get()
    second = people.lead(email="second@example.com")
    for lead in (first, second):
        make.message(
            lead,
            kind="invitation_overdue",
            audience="lead",
            interview=interview,
            key=f"k:user-{lead.pk}",
            context={"reason": "reaction_failed", "stage": "评估中"},
        )
    close(second)

    delivery.deliver_due()

    states = dict(Message.objects.values_list("user", "state"))
    assert states == {first.pk: "accepted", second.pk: "cancelled"}
    assert Message.objects.get(user=second).cancelled_reason == "told_already"


def test_without_anybody_who_acts_it_goes_where_it_was_to_go(mail: Provider) -> None:
    only = people.recruiter(email="only@example.com", wecom_userid="")
    message = make.message(only, interview=make.house("completed"))
    User.objects.update(is_active=False)

    delivery.deliver_due()

    message.refresh_from_db()
    assert (message.user, message.state) == (only, "accepted")
    assert message.accepted_at is not None and message.accepted_at <= timezone.now()


@pytest.mark.parametrize(
    ("became", "wanted"),
    [({}, "accepted"), ({"is_active": False}, "cancelled"), ({"roles": ["interviewer"]}, "cancelled")],
)
def test_reports_go_to_nobody_who_left_or_may_not_read_them_any_more(
    mail: Provider, became: dict[str, Any], wanted: str
) -> None:
    lead = people.lead(email="lead@example.com", wecom_userid="")
    manager = people.manager(email="manager@example.com", wecom_userid="")
    recruitment.opening(manager.department)
    saved.keep(name="每周漏斗", report="efficiency", filters={}, by=lead, rhythm="weekly")
    SavedView.objects.update(saved_at=timezone.now() - timedelta(days=8))
    assert (sending.send_due(), writing.write_letters()) == (1, 2)
    Delivery.objects.update(due_at=timezone.now())
    User.objects.update(**became)

    delivery.deliver_due()

    assert list(Message.objects.values_list("state", flat=True)) == [wanted] * 3

"""Whoever has an address can be told something: an employee without an account, without any row of recruitment."""

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from messaging import addressbook, delivery, kinds
from messaging.kinds import Audience, MessageKind
from messaging.models import Delivery, Message
from messaging.refs import Ref, ref
from messaging.services.deciding import Brief, Need, bring
from people.models import Employee, User
from people.rules import is_lead
from recruitment.models import Candidate, Interview
from tests.factories import notifications as make
from tests.factories import people
from tests.factories.notifications import Provider

pytestmark = pytest.mark.django_db


def words(*, kind: str, audience: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """Two lines in two languages."""
    month = context["month"]
    if language == "en":
        return f"Payslip for {month}", "It lies in the usual place.\n"
    return f"{month} 工资单", "请在老地方查看。\n"


PAYSLIP = MessageKind(
    code="payslip",
    title="Payslip",
    audiences=("employee",),
    words=words,
    holds=lambda message: message.topic_type == "people.department",
    family="payslip",
    read_by=is_lead,
)


@pytest.fixture(autouse=True)
def payroll() -> Iterator[None]:
    """What an app of later declares in its `ready()`."""
    kinds.register([PAYSLIP], audiences=[Audience(code="employee", title="Employee")])
    yield
    del kinds._kinds["payslip"], kinds._audiences["employee"]


def employee(**fields: Any) -> Employee:
    values = {"number": "E1", "name": "钱员工", "position": "工程师", "email": "qian@example.com", **fields}
    return Employee.objects.create(department=people.department(), **values)


def tell(person: Employee | User, *, month: str = "2026-11") -> list[Message]:
    assert person.department is not None
    need = Need(
        kind=PAYSLIP, audience="employee", to=person, key=f"payslip:{month}", context={"month": month}
    )
    brief = Brief(
        topic=ref(person.department), needs=[need], kinds=kinds.family("payslip"), audiences=["employee"]
    )
    return bring(brief)


def test_an_employee_without_an_account_is_told_by_mail(mail: Provider) -> None:
    person = employee()

    [message] = tell(person)
    assert delivery.deliver_due() == 1

    [sent] = mail.sent
    assert (sent.recipient_address, sent.subject, sent.body) == (
        "qian@example.com",
        "2026-11 工资单",
        "请在老地方查看。\n",
    )
    message.refresh_from_db()
    assert (message.state, message.user, message.recipient_name, message.origin) == (
        "accepted",
        None,
        "钱员工",
        None,
    )
    assert Ref(message.addressee_type, message.addressee_id or 0) == ref(person)
    assert list(Message.objects.to(person)) == [message]
    assert (User.objects.count(), Candidate.objects.count(), Interview.objects.count()) == (0, 0, 0)


def test_or_on_wecom_where_they_are_known_there(mail: Provider, wecom: Provider) -> None:
    tell(employee(wecom_userid="qian"))
    delivery.deliver_due()
    assert ([one.recipient_address for one in wecom.sent], mail.sent) == (["qian"], [])


def test_the_address_is_the_one_of_the_moment_in_which_it_is_sent(mail: Provider) -> None:
    person = employee()
    tell(person)
    Employee.objects.filter(pk=person.pk).update(email="new@example.com")
    delivery.deliver_due()
    assert [one.recipient_address for one in mail.sent] == ["new@example.com"]


def test_whom_nothing_reaches_shows_as_failed() -> None:
    [message] = tell(employee(email=""))
    delivery.deliver_due()
    message.refresh_from_db()
    assert (message.state, list(message.deliveries.values_list("channel", "last_code"))) == (
        "failed",
        [("email", "address")],
    )


def test_who_is_gone_is_not_written_to(mail: Provider) -> None:
    person = employee()
    [message] = tell(person)
    person.delete()
    delivery.deliver_due()
    message.refresh_from_db()
    assert (message.state, message.cancelled_reason, mail.sent) == ("failed", "recipient_gone", [])
    assert list(Delivery.objects.values_list("state", flat=True)) == ["cancelled"]


def test_the_same_need_is_answered_once_and_another_calls_it_off() -> None:
    person = employee()
    [first] = tell(person)
    assert tell(person) == []
    [second] = tell(person, month="2026-12")
    assert dict(Message.objects.values_list("pk", "state")) == {first.pk: "cancelled", second.pk: "planned"}


def test_an_employee_with_an_account_reads_their_own_language(mail: Provider) -> None:
    tell(people.user(department=people.department(), language="en", email="en@example.com", wecom_userid=""))
    delivery.deliver_due()
    assert [one.subject for one in mail.sent] == ["Payslip for 2026-11"]


def test_a_kind_may_be_read_by_fewer_than_hr() -> None:
    [secret] = tell(employee())
    plain = make.message()
    assert set(Message.objects.visible_to(people.lead())) == {secret, plain}
    assert set(Message.objects.visible_to(people.recruiter())) == {plain}
    assert set(Message.objects.visible_to(people.manager())) == set()
    api = APIClient()
    api.force_authenticate(people.recruiter())
    assert api.get(f"/api/v1/messages/{secret.pk}/").status_code == 404
    assert [row["id"] for row in api.get("/api/v1/messages/").json()["results"]] == [plain.pk]


def test_what_is_in_no_address_book_cannot_be_told() -> None:
    with pytest.raises(LookupError):
        addressbook.entry_of(people.department())
    with pytest.raises(LookupError):
        addressbook.look_up(Ref("people.department", 1))


def test_a_deleted_candidate_or_interview_takes_its_messages_along() -> None:
    interview = make.house("completed")
    about = make.message(interview=interview)
    other = make.message(key="other")
    candidate = make.candidate_of(other)
    assert Message.objects.to(candidate).get() == other

    Message.objects.filter(pk=other.pk).update(origin_type="", origin_id=None)
    candidate.applications.get().interviews.all().delete()
    candidate.applications.all().delete()
    candidate.delete()
    assert list(Message.objects.all()) == [about]

    interview.delete()
    assert not Message.objects.exists()

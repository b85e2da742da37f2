"""The messages on an interview's page, and the guide by hand."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from messaging.models import Message
from notifications.admin.panel import MESSAGES
from people.models import User
from recruitment.models import Interview
from tests.factories import notifications as make
from tests.factories import people

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_guide_is_sent_from_the_interviews_page() -> None:
    interview = make.house("scheduled")
    address = reverse("admin:recruitment_interview_step", args=[interview.pk, "send-guide"])
    request = RequestFactory().get("/")
    request.user = people.recruiter()
    assert address in MESSAGES(request, interview)
    assert signed_in(people.manager()).post(address).status_code == 302
    client = signed_in(people.recruiter())
    assert client.get(address).status_code == 405
    assert not Message.objects.exists()

    answer = client.post(address)

    assert answer.headers["Location"] == reverse("admin:recruitment_interview_change", args=[interview.pk])
    assert make.told(interview) == [("candidate", "guide", "planned")]


def test_the_panel_lists_the_messages_of_its_interview() -> None:
    message = make.message()
    make.message(key="other")
    request = RequestFactory().get("/")
    request.user = people.recruiter()

    html = MESSAGES(request, Interview.objects.get(pk=message.origin_id))

    assert html.count("<details>") == 1
    assert message.subject in html
    request.user = people.manager()
    assert MESSAGES(request, Interview.objects.get(pk=message.origin_id)) == ""

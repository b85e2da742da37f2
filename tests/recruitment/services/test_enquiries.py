"""Each asking is counted once: of a colleague, on the own page, in WeChat, by opening the page."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from people.actors import Party
from recruitment.models import Application, CandidateNote, Enquiry, FollowUp, Interview
from recruitment.services import follow_ups, links, notes
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def counted() -> list[tuple[int, str]]:
    return list(Enquiry.objects.order_by("pk").values_list("application", "way"))


@pytest.fixture
def application() -> Application:
    return make.interview(state="interrupted").application


def test_what_a_colleague_notes_is_one_enquiry_however_often_it_is_clicked(application: Application) -> None:
    by = people.recruiter()
    for _time in range(2):
        notes.log_enquiry(application_id=application.pk, by=by)
    assert (counted(), CandidateNote.objects.count()) == ([(application.pk, "colleague")], 1)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        notes.log_enquiry(application_id=application.pk, by=by)
    assert counted() == [(application.pk, "colleague")] * 2


def test_what_is_asked_on_the_own_page_is_one_until_it_is_answered(application: Application) -> None:
    interview = Interview.objects.get(application=application)
    for words in ("什么时候有结果？", "还有人在吗？"):
        follow_ups.ask(interview_id=interview.pk, note=words)
    assert (counted(), FollowUp.objects.filter(kind="asked").count()) == ([(application.pk, "page")], 1)


def test_what_is_asked_in_wechat_is_one_within_the_hour(application: Application) -> None:
    for _time in range(2):
        notes.enquired(application)
    assert counted() == [(application.pk, "wechat")]
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        notes.enquired(application)
    assert counted() == [(application.pk, "wechat")] * 2


def test_whoever_opens_a_page_with_nothing_to_do_asks_how_it_stands() -> None:
    """Reading what the link leads to does not, and neither does whoever comes to take the interview."""
    there, goes_on = (make.interview(state=state) for state in ("completed", "interrupted"))
    client = Client()
    for one in (there, goes_on):
        address = f"/i/{links.mint(interview_id=one.pk, by=Party.SYSTEM)}"
        assert client.get(address).status_code == 200
        for _click in range(2):
            assert client.post(address).status_code == 302
    assert counted() == [(there.application_id, "opened")]
    address = f"/i/{links.mint(interview_id=there.pk, by=Party.SYSTEM)}"
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        client.post(address)
    assert counted() == [(there.application_id, "opened")] * 2

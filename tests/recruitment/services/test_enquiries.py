"""Each asking is counted once: of a colleague, on the own page, in WeChat."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from recruitment.models import Application, CandidateNote, Enquiry, FollowUp, Interview
from recruitment.services import follow_ups, notes
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

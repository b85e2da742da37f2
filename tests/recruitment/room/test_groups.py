"""Voluntary details: the candidate says them with consent, changes and takes them back; nobody else reads them."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.history.models import Change
from core.persons import Person, records_of
from recruitment.models import Candidate, GroupAnswer
from recruitment.privacy import copying
from recruitment.services import groups, merging
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.room.conftest import Browser

pytestmark = pytest.mark.django_db
AT = "/room/groups"


def send(browser: Browser, **fields: Any) -> Any:
    token = browser.client.get(AT).context["csrf_token"]
    return browser.client.post(AT, {"csrfmiddlewaretoken": token, **fields})


def test_said_changed_and_taken_back_by_the_candidate_alone() -> None:
    interview = make.interview()
    browser = Browser(interview).open()
    assert f'href="{AT}"' in browser.client.get("/room/data").text
    for wrong in (
        {"gender": "female"},
        {"agreed": "yes"},
        {"gender": "x", "agreed": "yes"},
        {"age_band": "99", "agreed": "yes"},
    ):
        answer = send(browser, **wrong)
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert not GroupAnswer.objects.exists()
    assert send(browser, gender="female", age_band="25_34", agreed="yes").status_code == 302
    assert send(browser, gender="other", agreed="yes").status_code == 302
    row = GroupAnswer.objects.get()
    assert (row.candidate, row.gender, row.age_band, row.consent_version) == (
        interview.application.candidate, "other", "", groups.CONSENT_VERSION,
    )  # fmt: skip
    assert '<option value="other" selected>' in browser.client.get(AT).text
    assert send(browser, take_back="yes").status_code == 302
    assert send(browser, take_back="yes").status_code == 302
    assert not GroupAnswer.objects.exists()


def test_nobody_else_reads_it() -> None:
    candidate = make.interview().application.candidate
    groups.say(candidate_id=candidate.pk, gender="male", age_band="", agreed=True)
    for person in (people.lead(), people.recruiter(), people.user(is_superuser=True)):
        assert not GroupAnswer.objects.visible_to(person).exists()
    assert not Change.objects.filter(model="recruitment.groupanswer").exists()
    assert "recruitment.groupanswer" not in {
        one["table"] for one in copying._tables(Person(Candidate, records_of(candidate)))
    }


def test_a_merge_keeps_the_word_of_the_record_that_stays() -> None:
    hr = people.recruiter()
    for keeps, gone_says, left in ((None, "male", "male"), ("female", "male", "female"), (None, None, None)):
        keep, gone = make.application().candidate, make.application().candidate
        for candidate, gender in ((keep, keeps), (gone, gone_says)):
            if gender:
                groups.say(candidate_id=candidate.pk, gender=gender, age_band="", agreed=True)
        merging.merge(keep_id=keep.pk, gone_id=gone.pk, by=hr)
        row = groups.answer_of(keep.pk)
        assert (row.gender if row else None) == left


def test_the_database_keeps_no_answer_that_says_nothing() -> None:
    candidate = make.application().candidate
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupAnswer.objects.create(candidate=candidate, consent_version="1")

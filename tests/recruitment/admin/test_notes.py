"""Notes about a candidate: who writes, reads and changes them, whom they name; nobody hears what is not theirs."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import DomainError
from messaging.models import Message
from people.models import User
from recruitment.models import Candidate, CandidateNote, NoteMention
from recruitment.services import merging, notes
from tests.factories import people
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate() -> Candidate:
    return make.application().candidate


def write(candidate: Candidate, text: str, by: User, readers: str = "hr") -> CandidateNote:
    return notes.write(candidate_id=candidate.pk, text=text, readers=readers, by=by)


def test_a_named_colleague_is_told_without_the_words_and_finds_the_line_until_seen(
    candidate: Candidate, client: Client, django_capture_on_commit_callbacks: Any
):
    zhao, li = people.trainer(name="赵磊"), people.recruiter(username="liwen")
    note = write(candidate, "候选人期望月薪面议，@赵磊请看一下课程", li)
    assert list(note.mentions.values_list("person", "seen_at")) == [(zhao.pk, None)]
    message = Message.objects.get(kind="named_in_note")
    assert (message.user, message.audience, message.topic_id) == (zhao, "colleague", note.pk)
    assert "期望月薪" not in message.body + message.subject
    assert candidate.name in message.subject
    client.force_login(zhao)
    assert [one.note for one in client.get(reverse("admin:index")).context["mentions"]] == [note]
    page = client.get(reverse("admin:recruitment_candidate_change", args=[candidate.pk]))
    assert "期望月薪" in page.content.decode()
    assert NoteMention.objects.get().seen_at is None  # a look changes nothing
    client.post(reverse("note_seen", args=[note.mentions.get().pk]))
    assert client.get(reverse("admin:index")).context["mentions"] == []


@pytest.mark.parametrize(("text", "readers", "code"), [
    ("", "hr", "note_empty"),
    ("\x00 ", "hr", "note_empty"),
    ("x" * 4001, "hr", "note_too_long"),
    ("x", "world", "readers_invalid"),
    ("@没有这个人 看看", "hr", "colleague_unknown"),
    ("@王凯 看看", "hr", "colleague_ambiguous"),
    ("@赵磊 看看", "recruiting", "colleague_unknown"),  # may not read it
    ("@孙经理 看看", "hr", "colleague_unknown"),
    ("@离职 看看", "hr", "colleague_unknown"),
])  # fmt: skip
def test_what_is_refused_leaves_nothing(candidate: Candidate, text: str, readers: str, code: str):
    people.trainer(name="赵磊")
    people.recruiter(name="王凯")
    people.recruiter(name="王凯")
    people.manager(name="孙经理")
    people.recruiter(name="离职", is_active=False)
    with pytest.raises(DomainError) as refused:
        write(candidate, text, people.recruiter(), readers)
    assert refused.value.code == code
    assert not CandidateNote.objects.exists()
    assert not Message.objects.filter(kind="named_in_note").exists()


def test_an_address_names_nobody_and_the_longer_name_wins(candidate: Candidate):
    wang, wanglin = people.recruiter(name="王林"), people.recruiter(name="王林峰")
    note = write(candidate, "邮箱 a@王林.com，@王林峰请跟进", people.recruiter())
    assert set(note.mentions.values_list("person", flat=True)) == {wanglin.pk}
    assert wang.pk not in note.mentions.values_list("person", flat=True)


@pytest.mark.parametrize("who", ["manager", "nobody", "interviewer", "administrator"])
def test_nobody_else_writes_reads_or_sees(candidate: Candidate, client: Client, who: str):
    by = {
        "manager": people.manager,
        "nobody": people.user,
        "interviewer": lambda: people.user("interviewer"),
        "administrator": lambda: people.user("administrator"),
    }[who]()
    note = write(candidate, "只给 HR 看", people.recruiter())
    with pytest.raises(DomainError) as refused:
        write(candidate, "x", by)
    assert refused.value.code == "not_permitted"
    assert not CandidateNote.objects.visible_to(by).exists()
    client.force_login(by)
    for address in (reverse("candidate_note", args=[candidate.pk]), reverse("note_edit", args=[note.pk])):
        assert client.post(address, {"text": "x", "was": note.text}).status_code in (302, 403, 404)
    assert list(CandidateNote.objects.values_list("text", flat=True)) == ["只给 HR 看"]


def test_what_is_for_recruiting_is_read_by_recruiting(candidate: Candidate, client: Client):
    write(candidate, "薪资底线已谈", people.recruiter(), "recruiting")
    seen = {}
    for who, by in {
        "trainer": people.trainer(),
        "recruiter": people.recruiter(),
        "lead": people.lead(),
    }.items():
        client.force_login(by)
        page = client.get(reverse("admin:recruitment_candidate_change", args=[candidate.pk]))
        seen[who] = "薪资底线" in page.content.decode()
    assert seen == {"trainer": False, "recruiter": True, "lead": True}


def test_its_writer_alone_changes_it_and_what_stood_there_is_kept(candidate: Candidate, client: Client):
    writer, other = people.recruiter(), people.recruiter(name="李静")
    note = write(candidate, "第一稿 @李静", writer)
    client.force_login(other)
    address = reverse("note_edit", args=[note.pk])
    assert client.post(address, {"text": "改", "was": note.text}).status_code == 403
    client.force_login(writer)
    assert client.post(address, {"text": "改", "was": "别的"}).status_code == 409
    assert client.post(address, {"text": " ", "was": note.text}).status_code == 422
    assert client.post(address, {"text": "第二稿", "was": note.text}).status_code == 302
    assert not NoteMention.objects.exists()  # not seen, and not named any more
    page = client.get(reverse("admin:recruitment_candidate_change", args=[candidate.pk])).content.decode()
    assert "第一稿" in page
    assert "第二稿" in page


def test_refused_on_the_page_what_was_typed_comes_back(candidate: Candidate, client: Client):
    client.force_login(people.recruiter())
    answer = client.post(reverse("candidate_note", args=[candidate.pk]), {"text": "请@没有的人 看看"})
    assert answer.status_code == 422
    assert "请@没有的人 看看" in answer.content.decode()
    assert client.post(reverse("candidate_note", args=[0]), {"text": "x"}).status_code == 404
    assert client.get(reverse("candidate_note", args=[candidate.pk])).status_code == 405


def test_a_mention_is_nobody_elses_to_see(candidate: Candidate, client: Client):
    li = people.recruiter(name="李静")
    note = write(candidate, "@李静", people.recruiter())
    client.force_login(people.recruiter())
    assert client.post(reverse("note_seen", args=[note.mentions.get().pk])).status_code == 404
    assert [one.note for one in notes.unseen_of(li, most=5)] == [note]


def test_notes_come_along_when_two_entries_are_one(candidate: Candidate):
    kept = make.application().candidate
    note = write(candidate, "先前的备注", people.recruiter())
    merging.merge(keep_id=kept.pk, gone_id=candidate.pk, by=people.lead())
    assert CandidateNote.objects.get(pk=note.pk).candidate == kept


def test_the_page_shows_everything_once_and_costs_the_same_for_three(candidate: Candidate, client: Client):
    recruiter = people.recruiter(name="李静")
    application = candidate.applications.get()
    client.force_login(recruiter)
    address = reverse("admin:recruitment_candidate_change", args=[candidate.pk])
    make.interview(application)
    write(candidate, "@李静 第一条", people.lead())
    client.get(address)
    costs = []
    for round_ in range(2):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address)
        costs.append(len(captured))
        if not round_:
            for _each in range(2):
                more = make.application(candidate=candidate)
                make.interview(more)
                write(candidate, "又一条 @李静", people.lead())
    whole = next(one for one in page.context["panels"] if one.name == "whole")
    assert whole.html.count(str(application.opening)) >= 1
    assert "待面试" in whole.html
    assert costs[0] == costs[1] <= 40, costs


def test_an_enquiry_is_one_click_and_notes_what_was_said(candidate: Candidate, client: Client):
    application = candidate.applications.get()
    client.force_login(people.recruiter())
    address = reverse("admin:recruitment_application_step", args=[application.pk, "enquiry"])
    for _twice in range(2):
        assert client.post(address).status_code == 302
    note = CandidateNote.objects.get()
    assert (note.candidate, note.readers) == (candidate, "hr")
    assert str(application.opening) in note.text
    assert "材料已收到" in note.text or "答复：" in note.text
    client.force_login(people.manager())
    assert client.post(address).status_code in (302, 403)
    assert CandidateNote.objects.count() == 1

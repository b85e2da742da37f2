"""A person asks for a copy of the own data or for its erasure: from the link's page, and answered in time."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError
from core.events.models import Event
from core.history.models import Look
from messaging import delivery, kinds
from messaging.models import Message
from people.actors import Party
from people.models import User
from recruitment.models import Erasure, Interview, Opening, PersonRequest
from recruitment.privacy.services import asking, erasing, holding
from recruitment.room import limits
from recruitment.services import links
from tests.core.admin.pages import address_of
from tests.factories import people
from tests.factories import recruitment as make
from tests.recruitment.privacy import whole

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]


@pytest.fixture(autouse=True)
def _outside(own_files: None) -> Iterator[None]:
    limits.counter.forget()
    yield
    limits.counter.forget()


@pytest.fixture
def lead() -> User:
    return people.lead()


def opened(interview: Interview) -> Client:
    """A browser behind the candidate's link."""
    client = Client()
    token = links.mint(interview_id=interview.pk, by=Party.SYSTEM)
    client.post(f"/i/{token}")
    return client


def refused(call: Any, **given: Any) -> str:
    with pytest.raises(DomainError) as error:
        call(**given)
    return error.value.code


def test_a_copy_is_made_and_fetched_once_by_its_owner_alone(lead: User) -> None:
    interview = whole.somebody(lead)
    Look.objects.create(by=lead, kind="page", model="recruitment.candidate", object_id="0")
    mine, others = (
        opened(interview),
        opened(make.interview(make.application(candidate=make.candidate("别人")))),
    )

    asked = mine.post("/room/api/request_data")
    assert (asked.status_code, asked.json()["state"]) == (200, "open")
    assert mine.post("/room/api/request_data").json() == asked.json()
    assert asking.make_due() == 1 and asking.make_due() == 0
    row = PersonRequest.objects.get()

    assert others.post("/room/data", {"fetch": row.pk}).status_code == 404
    way = mine.post("/room/data", {"fetch": row.pk}).url
    assert others.get(way).status_code == 404
    answer = mine.get(way)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert mine.get(way).status_code == 404  # good once
    row.refresh_from_db()
    assert row.fetched_at is not None

    said = json.loads(archive.read("data.json"))
    assert {"recruitment.candidate", "recruitment.answer", "recruitment.followup", "recruitment.resume"} <= {
        table["table"] for table in said["tables"]
    }
    text = archive.read("data.json").decode()
    assert all(word in text for word in (whole.NAME, whole.MAIL, whole.SAYS, str(lead)))
    assert "h" * 64 not in text and "别人" not in text
    assert whole.SAYS in archive.read("data.html").decode()
    assert [name for name in archive.namelist() if name.startswith("resumes/")]


def page_of(interview: Interview) -> tuple[str, dict[str, Any]]:
    """The page of the copy, and the tables of its JSON by label."""
    asking.ask(candidate_id=interview.application.candidate_id, kind="data", by=Party.CANDIDATE)
    asking.make_due()
    row = PersonRequest.objects.get()
    key = asking.new_key(candidate_id=row.candidate_id, request_id=row.pk)
    answer: Any = opened(interview).get(reverse("room:copy", args=[row.pk, key]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    said = json.loads(archive.read("data.json"))
    return archive.read("data.html").decode(), {table["table"]: table["rows"] for table in said["tables"]}


def test_the_page_of_a_copy_speaks_in_names_and_words_and_of_nothing_that_is_ours(lead: User) -> None:
    interview = whole.somebody(lead)
    page, _tables = page_of(interview)
    question = interview.version.stages.get(number=1).questions.get()
    assert f"<th>题目</th><td>{question}" in page
    assert f"<td>{interview.application.opening.title}</td>" in page
    assert "139 1111 2222" in page and "+8613911112222" not in page
    for ours in (
        "None",
        "False",
        "[]",
        "{",
        "idem key",
        "topic id",
        "stood at",
        "关系</h2>",
        "在线租约",
        "<th>ID</th>",
    ):
        assert ours not in page.partition("<body>")[2], ours


def test_a_copy_holds_what_went_to_the_person_and_nothing_of_what_went_to_colleagues(lead: User) -> None:
    interview = whole.somebody(lead)
    _page, tables = page_of(interview)
    own = set(Message.objects.to(interview.application.candidate).values_list("pk", flat=True))
    assert Message.objects.exclude(pk__in=own).exists() and own
    assert set() < {row["ID"] for row in tables["messaging.message"]} <= own
    assert {row["消息"] for row in tables["messaging.delivery"]} <= own


def test_a_copy_is_in_the_language_of_whoever_asks(lead: User) -> None:
    interview = whole.somebody(lead)
    candidate = interview.application.candidate
    candidate.language = "en"
    candidate.save()
    opening = interview.application.opening
    Opening.objects.update(title_en="Data analyst")
    page, tables = page_of(interview)
    assert "<th>opening</th><td>Data analyst</td>" in page
    assert f"<th>opening</th><td>{opening.title}</td>" not in page
    assert "Everything we hold about you" in page and "我们保存的" not in page
    # A column whose English name is the program's own word is one that people read all the same.
    said = {
        name
        for name in ("answer", "phone", "salary", "score", "stage", "state")
        if f"<th>{name}</th>" in page
    }
    assert said == {"answer", "phone", "salary", "score", "stage", "state"}
    assert "language" in tables["recruitment.candidate"][0]


def test_a_copy_goes_after_a_week_and_with_the_record(lead: User) -> None:
    row = make.application(stage="rejected", stood_at="screening").candidate
    asking.ask(candidate_id=row.pk, kind="data", by=lead)
    asking.make_due()
    assert whole.files()
    PersonRequest.objects.update(ends_at=timezone.now())
    assert (
        refused(asking.new_key, candidate_id=row.pk, request_id=PersonRequest.objects.get().pk)
        == "copy_unknown"
    )
    assert asking.end_due() == 1
    assert (PersonRequest.objects.get().state, whole.files()) == ("ended", set())
    asking.ask(candidate_id=row.pk, kind="data", by=lead)
    asking.make_due()
    erasing.decide(candidate_id=row.pk, reason="要求", by=lead)
    Erasure.objects.update(begins_at=timezone.now())
    erasing.go_on()
    assert whole.files() == set() and asking.make_due() == 0


def test_a_key_ends_after_minutes(lead: User) -> None:
    row = make.candidate()
    asked = asking.ask(candidate_id=row.pk, kind="data", by=lead)
    asking.make_due()
    key = asking.new_key(candidate_id=row.pk, request_id=asked.pk)
    given = {"candidate_id": row.pk, "request_id": asked.pk}
    assert refused(asking.use_key, **given, key="another") == "copy_unknown"
    PersonRequest.objects.update(key_ends_at=timezone.now() - timedelta(seconds=1))
    assert refused(asking.use_key, **given, key=key) == "copy_unknown"


def test_erasure_is_asked_for_granted_and_done(lead: User, client: Any) -> None:
    interview = whole.somebody(lead)
    mine = opened(interview)
    assert {"request_data", "request_erasure"} <= set(mine.get("/room/api/status").json()["can"])
    said = mine.post("/room/api/request_erasure").json()
    assert said["due_on"] == (timezone.localdate() + timedelta(days=15)).isoformat()
    row = PersonRequest.objects.get()
    assert f"{row.due_on.month}月{row.due_on.day}日" in mine.get("/room/data").content.decode()

    client.force_login(lead)
    client.post(reverse("admin:recruitment_personrequest_step", args=[row.pk, "grant"]))
    row.refresh_from_db()
    assert (row.state, Erasure.objects.get().state) == ("granted", "waiting")
    assert refused(asking.grant, request_id=row.pk, by=lead) == "answered_already"
    Erasure.objects.update(begins_at=timezone.now())
    erasing.go_on()
    delivery.deliver_due()
    erasing.go_on()
    assert whole.traces() == {}
    assert mine.get("/room/data").status_code in (401, 410)


def test_an_erasure_that_the_lead_decides_on_answers_what_the_person_asked_for(
    lead: User, client: Any
) -> None:
    """The fault: the request stayed open, became overdue, and could be neither granted nor refused in earnest."""
    interview = whole.somebody(lead)
    opened(interview).post("/room/api/request_erasure")
    candidate = interview.application.candidate
    erasing.decide(candidate_id=candidate.pk, reason="误录入", by=lead)
    row = PersonRequest.objects.get()
    assert (row.state, row.answered_by, row.answer) == ("granted", lead, "")
    assert refused(asking.refuse, request_id=row.pk, reason="x", by=lead) == "answered_already"
    client.force_login(lead)
    page = client.get(reverse("admin:recruitment_personrequest_changelist") + "?state__exact=open")
    assert candidate.name not in page.content.decode()
    [told] = Message.objects.to(candidate).filter(kind="data_answered")
    assert told.state == "planned"
    Erasure.objects.update(begins_at=timezone.now())
    erasing.go_on()
    delivery.deliver_due()
    erasing.go_on()
    assert whole.traces() == {}


def test_a_record_whose_period_is_over_answers_it_too(lead: User) -> None:
    interview = whole.somebody(lead)
    asked = asking.ask(candidate_id=interview.application.candidate_id, kind="erasure", by=Party.CANDIDATE)
    copy = asking.ask(candidate_id=interview.application.candidate_id, kind="data", by=Party.CANDIDATE)
    assert erasing.decide_by_period(candidate_id=interview.application.candidate_id)
    assert PersonRequest.objects.get(pk=asked.pk).state == "granted"
    assert PersonRequest.objects.get(pk=copy.pk).state == "open"  # a copy is still made


def test_an_erasure_that_is_called_off_is_owed_an_answer_again_and_the_person_hears_it(lead: User) -> None:
    interview = whole.somebody(lead)
    candidate, mine = interview.application.candidate, opened(interview)
    mine.post("/room/data", {"kind": "erasure"})
    row = PersonRequest.objects.get()
    asking.grant(request_id=row.pk, by=lead)
    assert "将于" in mine.get("/room/data").content.decode()
    assert 'value="erasure"' not in mine.get("/room/data").content.decode()
    [granted] = Message.objects.to(candidate).filter(kind="data_answered")
    erasing.call_off(erasure_id=Erasure.objects.get().pk, by=lead)
    row.refresh_from_db()
    assert (row.state, row.answered_at, row.answered_by) == ("open", None, None)
    assert not kinds.kind(granted.kind).holds(granted)
    again = Message.objects.to(candidate).filter(kind="data_answered").latest("pk")
    assert "已撤销" in again.body and again.pk != granted.pk
    asking.grant(request_id=row.pk, by=lead)
    newest = Message.objects.to(candidate).filter(kind="data_answered").latest("pk")
    assert "开始删除" in newest.body and newest.pk not in {granted.pk, again.pk}


def test_who_asks_once_more_while_the_record_goes_is_granted_already(lead: User) -> None:
    candidate = whole.somebody(lead).application.candidate
    erasing.decide(candidate_id=candidate.pk, reason="本人来信", by=lead)
    first = asking.ask(candidate_id=candidate.pk, kind="erasure", by=Party.CANDIDATE)
    assert first.state == "granted"
    assert asking.ask(candidate_id=candidate.pk, kind="erasure", by=Party.CANDIDATE) == first
    assert PersonRequest.objects.count() == 1


def test_granting_says_first_what_goes_and_which_application_is_to_be_ended(lead: User, client: Any) -> None:
    application = make.application(stage="interviewing")
    row = asking.ask(candidate_id=application.candidate_id, kind="erasure", by=Party.CANDIDATE)
    address = reverse("admin:recruitment_personrequest_step", args=[row.pk, "grant"])
    listed = reverse("admin:recruitment_personrequest_changelist")
    client.force_login(lead)
    page = client.get(address).content.decode()
    assert "匿名保留" in page and "请先结束应聘" in page and "关系" not in page
    assert reverse("admin:recruitment_application_change", args=[application.pk]) in page
    shown = client.get(listed).content.decode()
    assert "同意删除" in shown and "拒绝删除" in shown
    client.force_login(people.recruiter())
    assert "同意删除" not in client.get(listed).content.decode()
    assert client.get(address).status_code == 403
    page = client.get(address_of(application.candidate)).content.decode()
    assert not [one for one in ("因争议保留", "导出个人信息副本", "erase/") if one in page]


def test_a_refusal_is_read_by_the_person_with_its_reason(lead: User) -> None:
    interview = make.interview(make.application(stage="interviewing"), state="in_progress")
    mine = opened(interview)
    mine.post("/room/data", {"kind": "erasure"})
    row = PersonRequest.objects.get()
    assert refused(asking.grant, request_id=row.pk, by=lead) == "goes_on"
    row.refresh_from_db()
    assert row.state == "open" and not Erasure.objects.exists()
    assert refused(asking.refuse, request_id=row.pk, reason=" ", by=lead) == "reason_missing"
    assert (
        refused(asking.refuse, request_id=row.pk, reason="争议中", by=people.recruiter()) == "not_permitted"
    )
    asking.refuse(request_id=row.pk, reason="面试仍在进行，请先撤回应聘。", by=lead)
    assert "面试仍在进行，请先撤回应聘。" in mine.get("/room/data").content.decode()
    mine.post("/room/data", {"kind": "erasure"})
    assert PersonRequest.objects.filter(state="open").count() == 1  # may be asked again


def test_wrong_requests_are_refused(lead: User) -> None:
    row = make.candidate()
    assert refused(asking.ask, candidate_id=row.pk, kind="other", by=lead) == "kind_unknown"
    assert refused(asking.ask, candidate_id=0, kind="data", by=lead) == "candidate_unknown"
    assert refused(asking.ask, candidate_id=row.pk, kind="data", by=people.recruiter()) == "not_permitted"
    assert refused(asking.grant, request_id=0, by=lead) == "request_unknown"
    assert Client().post("/room/api/request_data").status_code == 401
    assert Client().get("/room/data").status_code == 401
    mine = opened(make.interview())
    assert mine.post("/room/data", {"kind": "other"}).status_code == 422
    assert mine.post("/room/data", {"fetch": "9" * 30}).status_code == 404
    assert not PersonRequest.objects.exists()


def test_what_is_overdue_is_red_for_the_lead(lead: User, client: Any) -> None:
    row = asking.ask(candidate_id=make.candidate().pk, kind="erasure", by=Party.CANDIDATE)
    client.force_login(lead)
    assert "答复逾期" not in client.get(address_of(row.candidate)).content.decode()
    PersonRequest.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    for address in (address_of(row.candidate), reverse("admin:recruitment_personrequest_changelist")):
        assert "答复逾期" in client.get(address).content.decode()


def test_the_lead_fetches_a_copy_and_it_is_noted(lead: User, client: Any) -> None:
    candidate = make.candidate()
    row = asking.ask(candidate_id=candidate.pk, kind="data", by=lead)
    asking.make_due()
    address = reverse("admin:recruitment_personrequest_step", args=[row.pk, "fetch"])
    client.force_login(people.recruiter())
    client.post(address)
    client.force_login(lead)
    assert b"".join(client.get(client.post(address).url).streaming_content)[:2] == b"PK"
    assert list(Look.objects.filter(kind="file").values_list("by", "object_id")) == [
        (lead.pk, str(candidate.pk))
    ]


def test_a_held_record_is_answered_when_the_hold_ends(lead: User) -> None:
    row = make.candidate()
    asked = asking.ask(candidate_id=row.pk, kind="erasure", by=Party.CANDIDATE)
    holding.hold(candidate_id=row.pk, reason="仲裁", by=lead)
    assert refused(asking.grant, request_id=asked.pk, by=lead) == "held"


def told() -> list[Message]:
    return list(Message.objects.filter(kind="data_answered").order_by("pk"))


def test_who_asked_is_told_what_became_of_it_and_only_while_it_stands(lead: User) -> None:
    interview = make.interview(make.application(stage="rejected", stood_at="screening"), state="completed")
    candidate = interview.application.candidate
    for kind in ("data", "erasure"):
        asking.ask(candidate_id=candidate.pk, kind=kind, by=Party.CANDIDATE)
    assert told() == []
    asking.make_due()
    asking.refuse(request_id=PersonRequest.objects.get(kind="erasure").pk, reason="劳动仲裁中", by=lead)
    ready, no = told()
    assert {(one.audience, one.addressee_id, one.origin_id) for one in (ready, no)} == {
        ("candidate", candidate.pk, interview.pk)
    }
    assert "{room_link}" in ready.body and "劳动仲裁中" in no.body and "副本" in ready.subject
    assert [kinds.kind(one.kind).holds(one) for one in (ready, no)] == [True, True]
    PersonRequest.objects.filter(kind="data").update(ends_at=timezone.now())
    asking.end_due()
    assert [kinds.kind(one.kind).holds(one) for one in (ready, no)] == [False, True]
    again = asking.ask(candidate_id=candidate.pk, kind="erasure", by=Party.CANDIDATE)
    asking.grant(request_id=again.pk, by=lead)
    assert "一小时后开始删除" in told()[-1].body and len(told()) == 3


def test_a_copy_that_the_lead_made_is_announced_to_nobody(lead: User) -> None:
    interview = make.interview()
    asking.ask(candidate_id=interview.application.candidate_id, kind="data", by=lead)
    assert asking.make_due() == 1
    assert told() == []


def test_an_erasure_is_asked_for_no_longer_while_nobody_has_answered(lead: User) -> None:
    interview = whole.somebody(lead)
    mine, others = (
        opened(interview),
        opened(make.interview(make.application(candidate=make.candidate("别人")))),
    )
    mine.post("/room/data", {"kind": "erasure"})
    first = PersonRequest.objects.get()
    assert others.post("/room/data", {"withdraw": first.pk}).status_code == 404
    assert f'name="withdraw" value="{first.pk}"' in mine.get("/room/data").content.decode()
    for _twice in range(2):
        assert mine.post("/room/data", {"withdraw": first.pk}).status_code == 302
    assert list(PersonRequest.objects.values_list("state", flat=True)) == ["withdrawn"]
    assert Event.objects.filter(kind="data_request_withdrawn").count() == 1
    assert refused(asking.grant, request_id=first.pk, by=lead) == "answered_already"

    # It may be asked for again; what was answered is taken back no more.
    mine.post("/room/data", {"kind": "erasure"})
    again = PersonRequest.objects.exclude(pk=first.pk).get()
    asking.refuse(request_id=again.pk, reason="合同仍在履行", by=lead)
    assert (
        refused(asking.withdraw, request_id=again.pk, candidate_id=again.candidate_id) == "answered_already"
    )
    page = mine.get("/room/data").content.decode()
    assert "申请已撤回" in page and 'name="withdraw"' not in page


def test_only_a_request_to_erase_is_taken_back(lead: User) -> None:
    candidate_id = whole.somebody(lead).application.candidate_id
    copy = asking.ask(candidate_id=candidate_id, kind="data", by=Party.CANDIDATE)
    for number in (copy.pk, 0):
        assert refused(asking.withdraw, request_id=number, candidate_id=candidate_id) == "request_unknown"

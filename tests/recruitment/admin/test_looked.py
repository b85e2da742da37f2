"""Who opened whose page is noted with one insert, and read by the lead beside who heard which recording."""

import json
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from core.history.models import Look
from people.models import User
from recruitment import seen_by
from recruitment.models import Answer, Offer, RecordingAccess, Resume, ResumeAccess
from recruitment.privacy import copying
from recruitment.recordings import storage
from tests.factories import notifications as house
from tests.factories import people, segments
from tests.factories import recruitment as make

pytestmark = pytest.mark.django_db


def open_page(person: User, row: Any, page: str = "change") -> Any:
    client = Client()
    client.force_login(person)
    return client.get(reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk]))


def noted() -> list[tuple[str, str, str, int | None]]:
    return [(one.kind, one.model, one.object_id, one.by_id) for one in Look.objects.order_by("id")]


def test_a_page_that_is_opened_is_noted_once_with_who_opened_it() -> None:
    interview = make.interview()
    recruiter = people.recruiter()
    candidate = interview.application.candidate
    with CaptureQueriesContext(connection) as asked:
        assert open_page(recruiter, candidate).status_code == 200
    assert len([query for query in asked if "history_look" in query["sql"]]) == 1
    open_page(recruiter, interview)
    open_page(recruiter, candidate, "history")
    assert noted() == [
        ("page", "recruitment.candidate", str(candidate.pk), recruiter.pk),
        ("page", "recruitment.interview", str(interview.pk), recruiter.pk),
        ("history", "recruitment.candidate", str(candidate.pk), recruiter.pk),
    ]


def test_what_was_not_shown_is_not_noted() -> None:
    candidate = make.candidate()
    assert open_page(people.user(), candidate).status_code in (302, 403, 404)
    lead = people.lead()
    candidate.pk = 10**9
    assert open_page(lead, candidate).status_code == 302
    client = Client()
    client.force_login(lead)
    client.get(reverse("admin:recruitment_candidate_changelist"))
    assert noted() == []


def test_the_lead_reads_both_logs_and_a_recruiter_neither() -> None:
    interview = make.interview()
    make.saved_stage(interview, 1)
    answer = Answer.objects.filter(interview=interview).earliest("pk")
    recruiter, lead = people.recruiter(name="李招聘"), people.lead()
    RecordingAccess.objects.create(
        recording=segments.recording(segments.segment(answer)), user=recruiter, who="李招聘 (li)"
    )
    open_page(recruiter, interview)
    candidate = interview.application.candidate
    other = make.interview()
    open_page(recruiter, other)
    assert [
        (one.what.split(" · ")[0], one.who.startswith("李招聘")) for one in seen_by.looks_at(candidate.pk)
    ] == [
        (str(type(interview)._meta.verbose_name), True),
        ("一段录音录像", True),
    ]
    assert "谁查阅过" in open_page(lead, candidate).content.decode()
    assert "谁查阅过" not in open_page(recruiter, candidate).content.decode()


def test_reading_the_logs_takes_the_same_statements_however_many_looks() -> None:
    interview = make.interview()
    candidate = interview.application.candidate.pk

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            seen_by.looks_at(candidate)
        return len(queries)

    open_page(people.recruiter(), interview)
    few = asked()
    for _number in range(3):
        open_page(people.recruiter(), interview)
    assert (asked(), len(seen_by.looks_at(candidate))) == (few, 4)


def test_offers_messages_and_resumes_are_looked_at_as_well_and_the_copy_says_so(tmp_path: Any) -> None:
    """Whoever asks for the own data is told of each, a merged entry's included; somebody else's looks are nobody's."""
    recruiter, lead = people.recruiter(name="李招聘"), people.lead()
    offer, other = (
        Offer.objects.create(
            application=make.application(stage="offer"), made_by=lead, salary=16161, place="上海",
            start_on=timezone.localdate(), answer_by=timezone.now(),
        )
        for _each in range(2)
    )  # fmt: skip
    candidate = offer.application.candidate
    message = house.message(interview=make.interview(offer.application))
    resume = Resume.objects.create(
        candidate=candidate, application=offer.application, kind="pdf", name="简历.pdf",
        stored_name=storage.recordings().save("looked.pdf", ContentFile(b"x")),
        sha256="0" * 64, bytes=1, state="read",
    )  # fmt: skip
    for fetched in (False, True):
        ResumeAccess.objects.create(resume=resume, user=recruiter, who="李招聘 (li)", fetched=fetched)
    for row in (offer, other, message):
        assert open_page(lead, row).status_code == 200

    wanted = {"录用通知", "消息", "一份简历", "一份简历，并取走文件"}
    assert {one.what.split(" · ")[0] for one in seen_by.looks_at(candidate.pk)} == wanted
    assert len(seen_by.looks_at(candidate.pk)) == 4
    with translation.override("zh-hans"):
        copying.write(candidate, tmp_path / "copy.zip")
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        told = json.loads(archive.read("data.json"))["looked_at_by"]
    assert {each["查看了什么"].split(" · ")[0] for each in told} == wanted

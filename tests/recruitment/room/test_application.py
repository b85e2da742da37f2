"""The candidate's page of the own application: the résumé, a word to HR, withdrawing, and the language."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from messaging.models import Message
from people.actors import Party
from recruitment.models import Application, FollowUp, Interview, Opening, Resume
from recruitment.room import limits, views
from recruitment.services import applications
from tests.factories import recruitment as make
from tests.factories.recordings import empty_storage
from tests.recruitment.resumes import files
from tests.recruitment.room.conftest import Browser

pytestmark = pytest.mark.django_db
AT = "/room/application"


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    limits.counter.forget()
    yield
    limits.counter.forget()
    empty_storage()


def send(browser: Browser, do: str, **fields: Any) -> Any:
    token = browser.client.get(AT).context["csrf_token"]
    return browser.client.post(AT, {"csrfmiddlewaretoken": token, "do": do, **fields})


def pdf(name: str = "张三.pdf", lines: list[str] | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, files.pdf(lines or files.LINES))


def test_a_resume_is_sent_and_replaced_and_looked_at_by_content(interview: Interview) -> None:
    browser = Browser(interview).open()
    assert "我们还没有您的简历" in browser.client.get(AT).text
    for _twice in range(2):
        assert send(browser, "resume", file=pdf()).headers["Location"] == f"{AT}?done=resume"
    assert send(browser, "resume", file=pdf("新.pdf", ["李四"])).status_code == 302
    rows = list(Resume.objects.order_by("pk").values_list("name", "application", "candidate", "uploaded_by"))
    owner = (interview.application_id, interview.application.candidate_id, None)
    assert rows == [("张三.pdf", *owner), ("新.pdf", *owner)]
    page = browser.client.get(f"{AT}?done=resume").text
    assert page.index("新.pdf") < page.index("张三.pdf") and "简历已收到" in page
    refusals = {"x.pdf": b"\x89PNG\r\n\x1a\n", "y.pdf": b"", "z.docx": b"hello"}
    for name, body in refusals.items():
        answer = send(browser, "resume", file=SimpleUploadedFile(name, body))
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert send(browser, "resume").status_code == 422
    assert Resume.objects.count() == 2
    assert send(browser, "resume", file=pdf()).status_code == 429


def test_withdrawing_ends_the_application_once_and_only_when_sure(interview: Interview) -> None:
    browser = Browser(interview).open()
    unsure = send(browser, "withdraw")
    assert unsure.status_code == 422 and "请先勾选确认撤回应聘" in unsure.text
    for _twice in range(2):
        assert send(browser, "withdraw", sure="1").status_code == 302
    row = Interview.objects.select_related("application").get()
    assert (row.application.stage, row.state) == ("withdrawn", "cancelled")
    assert Message.objects.filter(kind="withdrawn", audience="candidate").count() == 1
    page = browser.client.get(AT).text
    assert "撤回应聘" not in page and "更新简历" not in page and "联系HR" in page.replace(" ", "")
    assert send(browser, "resume", file=pdf()).status_code == 409


def test_an_end_that_is_not_told_yet_is_not_betrayed() -> None:
    row = make.interview(make.application(stage="evaluating"), state="completed")
    applications.take_step(application_id=row.application_id, step="reject", reason="不合适", by=Party.SYSTEM)
    browser = Browser(row).open()
    assert "撤回应聘" in browser.client.get(AT).text  # the word about it waits for its time
    answer = send(browser, "withdraw", sure="1")
    assert answer.status_code == 409 and "目前无法在此办理" in answer.text
    assert Application.objects.get(pk=row.application_id).stage == "rejected"


def test_a_word_to_hr_is_a_follow_up_that_takes_more_words(interview: Interview) -> None:
    browser = Browser(interview).open()
    assert send(browser, "contact", note=" ").status_code == 422
    assert send(browser, "contact", note="x" * 501).status_code == 422
    for note in ("想换个时间", "下周都可以"):
        assert send(browser, "contact", note=note).status_code == 302
    row = FollowUp.objects.get()
    assert (row.kind, row.note) == ("asked", "想换个时间\n下周都可以")
    assert "HR已收到您的留言" in browser.client.get(AT).text


def test_who_has_no_link_sees_nothing_and_nobody_elses_page_changes(interview: Interview) -> None:
    assert Client().get(AT).status_code == 401
    assert Client().post(AT, {"do": "withdraw", "sure": "1"}).status_code == 401
    browser = Browser(interview).open()
    assert browser.client.post(AT, {"do": "withdraw", "sure": "1"}).status_code == 403  # another site's form
    assert send(browser, "hire").status_code == 422
    assert Application.objects.get(pk=interview.application_id).stage != "withdrawn"


def test_the_language_is_changed_on_the_page_and_stays(interview: Interview) -> None:
    Opening.objects.update(title_en="Data analyst")
    browser = Browser(interview).open()
    assert 'href="?lang=en"' in browser.client.get(AT).text
    pages = (
        AT,
        "/room/data",
        "/room/problem",
        "/room/times/",
        "/room/survey",
        "/room/",
        f"/i/{browser.token}",
    )
    for address in (f"{AT}?lang=en", *pages):
        page = browser.client.get(address).text
        assert '<html lang="en">' in page and "Data analyst" in page and "数据分析师" not in page, address
    page = browser.client.get("/room/data?lang=zh").text
    assert '<html lang="zh-hans">' in page and "数据分析师" in page and "Data analyst" not in page


def test_a_time_is_said_with_whose_clock_it_is(interview: Interview) -> None:
    browser = Browser(interview).open()
    send(browser, "contact", note="?")
    send(browser, "resume", file=pdf())
    page = browser.client.get(f"{AT}?lang=en").text
    assert len(re.findall(r"[A-Z][a-z]+ \d+, \d\d:\d\d \(Beijing time\)", page)) == 2
    assert page.count('data-zone="Asia/Shanghai"') == 2 and "room/clocks.js" in page
    # None of the candidate's pages says a day and a time any other way.
    own = Path(views.__file__).parent / "templates" / "room"
    bare = re.compile(r'date:"[^"]*[djDN][^"]*[HG]:i')
    assert [each.name for each in own.glob("*.html") if bare.search(each.read_text())] == []

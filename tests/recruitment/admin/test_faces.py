"""Switching on what notes faces: by whoever decides, with the law on the page; and the line beside a recording."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.history.models import Change, Did
from people.actors import Party
from recruitment.models import Answer, FaceFigures, PlanVersion
from recruitment.recordings import facewords
from recruitment.services import plans
from tests.factories import faces as make
from tests.factories import people, recordings
from tests.recruitment.room.conftest import Browser, make_interview, question_ids

pytestmark = pytest.mark.django_db
PIECES = recordings.cut(recordings.sound(), 2)


@pytest.fixture(autouse=True)
def _own_place(settings: Any, tmp_path: Any) -> None:
    settings.FACES_ROOT = tmp_path / "faces"


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_step_names_the_law_and_takes_a_reason_a_tick_and_the_right() -> None:
    draft = plans.edit(plan_id=make_interview().version.plan_id, by=Party.SYSTEM)
    lead, recruiter = (client_of(each(username=each.__name__)) for each in (people.lead, people.recruiter))
    step = reverse("admin:recruitment_planversion_step", args=[draft.pk, "faces"])
    page = lead.get(step).content.decode()
    for words in (
        "《人工智能法》第 5 条第 1 款 f 项",
        "附件三",
        "第二十八条、第二十九条",
        "人脸识别技术应用安全管理办法",
    ):
        assert words in page
    assert "npm pack @vladmandic/human@3.3.6" in page
    form = {"faces": "show", "reason": "复核画面质量", "is_checked": "on"}
    assert "install_faces" in lead.post(step, form, follow=True).content.decode(), (
        "not installed: what to do is said"
    )
    make.put_in()
    assert "npm pack" not in lead.get(step).content.decode()
    assert lead.post(step, {**form, "is_checked": ""}).status_code == 422
    assert lead.post(step, {**form, "reason": ""}).status_code == 422
    recruiter.post(step, form)
    assert PlanVersion.objects.get(pk=draft.pk).faces == "off"
    assert lead.post(step, form).status_code == 302
    assert PlanVersion.objects.get(pk=draft.pk).faces == "show"
    change = Change.objects.filter(model="recruitment.planversion", object_id=draft.pk).latest("pk")
    assert (change.after, change.why) == ({"faces": "show"}, "复核画面质量")
    publish = reverse("admin:recruitment_planversion_step", args=[draft.pk, "publish"])
    assert "统计出镜情况" in lead.get(publish).content.decode(), "who publishes reads what changes"


def test_the_line_stands_beside_the_recording_where_the_plan_shows_it(as_hr: Client) -> None:
    interview = make_interview()
    make.ask(interview.version, "show")
    browser = Browser(interview).open().enter(consents=["recording", "faces"])
    question = question_ids(interview, 1)[0]
    recordings.finish(browser, question, recordings.record(browser, question, PIECES))
    row = make.figures(Answer.objects.get().pk)
    address = reverse("admin:recruitment_interview_change", args=[interview.pk])

    def is_shown(what: str) -> bool:
        return what in as_hr.get(address).content.decode()

    assert is_shown(facewords.words_of(row))
    assert is_shown("不计入任何评分")
    make.ask(interview.version, "collect")
    assert not is_shown(facewords.words_of(row))
    make.ask(interview.version, "show")
    FaceFigures.objects.all().delete()
    make.figures(Answer.objects.get().pk, reason="slow")
    assert is_shown("未统计：设备速度不足")
    recordings.empty_storage()


def test_a_consent_taken_back_on_the_phone_is_noted_with_how_it_was_said(as_hr: Client) -> None:
    interview = make_interview()
    make.ask(interview.version, "collect")
    address = reverse("admin:recruitment_interview_change", args=[interview.pk])
    step = reverse("admin:recruitment_interview_step", args=[interview.pk, "withdraw-faces"])
    browser = Browser(interview).open().enter(consents=["recording", "faces"])
    question = question_ids(interview, 1)[0]
    recordings.finish(browser, question, recordings.record(browser, question, PIECES))
    make.figures(Answer.objects.get().pk)
    assert step in as_hr.get(address).content.decode()
    assert "将删除统计数据的作答：1 个" in as_hr.get(step).content.decode()
    assert as_hr.post(step, {"reason": ""}).status_code == 422
    assert FaceFigures.objects.count() == 1
    answer = as_hr.post(step, {"reason": "候选人 11 月 3 日来电"}, follow=True).content.decode()
    assert "已记录撤回，已删除统计数据的作答：1 个" in answer
    assert step not in answer, "there is nothing more to take back"
    assert not FaceFigures.objects.exists()
    said = interview.consents.filter(kind="faces").latest("pk")
    change = Change.objects.filter(model="recruitment.consent", object_id=said.pk).latest("pk")
    assert (said.given, change.did, change.why) == (False, Did.CREATED, "候选人 11 月 3 日来电")
    recordings.empty_storage()

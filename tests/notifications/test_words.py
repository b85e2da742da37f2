"""The words: whole and true in both languages, with what a candidate must hear and without what they must not."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils import timezone, translation

from messaging import kinds
from messaging.kinds import MessageKind
from messaging.models import Message
from notifications import facts, rendering
from notifications.enums import Audience
from notifications.templatetags import wording
from people.actors import Party
from recruitment.enums import ExitCause
from recruitment.models import Candidate, Interview, Opening
from recruitment.services import interviews
from tests.factories import notifications as make
from tests.factories import people, recruitment

pytestmark = pytest.mark.django_db
SHANGHAI = timezone.get_default_timezone()
LANGUAGES = ("zh-hans", "en")


def templates() -> Iterator[tuple[MessageKind, Audience]]:
    """Every kind with every audience that has words for it."""
    for path in sorted((rendering.FOLDER / "zh-hans").glob("*.txt")):
        kind, audience = path.stem.rsplit(".", 1)
        for one in (Audience.SPECIALIST, Audience.MANAGER) if audience == "staff" else (Audience(audience),):
            yield kinds.kind(kind), one


def everything(interview: Interview) -> dict[str, Any]:
    """All facts that any template names."""
    now = timezone.now()
    opening = interview.application.opening
    return {
        **facts.of_interview(interview),
        **facts.of_exit(facts.last_exit(interview)),
        "call_by": now + timedelta(hours=24),
        "due_at": now + timedelta(hours=24),
        "completed": False,
        "returned_at": now,
        "left_at": now,
        "value": "86.5",
        "invited": False,
        "after_interruption": True,
        "by_candidate": True,
        "given_up": False,
        "withdrawn": False,
        "basis": "full",
        "estimate": False,
        "planned": date(2026, 12, 1),
        "forecast": date(2026, 12, 4),
        "days": 3,
        "date_unknown": False,
        "provisional": True,
        "case_url": "https://hr.example/case",
        "plan_url": "https://hr.example/plan",
        "courses": [SimpleNamespace(title="办公软件进阶课程", title_en="Advanced office software")],
        "uncovered": [SimpleNamespace(name="谈判", name_en="Negotiation")],
        "assignee": opening.specialist,
        "is_asked": False,
        "reached": None,
        "tried": None,
        "reason": "threshold_lowered",
        "was": "已淘汰",
        "stage": "AI面试",
        "can_enter": True,
        "begun": True,
        "manager": "孙经理",
        "person": opening.specialist,
        "today": date(2026, 11, 24),
        "open_follow_ups": 2,
        "overdue": 1,
        "interrupted": 1,
        "closing_today": 1,
        "undecided": 1,
        "stuck": 1,
        "answer_by": now,
        "start_on": date(2026, 12, 7),
        "choose_by": now,
        "times": [now, now],
        "chosen_at": now,
        "is_expired": True,
        "offer_url": "https://hr.example/offer",
        "approver": "陈总监",
        "approval_url": "https://hr.example/admin/managers/approvals/offer/1/",
        "objector": "孙经理",
        "matter": "录用通知审批",
        "reasons": ["薪酬高于该岗位的薪酬范围"],
        "page_url": "https://hr.example/page",
        "place": "会议室 301",
        "meeting_link": "https://meet.example/1",
        "interviewers": ["孙经理", "李招聘"],
        "is_first": True,
        "is_soon": True,
        "is_over": True,
        "due_by": now,
        "late": ["孙经理"],
        "card_url": "https://hr.example/admin/rounds/1/",
        "writer": opening.specialist,
        "note_url": "https://hr.example/note",
        "number": "P00012",
        "answer": "已修好",
        "request_state": "ready",
        "due_on": now.date(),
        "kept_until": now,
        "raised_by": "孙经理",
        "problem_url": "https://hr.example/problem",
        "own_url": "https://hr.example/admin/problems/",
        "by": "刘主管",
        "what": "批量淘汰",
        "list_url": "https://hr.example/admin/recruitment/application/many/1/",
        "view": "每周漏斗",
        "week_first": now.date(),
        "week_last": now.date(),
        "is_quiet": False,
        "changes": [{"words": "中途退出 3 次", "url": "https://hr.example/admin/reports/exits/"}],
        "risks": [],
        "tasks": [],
        "report_url": "https://hr.example/admin/reports/views/1/",
        "xlsx_url": "https://hr.example/admin/reports/views/1/xlsx/",
        "pdf_url": "https://hr.example/admin/reports/views/1/pdf/",
        "left_out": ["周培训"],
        "names": [
            {
                "candidate": interview.application.candidate,
                "opening": opening,
                "due_at": now,
                "assignee": opening.specialist,
            }
        ],
    }


# A reminder, a summary, a note and a problem are about more than one application, or about none.
WITHOUT_OPENING = (
    "reminder",
    "digest",
    "many",
    "offers_to_approve",
    "named_in_note",
    "problem",
    "problem_answered",
    "data_answered",
    "data_erased",
    "report_view",
    "weekly_letter",
)
CALL = {"by": "李招聘", "at": datetime(2026, 11, 24, 15, 30, tzinfo=SHANGHAI)}
# What changes whole sentences of some texts.
TURNS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "reached": {"reached": CALL},
    "tried": {"tried": CALL},
    "with people": {"room": False, "with_people": True, "round": 2},
    "a round that changed": {
        "room": False,
        "with_people": True,
        "round": 2,
        "is_first": False,
        "is_over": False,
    },
    "with people, nobody said where": {
        "room": False,
        "with_people": True,
        "round": 2,
        "place": "",
        "meeting_link": "",
        "interviewers": [],
    },
    "data refused": {"request_state": "refused"},
    "data erased": {"request_state": "granted"},
    "data not erased after all": {"request_state": "open"},
    "at a vendor's": {"room": False, "place": "", "meeting_link": "", "interviewers": []},
    "taken back before it began": {"begun": False},
    "taken back, nothing to enter": {"can_enter": False},
}


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_whole(language: str, turn: str) -> None:
    interview = make.house("interrupted")
    recruitment.saved_stage(interview, 1)
    Opening.objects.update(title_en="Data analyst")
    position, other = ("Data analyst", "数据分析师") if language == "en" else ("数据分析师", "Data analyst")
    context = {**everything(facts.interviews().get(pk=interview.pk)), **TURNS[turn]}

    for kind, audience in templates():
        subject, body = rendering.render(
            kind=kind.code, audience=audience, language=language, context=context
        )

        where = f"{language} {kind} {audience}"
        assert "«" not in subject + body, f"{where}: a fact that nobody gave"
        assert (
            re.search(r"\n\n\n| \n|\s,|，，|。。|（）|\(\)|None|True|False|{%|{{", subject + body) is None
        ), where
        assert position in subject or kind.code in WITHOUT_OPENING, where
        assert other not in subject + body, where


def test_both_languages_have_words_for_the_same() -> None:
    names = [{path.name for path in (rendering.FOLDER / language).glob("*.txt")} for language in LANGUAGES]
    assert names[0] == names[1]


def interrupted(**candidate: Any) -> tuple[Interview, str]:
    interview = make.house()
    Candidate.objects.filter(pk=interview.application.candidate_id).update(**candidate)
    recruitment.saved_stage(interview, 1)
    recruitment.saved_stage(interview, 2)
    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
    )
    return interview, Message.objects.get(audience="candidate", kind="interrupted").body


@time_machine.travel(datetime(2026, 11, 24, 15, 30, tzinfo=SHANGHAI), tick=False)
def test_what_a_candidate_hears_of_an_interruption() -> None:
    interview, body = interrupted()

    for words in (
        "中断",
        "不是对您的评价",
        "“自我介绍”、“专业问题”都已保存",
        "11月27日（周五）15:30之前",
        "{room_link}",
        "我们将在24小时内联系您",
        "李招聘最迟会在11月25日（周三）15:30之前",
        interview.application.opening.specialist.email,
    ):
        assert words in body


@time_machine.travel(datetime(2026, 11, 24, 15, 30, tzinfo=SHANGHAI), tick=False)
def test_the_same_in_english_for_who_reads_english() -> None:
    _interview, body = interrupted(language="en")

    for words in (
        "not a judgement",
        "before Fri 27 Nov, 15:30 (Beijing time)",
        "within 24 hours",
        "by Wed 25 Nov, 15:30 (Beijing time)",
    ):
        assert words in body
    assert Message.objects.get(audience="manager", kind="interrupted").language == "zh-hans"


def test_our_own_outage_is_called_ours() -> None:
    interview = make.house("interrupted")
    interview.exits.update(cause=ExitCause.OUR_OUTAGE)
    context = {**everything(facts.interviews().get(pk=interview.pk))}

    for language, words in (("zh-hans", "我们系统的故障"), ("en", "The fault was ours")):
        _subject, body = rendering.render(
            kind="interrupted", audience=Audience.CANDIDATE, language=language, context=context
        )
        assert words in body


def test_who_left_too_often_gets_no_link() -> None:
    interview = make.house(announced_exits=5)
    interviews.interrupt(
        interview_id=interview.pk, cause="network", evidence={}, by=Party.CANDIDATE, announced=True
    )

    body = Message.objects.get(audience="candidate", kind="interrupted").body

    assert "{room_link}" not in body
    assert "不能再自行返回" in body


def test_no_score_in_any_text_to_a_candidate() -> None:
    interview = make.house("interrupted")
    context = everything(facts.interviews().get(pk=interview.pk))
    for kind, audience in templates():
        if audience == Audience.CANDIDATE:
            for language in LANGUAGES:
                _subject, body = rendering.render(
                    kind=kind.code, audience=audience, language=language, context=context
                )
                assert "86.5" not in body


def test_a_kind_without_words_is_refused() -> None:
    with pytest.raises(LookupError):
        rendering.render(kind="follow_up", audience=Audience.CANDIDATE, language="zh-hans", context={})
    with pytest.raises(LookupError):
        rendering.render(kind="resumed", audience=Audience.CANDIDATE, language="zh-hans", context={})


def test_names_are_written_as_they_are() -> None:
    interview = make.house()
    Candidate.objects.filter(pk=interview.application.candidate_id).update(name="O'Brien <b> & {{ x }}")
    recruitment_interview = facts.interviews().get(pk=interview.pk)

    _subject, body = rendering.render(
        kind="completed",
        audience=Audience.CANDIDATE,
        language="zh-hans",
        context=facts.of_interview(recruitment_interview),
    )

    assert body.startswith("O'Brien <b> & {{ x }}，您好：")


def test_filters_in_both_languages() -> None:
    at = datetime(2026, 1, 3, 23, 5, tzinfo=SHANGHAI)
    things = [
        SimpleNamespace(title="甲", title_en="A"),
        SimpleNamespace(title="乙", title_en=""),
        people.recruiter(),
    ]
    with translation.override("zh-hans"):
        assert (wording.moment(at), wording.day(at.date())) == ("1月3日（周六）23:05", "2026年1月3日（周六）")
        assert wording.titles(things) == "“甲”、“乙”、“李招聘”"
        assert wording.contact(SimpleNamespace(phone="", email="")) != ""
    with translation.override("en"):
        assert (wording.moment(at), wording.day(at.date())) == (
            "Sat 3 Jan, 23:05 (Beijing time)",
            "Sat 3 Jan 2026",
        )
        assert wording.titles(things) == "A, 乙 and 李招聘"
        assert wording.titles([]) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_to_a_manager_leads_to_the_managers_page_of_the_opening_and_no_other(language: str) -> None:
    interview = make.house("interrupted")
    everywhere = everything(facts.interviews().get(pk=interview.pk))
    page = f"/admin/managers/openings/{interview.application.opening_id}/"
    said = 0

    for path in sorted((rendering.FOLDER / language).glob("*.txt")):
        kind, audience = path.stem.rsplit(".", 1)
        whom = [Audience.MANAGER, Audience.SPECIALIST] if audience == "staff" else [Audience(audience)]
        for one in whom:
            if one not in kinds.kind(kind).audiences:
                continue
            context = everywhere | {"manager": "孙经理" if one == Audience.MANAGER else None}
            if one == Audience.MANAGER:
                # A letter's lines bring their addresses along; the letter's own test says which.
                context["changes"] = [{"words": "中途退出 3 次", "url": f"https://hr.example{page}"}]
                # What was done for many leads to the manager's own page; the test of such messages says so.
                context["list_url"] = f"https://hr.example{page}"
                # What is to be approved leads to the manager's page of the approval.
                context["approval_url"] = f"https://hr.example{page}"
            _subject, body = rendering.render(kind=kind, audience=one, language=language, context=context)
            links = re.findall(r"/admin/[^\s。]*", body)
            if one == Audience.MANAGER:
                said += 1
                assert links == [page], path.name
            else:
                assert page not in links, path.name
    assert said > 10

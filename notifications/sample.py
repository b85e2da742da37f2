"""Somebody made up, with every fact that any message names: for previews and examples. Nothing of it is stored."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from notifications import rendering
from people.models import Department, User
from recruitment.models import Candidate, Opening


def _noon(days: int) -> datetime:
    return timezone.localtime().replace(hour=15, minute=30, second=0, microsecond=0) + timedelta(days=days)


def context() -> dict[str, Any]:
    """All facts by name. The candidate is in the second round of an opening that nobody offers."""
    specialist = User(username="li", name="李静", phone="+862155550101", email="li@example.com")
    candidate = Candidate(name="张三", phone="+8613800138000", email="zhangsan@example.com")
    opening = Opening(title="数据分析师", title_en="Data analyst")
    department = Department(name="数据部", name_en="Data")
    soon, later, day = _noon(1), _noon(3), _noon(7).date()
    stages = [
        SimpleNamespace(title="自我介绍", title_en="Introduction"),
        SimpleNamespace(title="专业问题", title_en="Professional questions"),
    ]
    row: dict[str, Any] = {"candidate": candidate, "opening": opening, "due_at": soon, "assignee": specialist}
    address = "https://hr.example.com/admin/"
    call = {"by": specialist, "at": soon}
    moments = dict.fromkeys(
        ("left_at", "returned_at", "chosen_at", "call_by", "due_at", "due_by", "opens_at"), soon
    ) | dict.fromkeys(("until", "closes_at", "answer_by", "choose_by", "kept_until", "time"), later)
    days = dict.fromkeys(("promised_by", "planned", "forecast", "start_on", "today"), day)
    links = dict.fromkeys(
        (
            "queue_url", "application_url", "record_url", "case_url", "plan_url", "offer_url", "card_url",
            "note_url", "problem_url", "own_url", "opening_url", "report_url", "list_url", "page_url",
            "approval_url", "xlsx_url", "pdf_url", "reports_url",
        ),
        address,
    )  # fmt: skip
    row |= {"words": "中途退出 3 次，其中 2 次已返回；前一周 5", "url": address}
    return {
        **moments, **days, **links,
        "candidate": candidate, "phone": "138 0013 8000", "email": candidate.email,
        "opening": opening, "department": department, "specialist": specialist, "assignee": specialist,
        "person": specialist, "writer": specialist, "manager": "孙经理", "raised_by": "孙经理",
        "interview": SimpleNamespace(attempt=1), "state": "已中断", "stage": "AI面试", "was": "已淘汰",
        "room": True, "with_people": False, "round": 2, "place": "会议室 301",
        "meeting_link": "https://meet.example.com/1", "interviewers": ["孙经理", "李静"], "late": ["孙经理"],
        "can_return": True, "can_enter": True, "begun": True, "announced": True, "our_fault": False,
        "stages": stages, "saved": stages[:1], "stage_count": 3, "minutes": 30, "notes": "请准备好身份证。",
        "note": "网络中断了", "cause": "网络问题", "basis": "full", "estimate": False, "value": "86.5",
        "invited": False, "after_interruption": True, "by_candidate": True, "given_up": False, "by_card": True,
        "withdrawn": False, "completed": False, "is_asked": False, "reached": call, "tried": call,
        "reason": "threshold_lowered", "days": 3, "date_unknown": False, "provisional": False,
        "courses": [SimpleNamespace(title="办公软件进阶课程", title_en="Advanced office software")],
        "uncovered": [SimpleNamespace(name="谈判", name_en="Negotiation")],
        "open_follow_ups": 2, "overdue": 1, "interrupted": 1, "closing_today": 1, "undecided": 1, "stuck": 1,
        "owed_answers": 1, "owed_by": day,
        "names": [row], "row": row, "times": [soon, later], "is_expired": True, "is_first": True,
        "is_soon": True, "is_over": True, "number": "P00012", "answer": "已修好，请刷新页面。",
        "request_state": "ready", "due_on": day, "message": SimpleNamespace(subject="您的面试已中断"), "told": "已送达",
        "view": "每周招聘漏斗", "week_first": day, "week_last": day, "is_quiet": False,
        "changes": [row], "risks": [row], "tasks": [row], "by": "刘主管", "what": "批量淘汰",
        "approver": specialist, "objector": specialist, "left_out": [str(specialist)], "refused": "",
        "matter": "录用审批", "reasons": ["薪酬高于该岗位的范围"],
    }  # fmt: skip


def value_of(expression: str, language: str) -> str:
    """What a variable reads like; "" where it stands only within a message of its own."""
    try:
        return rendering.render_text(f"{{{{ {expression} }}}}\n.", "", language, context())[0]
    except (AttributeError, TypeError):
        return ""

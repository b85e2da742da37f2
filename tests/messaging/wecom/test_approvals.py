"""Our client against the emulated approvals: asked, found again by our reference, read, and refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.wecom import errors
from messaging.wecom.approvals import Approvals, Place, Vote
from messaging.wecom.client import WeComClient
from tests.messaging.wecom.test_contract import refused
from tools.wecom.approvals import Template
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import answer_with, errcode, half_an_answer

T = "3WK-offer"
TEXT = "录用审批：李雷\n编号 HR-ABC"


@pytest.fixture
def approvals(client: WeComClient, emulator: WeComEmulator) -> Approvals:
    emulator.approvals.templates[T] = Template(approvers=("zhang.san", "li.si"))
    return Approvals(client)


def ask(approvals: Approvals, text: str = TEXT) -> str:
    place = approvals.place(T)
    assert place == Place("Textarea", "Textarea-1")
    return approvals.ask(T, place=place, creator="wang.fang", text=text, summary=text.splitlines())


def test_a_request_arrives_as_documented(approvals: Approvals, emulator: WeComEmulator) -> None:
    number = ask(approvals)

    assert emulator.calls[-1].json == {
        "creator_userid": "wang.fang",
        "template_id": T,
        "use_template_approver": 1,
        "apply_data": {"contents": [{"control": "Textarea", "id": "Textarea-1", "value": {"text": TEXT}}]},
        "summary_list": [
            {"summary_info": [{"text": "录用审批：李雷", "lang": "zh_CN"}]},
            {"summary_info": [{"text": "编号 HR-ABC", "lang": "zh_CN"}]},
        ],
    }
    assert [one.number for one in emulator.approvals.requests] == [number]
    detail = approvals.detail(number)
    assert (detail.state, detail.text) == (1, TEXT)
    assert [vote.userid for vote in detail.votes] == ["zhang.san", "li.si"]


def test_who_decided_stands_in_the_record_the_last_one_first(
    approvals: Approvals, emulator: WeComEmulator
) -> None:
    number = ask(approvals)
    emulator.decide(number, "zhang.san", agrees=True)
    emulator.advance(2)
    emulator.decide(number, "li.si", agrees=True, speech="可以")

    detail = approvals.detail(number)

    assert detail.state == 2
    votes = detail.who((2,))
    assert [(one.userid, one.words) for one in votes] == [("li.si", "可以"), ("zhang.san", "")]
    assert isinstance(votes[0], Vote) and votes[0].at > votes[1].at


def test_what_was_asked_is_found_again_page_by_page(approvals: Approvals, emulator: WeComEmulator) -> None:
    """Of this template, in this colleague's name, since that time."""
    begun = timezone.now()
    numbers = [ask(approvals, f"第{number}份") for number in range(102)]
    emulator.approvals.requests[0].creator = "somebody.else"

    found = approvals.since(T, creator="wang.fang", at=begun, until=timezone.now())

    assert list(found) == numbers[1:]
    assert emulator.count("oa/getapprovalinfo") == 2
    later = begun + timedelta(days=1)
    assert list(approvals.since(T, creator="wang.fang", at=later, until=later)) == []


def test_a_lost_answer_may_have_been_taken(approvals: Approvals, emulator: WeComEmulator) -> None:
    for fault in (half_an_answer(), answer_with(sp_no="")):
        emulator.fail("oa/applyevent", fault)
        assert refused(lambda: ask(approvals))[0] is errors.Ambiguous
    assert len(emulator.approvals.requests) == 2


@pytest.mark.parametrize(
    ("controls", "place"),
    [
        ((("Text", "Text-9", "说明", True),), Place("Text", "Text-9")),
        ((("Text", "Text-1", "备注", False), ("Textarea", "A-2", "说明", True)), Place("Textarea", "A-2")),
        ((("Date", "Date-1", "日期", False), ("Textarea", "A-2", "说明", True)), Place("Textarea", "A-2")),
        ((("Date", "Date-1", "日期", True), ("Textarea", "A-2", "说明", True)), None),
        ((("File", "File-1", "附件", False),), None),
    ],
)
def test_a_template_has_one_text_and_nothing_else_that_must_be_filled(
    approvals: Approvals,
    emulator: WeComEmulator,
    controls: tuple[tuple[str, str, str, bool], ...],
    place: Place | None,
) -> None:
    emulator.approvals.templates["T2"] = Template(controls=controls)
    assert approvals.place("T2") == place


@pytest.mark.parametrize(
    ("endpoint", "call"),
    [
        ("oa/gettemplatedetail", lambda approvals: approvals.place(T)),
        ("oa/applyevent",
         lambda approvals: approvals.ask(
             T, place=Place("Textarea", "Textarea-1"), creator="a", text="t", summary=["t"])),
        ("oa/getapprovalinfo",
         lambda approvals: list(
             approvals.since(T, creator="a", at=timezone.now(), until=timezone.now()))),
        ("oa/getapprovaldetail", lambda approvals: approvals.detail("1")),
    ],
)  # fmt: skip
def test_each_refusal_has_its_class(
    approvals: Approvals, emulator: WeComEmulator, endpoint: str, call: Callable[[Approvals], object]
) -> None:
    emulator.fail(endpoint, errcode(42001), times=2)
    assert refused(lambda: call(approvals)) == (errors.TokenProblem, 42001)
    for number, kind in {
        301055: errors.ConfigurationProblem,
        301056: errors.ConfigurationProblem,
        301025: errors.ContentProblem,
        301057: errors.Transient,
        45009: errors.Quota,
    }.items():
        emulator.fail(endpoint, errcode(number))
        assert refused(lambda: call(approvals)) == (kind, number)


def test_a_template_or_number_that_there_is_not(approvals: Approvals) -> None:
    assert refused(lambda: approvals.place("none")) == (errors.ContentProblem, 301025)
    assert refused(lambda: approvals.detail("none")) == (errors.ContentProblem, 301025)

"""The product as its people use it: script/server, a candidate's phone, and the back office, in a real browser."""

import datetime as dt
import re
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from core.process import places
from tests.scripts.test_server import Server
from tools.demo import visiting

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
}
WITHIN_A_MINUTE = 60


class Suite:
    """A running suite: its demo's people, its API as HR reads it, phones and a desk."""

    def __init__(self, server: Server, browser: Browser) -> None:
        self.demo, self.browser = server.demo(), browser
        self.hr = httpx.Client(
            base_url=server.url, headers={"Authorization": f"Token {self.demo['hr']['token']}"}, timeout=30
        )

    def get(self, path: str, **params: Any) -> Any:
        answer = self.hr.get(f"/api/v1/{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def messages(self, candidate: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("messages/", interview=candidate["interview"], page_size=200)[
            "results"
        ]
        return found

    def told(self, candidate: dict[str, Any], audience: str, kind: str) -> str | None:
        """The body of an accepted message, or None."""
        bodies = [
            message["body"] for message in self.messages(candidate)
            if (message["audience"], message["kind"], message["state"]) == (audience, kind, "accepted")
        ]  # fmt: skip
        return bodies[0] if bodies else None

    def application(self, candidate: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"applications/{candidate['application']}/")
        return found

    def interview(self, candidate: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"interviews/{candidate['interview']}/")
        return found

    def current(self, candidate: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """The current reports by basis."""
        reports = self.interview(candidate)["assessments"]
        return {report["basis"]: report for report in reports if report["status"] == "current"}

    def phone(self, candidate: dict[str, Any]) -> Page:
        """A new phone that has opened the link and confirmed."""
        page = self.browser.new_context(**PHONE).new_page()
        page.goto(candidate["link"])
        page.click("button[type=submit]")
        page.wait_for_url("**/room/")
        return page

    def begin(self, candidate: dict[str, Any]) -> Page:
        page = self.phone(candidate)
        page.check("input[name=recording][value=no]")
        page.check("input[name=ai_evaluation][value=yes]")
        page.click("[data-view=consent] [type=submit]")
        expect(page.locator("[data-view=question]")).to_be_visible()
        return page

    def answer_stage(self, page: Page, candidate: dict[str, Any], number: int) -> None:
        """Answer a stage's questions with what earns full marks, through the page."""
        texts = self.demo["answers"]
        state = page.evaluate("fetch('/room/api/state').then(answer => answer.json())")
        for question in state["stages"][number - 1]["questions"]:
            expect(page.locator("h1[data-slot=question]")).to_contain_text(question["text"][:12])
            page.fill("#answer", texts[str(question["id"])])
            page.click("[data-deed=submit]")
        expect(page.locator("[data-view=saved], [data-view=done]").locator("visible=true")).to_have_count(1)

    def desk(self) -> Page:
        """A desk at which HR is signed in."""
        page = self.browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
        page.goto(f"{self.demo['base_url']}/admin/")
        page.fill("[name=username]", self.demo["hr"]["username"])
        page.fill("[name=password]", self.demo["hr"]["password"])
        page.click("[type=submit]")
        return page


def soon(true: Callable[[], Any], limit: float = WITHIN_A_MINUTE) -> Any:
    """What becomes true within the limit."""
    deadline = time.monotonic() + limit
    while not (found := true()):
        assert time.monotonic() < deadline, "did not happen within a minute"
        time.sleep(0.5)
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    try:
        server.start()
        yield server
    finally:
        if server.process.poll() is None:
            server.process.terminate()
            server.process.wait(60)
        shutil.rmtree(places.outside(server.home), ignore_errors=True)
        shutil.rmtree(server.home, ignore_errors=True)


@pytest.fixture
def suite(server: Server, browser: Browser) -> Suite:
    return Suite(server, browser)


def leave_after_two_stages(suite: Suite, candidate: dict[str, Any]) -> Page:
    """Two of three stages, then the leave button and a cause."""
    page = suite.begin(candidate)
    for number in (1, 2):
        suite.answer_stage(page, candidate, number)
        page.click("[data-deed=next]")
    # The scores of saved stages are a job; what the exit shows is complete once they are there.
    page.click("[data-deed=exit]")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("影响")
    page.click("[data-do=ask-leave]")
    page.check("input[name=cause][value=time_conflict]", force=True)
    page.click("[data-form=leave] [type=submit]")
    expect(page.locator("[data-view=return]")).to_be_visible()
    return page


def test_leaving_half_way_moves_everything_that_depends_on_it(suite: Suite) -> None:
    candidate = suite.demo["candidates"][0]
    before = suite.application(candidate)
    # Who comes into the demo's room by themselves is counted as well; once both are there nobody follows for minutes.
    soon(
        lambda: suite.get("interviews/", state="in_progress")["count"] == visiting.AT_ONCE,
        limit=2 * visiting.APART,
    )
    week = suite.get("reports/weekly/")

    leave_after_two_stages(suite, candidate)

    soon(lambda: set(suite.current(candidate)) == {"partial", "fallback"})
    reports = suite.current(candidate)
    scored = {row["name"]: row["value"] for row in reports["partial"]["competencies"]}
    assert scored["专业技能"] == scored["反应速度"] == 100
    assert scored["情绪管理"] is None
    overall = reports["fallback"]["overall"]
    assert overall["low"] < overall["value"] <= overall["high"]
    to_candidate = soon(lambda: suite.told(candidate, "candidate", "interrupted"))
    assert "我们将在24小时内联系您" in to_candidate
    assert "自我介绍" in to_candidate
    assert soon(lambda: suite.told(candidate, "specialist", "interrupted"))
    assert soon(lambda: suite.told(candidate, "manager", "start_changed"))
    after = suite.application(candidate)
    assert after["expected_start"] > before["expected_start"]
    plan = suite.get("training-plans/", application=candidate["application"])["results"][0]
    assert "办公软件进阶课程" in {item["course"]["title"] if isinstance(item["course"], dict) else item["course"]
                                   for item in plan["items"]} or "办公软件进阶课程" in str(plan)  # fmt: skip
    now = suite.get("reports/weekly/")
    assert (now["started"], now["interrupted"]) == (week["started"] + 1, week["interrupted"] + 1)

    desk = suite.desk()
    desk.goto(f"{suite.demo['base_url']}/admin/recruitment/interview/{candidate['interview']}/change/")
    expect(desk.locator(".hs-reaction").first).to_be_visible()
    assert desk.locator(".hs-reaction:not(.is-done)").count() == 0
    expect(desk.locator("#assessments")).to_contain_text("替代评估")


def test_coming_back_in_another_browser_undoes_it(suite: Suite) -> None:
    candidate = suite.demo["candidates"][1]
    planned = suite.application(candidate)["expected_start"]
    leave_after_two_stages(suite, candidate)
    soon(lambda: "partial" in suite.current(candidate))
    assert suite.application(candidate)["expected_start"] > planned

    second = suite.phone(candidate)
    second.click("[data-view=return] [data-deed=enter]")
    expect(second.locator("[data-view=question]")).to_be_visible()
    suite.answer_stage(second, candidate, 3)
    expect(second.locator("[data-view=done]")).to_be_visible()

    soon(lambda: set(suite.current(candidate)) == {"full"})
    assert suite.interview(candidate)["state"] == "completed"
    assert {report["status"] for report in suite.interview(candidate)["assessments"]} == {
        "current",
        "superseded",
    }
    follow_ups = suite.get("follow-ups/", interview=candidate["interview"])["results"]
    assert [(row["state"], row["outcome"]) for row in follow_ups] == [("closed", "returned")]
    assert suite.application(candidate)["expected_start"] == planned
    case = suite.get("onboarding/", application=candidate["application"])["results"][0]
    assert all(delay["lifted_at"] for delay in case["delays"])
    assert soon(lambda: suite.told(candidate, "manager", "start_restored"))


def test_eighty_or_more_has_the_second_round_notice_within_a_minute(suite: Suite) -> None:
    candidate = suite.demo["candidates"][2]
    page = suite.begin(candidate)
    for number in (1, 2, 3):
        suite.answer_stage(page, candidate, number)
        if number < 3:
            page.click("[data-deed=next]")
    finished = time.monotonic()

    notice = soon(lambda: suite.told(candidate, "candidate", "second_round"))

    assert time.monotonic() - finished < WITHIN_A_MINUTE
    assert re.search(r"复试", notice)
    application = suite.application(candidate)
    assert (application["in_second_round"], application["score"]["basis"]) == (True, "full")
    assert application["score"]["value"] >= 80


def test_the_queue_is_worked_with_one_click_each(suite: Suite) -> None:
    candidate = suite.demo["candidates"][3]
    leave_after_two_stages(suite, candidate)
    soon(lambda: suite.get("follow-ups/", interview=candidate["interview"])["count"])
    desk = suite.desk()
    desk.goto(f"{suite.demo['base_url']}/admin/recruitment/followup/")
    row = desk.locator("tr", has_text=candidate["name"]).first
    row.get_by_role("button", name="认领").click()

    def state() -> str:
        found: str = suite.get("follow-ups/", interview=candidate["interview"])["results"][0]["state"]
        return found

    soon(lambda: state() == "claimed")


def test_last_week_is_honest(suite: Suite) -> None:
    day = dt.datetime.now(ZoneInfo("Asia/Shanghai")).date() - dt.timedelta(days=7)
    week = suite.get("reports/weekly/", day=day.isoformat())
    assert (week["invited"], week["interrupted"], week["pass_rate"]["denominator"]) == (100, 10, 90)
    assert week["pass_rate"]["numerator"] == 63

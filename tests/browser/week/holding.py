"""The week: the interviews are taken or left, who left is called, three rounds are held and decided."""

from collections import Counter
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Browser, expect

from people.models import User
from recruitment import tasks
from recruitment.models import (
    Application,
    Checkpoint,
    FollowUp,
    Interview,
    Round,
    Scorecard,
)
from tests.browser.conftest import picture
from tests.browser.week.candidates import Phone
from tests.browser.week.desk import Desk
from tests.browser.week.house import House

CAUSES = ("time_conflict", "device", "network")
LEFT, STRONG, WEAK = 12, 3, 3


def they_take_it(base: str) -> tuple[list[Application], list[Application], list[Application]]:
    """Three well, three badly; twelve leave after the first stage. The others have not come yet."""
    everybody = list(Application.objects.order_by("pk"))
    strong, weak, left = everybody[:STRONG], everybody[STRONG : STRONG + WEAK], everybody[6 : 6 + LEFT]
    for one in [*strong, *weak]:
        Phone(base, one).enter().take(well=one in strong)
    for number, one in enumerate(left):
        Phone(base, one).enter().take(well=True, stages=1).leave(CAUSES[number % len(CAUSES)])
    the_machine_scores()
    assert set(
        Application.objects.filter(pk__in=[one.pk for one in strong]).values_list("stage", flat=True)
    ) == {"second_round"}
    assert FollowUp.objects.filter(kind="exit", state="open").count() == LEFT
    return strong, weak, left


def the_machine_scores() -> None:
    for checkpoint in Checkpoint.objects.filter(scored_at__isnull=True).order_by("pk"):
        tasks.score_checkpoint(checkpoint.pk)


def they_are_called(desk: Desk, base: str, left: list[Application]) -> None:
    """All twelve are claimed; one comes back by themselves, eleven are called."""
    with desk.doing("12 exits: claimed, called, closed") as page:
        desk.follow("/recruitment/followup/")
        picture(page, "week_queue")
        desk.choose_many("claim")
        desk.agree()
        Phone(base, left[0]).enter()
        desk.follow("/recruitment/followup/")
        desk.choose_many("close")
        page.locator("select[name=outcome]").select_option("reached")
        desk.job.boxes += 1
        desk.fill("note", "已电话联系，候选人会在窗口内继续")
        desk.agree()
        picture(page, "week_called")
    outcomes = Counter(FollowUp.objects.filter(kind="exit").values_list("state", "outcome"))
    assert outcomes == {("closed", "reached"): LEFT - 1, ("closed", "returned"): 1}


def rounds_are_held(desk: Desk, house: House, browser: Browser, strong: list[Application]) -> None:
    with desk.doing("3 rounds of two interviewers planned") as page:
        desk.follow("/recruitment/opening/")
        desk.follow("stage__exact=second_round")
        desk.choose_many("plan_rounds")
        desk.fill("room", "3 号会议室")
        picture(page, "week_round")
        desk.agree()
    assert Round.objects.count() == STRONG
    began = timezone.now() - timedelta(minutes=5)
    for number, row in enumerate(Interview.objects.filter(kind="people").order_by("pk")):
        row.window_opens_at = began - timedelta(hours=number)
        row.window_closes_at = row.window_opens_at + timedelta(hours=1)
        row.save()
    for interviewer in (house.manager, house.interviewer):
        cards_are_handed_in(browser, desk, interviewer)
    with desk.doing("3 rounds decided") as page:
        desk.click("a[href$='/recruitment/interview/']")
        desk.choose_many("decide", first=STRONG)
        page.locator("select[name=outcome]").select_option("passed")
        desk.job.boxes += 1
        picture(page, "week_decide")
        desk.agree()
    assert set(Round.objects.values_list("outcome", flat=True)) == {"passed"}


def cards_are_handed_in(browser: Browser, desk: Desk, interviewer: User) -> None:
    phone = Desk(browser, desk.base, interviewer.username, phone=True, jobs=desk.jobs)
    with phone.doing("6 scorecards on the phone") as page:
        picture(page, "week_rounds")
        card = Scorecard.objects.filter(interviewer=interviewer, handed_in_at=None).order_by("slot").first()
        assert card is not None
        phone.follow(f"/admin/rounds/{card.pk}/")
        for _card in range(STRONG):
            for box in page.locator("fieldset").all():
                phone.click(box.locator(".rounds-points label").nth(3))
            phone.fill("notes", "用真实数据讲清了口径与结论")
            with page.expect_navigation():
                phone.press("提交")
        expect(page.locator("[name=reason]")).to_be_visible()
    phone.close()

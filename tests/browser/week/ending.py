"""Friday: three offers, everybody else rejected in one go, one of them taken back."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Browser

from recruitment.models import (
    Application,
    Offer,
)
from tests.browser.conftest import picture
from tests.browser.week.candidates import Phone
from tests.browser.week.desk import Desk
from tests.browser.week.house import House
from tests.factories.works import work_off


def offers_are_made(desk: Desk, house: House, browser: Browser, strong: list[Application]) -> None:
    """The first accepts, the second turns it down, the third accepts and does not come."""
    with desk.doing("3 offers drafted") as page:
        desk.follow("/recruitment/opening/")
        desk.follow("stage__exact=second_round")
        desk.choose_many("draft_offers")
        desk.fill("salary", "12000")
        desk.fill("start_on", f"{a_monday():%Y-%m-%d}")
        assert page.locator("[name=place]").input_value() == "上海市浦东新区"
        picture(page, "week_offer")
        desk.agree()
    lead = Desk(browser, desk.base, house.lead.username, jobs=desk.jobs)
    with lead.doing("3 offers approved") as page:
        picture(page, "week_waiting")
        with page.expect_navigation():
            lead.click("#drafts button")
        picture(page, "week_approve")
        lead.agree()
    lead.close()
    with desk.doing("3 offers sent") as page:
        desk.to_page("/recruitment/offer/")
        desk.choose_many("send")
        picture(page, "week_send")
        desk.agree()
    assert set(Offer.objects.values_list("state", "approved_by")) == {("sent", house.lead.pk)}
    first, second, third = (Phone(desk.base, one) for one in strong)
    first.send("POST", "offer/accept", name=str(strong[0].candidate), consent=True)
    second.send("POST", "offer/decline", reason="pay", note="已接受其他公司的录用")
    third.send("POST", "offer/accept", name=str(strong[2].candidate), consent=True)
    with desk.doing("1 hire that fell through") as page:
        desk.find(str(strong[2].candidate))
        desk.follow("/steps/fall_through/")
        desk.fill("reason", "候选人电话告知不来入职")
        desk.agree()
        picture(page, "week_fell")


def a_monday() -> Any:
    day = timezone.localdate() + timedelta(days=30)
    return day + timedelta(days=-day.weekday() % 7)


def the_others_are_told(desk: Desk, strong: list[Application], weak: list[Application]) -> None:
    with desk.doing("everybody else rejected in one go") as page:
        desk.follow("/recruitment/opening/")
        desk.follow("/recruitment/application/?opening__id__exact=")
        desk.choose_many("reject")
        desk.fill("reason", "本批岗位已招满")
        picture(page, "week_reject")
        desk.agree()
        work_off()
        page.reload()
        picture(page, "week_rejected")
    with desk.doing("1 rejection taken back") as page:
        desk.follow(f"/recruitment/application/{weak[0].pk}/steps/reopen/")
        desk.fill("reason", "误选，该候选人仍在评估")
        desk.agree()
        picture(page, "week_back")

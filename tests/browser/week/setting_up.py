"""Monday: a plan, an opening, a hundred candidates from a table, one from the public page, all of them scheduled."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Browser, expect

from core.exchange.models import Import
from recruitment.models import (
    Application,
    Interview,
    Opening,
    PlanVersion,
    PublicApplication,
)
from tests.browser.conftest import picture
from tests.browser.week.candidates import BAD, GOOD, OPENING, TWICE, table
from tests.browser.week.desk import Desk
from tests.factories.works import work_off
from tests.recruitment.resumes import files


def a_plan_from_the_library(desk: Desk) -> None:
    with desk.doing("a plan: copied, changed, published") as page:
        desk.follow("/interviewplan/library/")
        card = page.locator("#data-analyst")
        card.locator("[name=name]").fill("校招数据分析")
        desk.job.boxes += 1
        desk.click(card.get_by_role("button"))
        question = page.locator("[data-block=q] textarea").first
        question.fill("请用两分钟介绍您最满意的一次数据分析：您负责什么，结果如何？")
        desk.job.boxes += 1
        picture(page, "week_plan")
        with page.expect_navigation():
            desk.click("button[value=publish]")
    version = PlanVersion.objects.get()
    assert version.published_at is not None
    assert version.stages.get(number=1).questions.get(number=1).text.startswith("请用两分钟")


def an_opening_on_one_form(desk: Desk) -> None:
    with desk.doing("an opening on its one form") as page:
        desk.follow("/recruitment/opening/")
        desk.follow("/recruitment/opening/add/")
        desk.fill("title", OPENING)
        desk.look_up("department", "数据分析部")
        desk.fill("location", "上海市浦东新区")
        desk.fill("headcount", "2")
        desk.fill("target_month", f"{timezone.localdate() + timedelta(days=60):%Y-%m-%d}")
        desk.fill("description", "负责业务数据的日常分析与专题研究。")
        # The plan published last, and whoever makes it, stand there already.
        assert (
            page.locator(".field-interview_plan .select2-selection__rendered").inner_text() == "校招数据分析"
        )
        assert "李招聘" in page.locator(".field-specialist .select2-selection__rendered").inner_text()
        desk.look_up("interviewers", "孙经理")
        desk.look_up("interviewers", "钱工")
        desk.fill("salary_low", "9000")
        desk.fill("salary_high", "15000")
        desk.click(page.get_by_text("添加晋级规则"))
        picture(page, "week_opening")
        desk.click("button[name=_save]")
    opening = Opening.objects.get()
    assert (opening.title, opening.location, opening.headcount) == (OPENING, "上海市浦东新区", 2)
    assert set(opening.interviewers.values_list("name", flat=True)) == {"孙经理", "钱工"}
    assert opening.advance_rule.threshold == 80


def a_hundred_rows(desk: Desk) -> None:
    with desk.doing("100 candidates from a table") as page:
        # From where the new opening stands.
        desk.follow("/exchange/import/add/")
        assert page.locator("[name=kind]").input_value() == "candidates"
        page.locator("[name=file]").set_input_files({
            "name": "校招名单.xlsx", "buffer": table(),
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        })  # fmt: skip
        desk.job.clicks += 1
        desk.click(".hs-ask button[type=submit]")
        expect(page.get_by_text("检查中").first).to_be_visible()
        work_off()
        page.reload()
        picture(page, "week_import")
        with page.expect_navigation():
            desk.press("导入")
        work_off()
        page.reload()
    picture(desk.page, "week_imported")
    counts = {fate: count for fate, count in Import.objects.get().counts().items() if count}
    assert counts == {"new": GOOD, "refused": BAD, "duplicate": TWICE}
    assert Application.objects.filter(stage="applied").count() == GOOD


def somebody_applies_by_themselves(desk: Desk, browser: Browser) -> None:
    with desk.doing("the public page") as page:
        desk.follow("/recruitment/opening/")
        with page.expect_navigation():
            desk.press("发布")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=desk.base)
        picture(page, "week_openings")
        desk.press("复制地址")
        expect(page.get_by_role("button", name="已复制")).to_be_visible()
        address = page.evaluate("navigator.clipboard.readText()")
        assert address.endswith(f"/{Opening.objects.get().apply_slug}/")
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    phone.goto(address)
    expect(phone.get_by_text("负责业务数据的日常分析与专题研究。")).to_be_visible()
    picture(phone, "week_public")
    for name, value in {"name": "林自荐", "phone": "13700000001", "email": "lin@example.com"}.items():
        phone.fill(f"[name={name}]", value)
    phone.locator("[name=file]").set_input_files({
        "name": "简历.pdf", "mimeType": "application/pdf", "buffer": files.pdf(),
    })  # fmt: skip
    phone.check("[name=consent]")
    phone.click("button[type=submit]")
    expect(phone.get_by_text("已收到您的应聘").first).to_be_visible()
    phone.context.close()
    assert PublicApplication.objects.get().state == "taken"


def everybody_is_scheduled(desk: Desk) -> None:
    with desk.doing("93 interviews scheduled in one go") as page:
        desk.follow("/recruitment/opening/")
        desk.follow("/recruitment/application/?opening__id__exact=")
        desk.choose_many("schedule")
        now = timezone.localtime()
        desk.fill("opens_at", f"{now:%Y-%m-%dT%H:%M}")
        desk.fill("closes_at", f"{now + timedelta(days=12):%Y-%m-%dT%H:%M}")
        picture(page, "week_schedule")
        desk.agree()
        work_off()
        page.reload()
        picture(page, "week_scheduled")
    assert Interview.objects.filter(state="scheduled").count() == GOOD + 1

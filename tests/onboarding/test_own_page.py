"""The hire's own page behind the link: asked once the offer was accepted, checked, shown masked, nobody else's."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from core.history.models import Change
from onboarding.models import EmployeeIdentity, OnboardingCase
from tests.onboarding.services.test_identities import HOME, NUMBER, OTHER
from tests.recruitment.offers.test_offers import Story, calendar  # noqa: F401 -- its days off
from tests.recruitment.room.conftest import Browser

pytestmark = pytest.mark.django_db
PAGE = "/room/identity/"
VALUES = {"kind": "resident", "number": NUMBER, "address": HOME}


def opened(name: str = "张三", *, accepted: bool = True) -> Browser:
    story = Story(name)
    story.sent()
    browser = Browser(story.interview).open()
    if accepted:
        page = browser.client.get("/room/offer/")
        sent = {"csrfmiddlewaretoken": page.context["csrf_token"], "name": name, "consent": "1"}
        assert browser.client.post("/room/offer/", {**sent, "answer": "accept"}).status_code == 302
    return browser


def post(browser: Browser, **values: str) -> Any:
    token = browser.client.cookies["csrftoken"].value
    return browser.client.post(PAGE, {**VALUES, **values, "csrfmiddlewaretoken": token})


def test_whoever_accepted_is_asked_on_every_page_of_theirs() -> None:
    browser = opened(accepted=False)
    for page in ("/room/", "/room/offer/"):
        assert PAGE not in browser.client.get(page).text
    assert browser.client.get(PAGE).status_code == 404
    browser = opened("李四")
    for page in ("/room/", "/room/offer/"):
        text = browser.client.get(page).text
        assert f'href="{PAGE}"' in text and "现在填写" in text, page
        assert "录用通知已结束" not in text
    assert browser.client.get("/room/api/status").json()["situation"] == "hired"
    assert not EmployeeIdentity.objects.exists()


def test_it_says_why_who_and_how_long_and_reading_changes_nothing() -> None:
    browser = opened()
    page = browser.client.get(PAGE)
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    for said in (
        "《劳动合同法》第十七条",
        "末四位",
        "30 天后删除",
        "离职后 730 天",
        "居民身份证",
        "港澳台居民居住证",
    ):
        assert said in page.text, said
    english = browser.client.get(PAGE, {"lang": "en"}).text
    assert "Labour Contract Law, article 17" in english and "deleted after 30 days" in english
    assert not EmployeeIdentity.objects.exists()


def test_what_is_wrong_is_said_and_what_was_typed_stays() -> None:
    browser = opened()
    browser.client.get(PAGE)
    refused = post(browser, number="110105194912310021")
    assert refused.status_code == 422 and 'role="alert"' in refused.text
    assert "最后一位校验码与前面的数字不符" in refused.text and 'value="110105194912310021"' in refused.text
    assert HOME in refused.text and not EmployeeIdentity.objects.exists()
    for values in ({"kind": ""}, {"number": "\x00"}, {"address": "上海"}, {"number": "1" * 5000}):
        assert post(browser, **values).status_code in (400, 422), values
    assert not EmployeeIdentity.objects.exists()


def test_it_is_given_once_and_read_back_masked() -> None:
    browser = opened()
    browser.client.get(PAGE)
    for _time in range(2):
        assert post(browser)["Location"] == PAGE
    row = EmployeeIdentity.objects.get()
    assert (row.number, row.address, row.given_by) == (NUMBER, HOME, None)
    page = browser.client.get(PAGE).text
    assert "已经收到" in page and "**************002X" in page and "广东省深圳市•••" in page
    assert [secret for secret in (NUMBER, "科苑路", "19491231") if secret in page] == []
    assert "查看或更正" in browser.client.get("/room/").text
    assert post(browser, number=OTHER).status_code == 302
    assert EmployeeIdentity.objects.get().number == OTHER
    [made, changed] = Change.objects.filter(model="onboarding.employeeidentity").order_by("pk")
    assert (made.party, changed.party, set(changed.after) - {"given_at"}) == (
        "candidate",
        "candidate",
        {"number"},
    )


def test_nobody_gives_or_reads_anybody_elses() -> None:
    first, second = opened(), opened("李四")
    first.client.get(PAGE)
    assert post(first).status_code == 302
    page = second.client.get(PAGE).text
    assert "已经收到" not in page and "002X" not in page
    # The same number of somebody else is taken: whose it is, the page does not tell.
    answer = post(second)
    assert answer.status_code == 302 and "张三" not in second.client.get(PAGE).text
    assert EmployeeIdentity.objects.twice().count() == 2
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(PAGE).status_code == 401
    assert stranger.post(PAGE, VALUES).status_code == 403
    assert first.client.post(PAGE, VALUES).status_code == 403  # without the form's own token


def test_after_the_start_the_page_only_reads() -> None:
    browser = opened()
    browser.client.get(PAGE)
    post(browser)
    case = OnboardingCase.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE onboarding_onboardingcase SET state = 'started', started_on = current_date WHERE id = %s",
            [case.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    page = browser.client.get(PAGE).text
    assert "<form" not in page and "**************002X" in page and "请告知人事同事" in page
    assert post(browser, number=OTHER).status_code == 409
    assert EmployeeIdentity.objects.get().number == NUMBER
    assert PAGE not in browser.client.get("/room/").text

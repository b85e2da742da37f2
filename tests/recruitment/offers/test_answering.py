"""The candidate's page of an offer, and its API: reading changes nothing, an answer counts once, each sees the own."""

import pytest

from recruitment.models import Offer
from tests.factories import people
from tests.recruitment.offers.test_offers import Story, calendar  # noqa: F401
from tests.recruitment.room.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    found = Story("张三")
    found.offer = found.sent()
    return found


def test_the_link_leads_to_the_offer_and_reading_changes_nothing(story, client):
    browser = Browser(story.interview)
    shown = browser.client.get(f"/i/{browser.token}").text
    assert "阅读并答复录用通知" in shown
    went = browser.client.post(
        f"/i/{browser.token}", {"csrfmiddlewaretoken": browser.client.cookies["csrftoken"].value}
    )
    assert went["Location"] == "/room/offer/"
    page = browser.client.get("/room/offer/")
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    assert "18,000" in page.text and "招聘流程过慢或中途中断" in page.text
    letter = browser.client.get("/room/offer/letter.pdf")
    assert letter.content == bytes(Offer.objects.get(pk=story.offer.pk).letter)
    assert Offer.objects.get(pk=story.offer.pk).state == "sent"
    status = browser.client.get("/room/api/status").json()
    assert (status["situation"], status["can"]) == (
        "offer_sent",
        ["accept_offer", "decline_offer", "contact", "request_data", "request_erasure"],
    )
    assert client.get("/room/offer/").status_code == 401


def test_accepting_by_the_page_twice_is_once(story):
    browser = Browser(story.interview).open()
    page = browser.client.get("/room/offer/")
    sent = {"csrfmiddlewaretoken": page.context["csrf_token"], "answer": "accept", "name": "张三"}
    refused = browser.client.post("/room/offer/", sent)
    assert refused.status_code == 422 and 'role="alert"' in refused.text
    wrong = browser.client.post("/room/offer/", {**sent, "consent": "1", "name": "李四"})
    assert (wrong.status_code, Offer.objects.get().state) == (422, "sent")
    for _time in range(2):
        assert browser.client.post("/room/offer/", {**sent, "consent": "1"}).status_code == 302
    assert "您已接受录用" in browser.client.get("/room/offer/").text
    assert (Offer.objects.get().state, story.stage()) == ("accepted", "hired")


def test_the_api_takes_one_answer(story):
    browser = Browser(story.interview).open()
    assert browser.send("POST", "offer/accept", {"name": "张三"}).json()["code"] == "consent_missing"
    assert browser.send("POST", "offer/decline", {"reason": "x"}).json()["code"] == "reason_unknown"
    assert browser.send("POST", "offer/decline", {"reason": ["x"]}).status_code == 422
    assert (
        browser.send("POST", "offer/accept", {"offer": 999, "name": "张三", "consent": True}).status_code
        == 404
    )
    for _time in range(2):
        answer = browser.send("POST", "offer/decline", {"reason": "process", "note": "太慢"})
        assert (answer.status_code, answer.json()["state"]) == (200, "declined")
    late = browser.send("POST", "offer/accept", {"name": "张三", "consent": True})
    assert (late.status_code, late.json()["code"]) == (409, "offer_over")
    assert browser.client.get("/room/api/status").json()["situation"] == "offer_over"


def test_nobody_has_an_offer_that_was_not_sent_or_is_not_theirs(story):
    other = Story("李四")
    other.made()
    browser = Browser(other.interview).open()
    assert browser.client.get("/room/offer/").status_code == 404
    assert browser.client.get("/room/offer/letter.pdf").status_code == 404
    answer = browser.send("POST", "offer/accept", {"offer": story.offer.pk, "name": "张三", "consent": True})
    assert (answer.status_code, Offer.objects.get(pk=story.offer.pk).state) == (404, "sent")


def test_pay_and_letter_are_for_whoever_recruits(story, client):
    address = f"/admin/recruitment/offer/{story.offer.pk}/change/"
    client.force_login(story.other)
    assert "18,000" in client.get(address).text
    assert client.get(f"/admin/letters/{story.offer.pk}.pdf")["Content-Type"] == "application/pdf"
    client.force_login(people.onboarder())
    page = client.get(address)
    assert page.status_code == 200 and "18,000" not in page.text and "上海市浦东新区" in page.text
    assert client.get(f"/admin/letters/{story.offer.pk}.pdf").status_code == 404

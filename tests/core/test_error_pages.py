"""Where there is nothing to answer: a page that says what to do next, and to programs a code, whatever the method."""

import re

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.test import Client
from django.urls import path

from core.errors import Refused
from hrsuite.urls import handler400, handler403, handler404, handler500  # noqa: F401 -- Django takes them here
from hrsuite.urls import urlpatterns as own
from tests.factories import people

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
# Sentences of the other language: two words beside each other.
ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
METHODS = ["get", "post", "put", "patch", "delete", "options"]


def denied(request):
    raise PermissionDenied


def suspicious(request):
    raise SuspiciousOperation


def broken(request):
    raise RuntimeError("secret of the house")


def refused(request):
    raise Refused("too_late", "<b>It is too late.</b>")


urlpatterns = [
    path("admin/denied", denied), path("suspicious", suspicious), path("broken", broken), path("refused", refused),
    path("api/broken", broken), path("api/suspicious", suspicious), *own,
]  # fmt: skip


def browser(**options) -> Client:
    return Client(headers=BROWSER, raise_request_exception=False, **options)


def is_own_page(answer, status: int, code: str) -> str:
    """The page, once it is seen to be ours: one language, nothing loaded, a way on."""
    page = answer.content.decode()
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert f'data-code="{code}"' in page
    assert re.findall(r'lang="([^"]+)"', page) == ["zh-CN"]
    assert ENGLISH.findall(re.sub(r"<style>.*</style>|<[^>]+>", "", page, flags=re.DOTALL)) == []
    assert "width=device-width" in page
    assert set(re.findall(r"""(?:src|href)=["']([^"']+)""", page)) <= {
        "data:,", "/admin/", "tel:+861060000000", "mailto:lead@example.com"
    }  # fmt: skip
    assert "no-store" in answer["Cache-Control"]
    assert "'unsafe" not in answer["Content-Security-Policy"]
    return page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/nowhere", "/room/nowhere", "/admin/nowhere/", "/i18n/", "/recordings/x/y"]
)
def test_an_unknown_page_says_where_to_go(address):
    lead = people.lead(phone="+86 10 6000 0000", email="lead@example.com")
    client = browser()
    if address.startswith("/admin/"):
        client.force_login(lead)
    page = is_own_page(client.get(address), 404, "not_found")
    is_candidates, is_staffs = address.startswith("/room/"), address.startswith("/admin/")
    assert ("短信、企业微信或邮件里的链接" in page) is not is_staffs
    assert ('href="/admin/"' in page) is not is_candidates
    assert ("tel:+861060000000" in page) is not is_staffs


@pytest.mark.django_db
def test_it_is_said_in_the_language_chosen_here_else_in_the_browsers():
    client = browser()
    client.force_login(people.lead(name="Wang Min"))
    for address in ("/nowhere", "/room/nowhere", "/admin/nowhere/"):
        page = client.get(address, headers={"accept-language": "en-GB,en;q=0.9"}).content.decode()
        assert '<html lang="en">' in page
        assert "There is no such page" in page
        assert re.search(r"[\u4e00-\u9fff]", page) is None
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    chosen = client.get("/admin/nowhere/", headers={"accept-language": "en-GB,en;q=0.9"})
    is_own_page(chosen, 404, "not_found")


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "address",
    ["/api/", "/api/nowhere", "/api/v1/nowhere/", "/api/v1/follow-ups/1/nowhere/", "/room/api/", "/room/api/nowhere",
     "/vendors/", "/vendors/x", "/vendors/x/nowhere", "/hooks/", "/hooks/nowhere"],
)  # fmt: skip
def test_a_program_reads_a_code_at_every_unknown_address(address, method):
    answer = getattr(Client(enforce_csrf_checks=True, headers=BROWSER), method)(address)
    if answer.status_code == 301:
        assert method == "get"
        answer = Client(headers=BROWSER).get(address, follow=True)
    assert (answer.status_code, set(answer.json())) == (404, {"code", "message"})


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_is_sent_without_the_slash_is_not_lost_in_a_redirect(method):
    """A redirect turns it into a GET, and the program believes that the step was taken."""
    answer = getattr(Client(), method)("/api/v1/follow-ups/1/claim")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Client().get("/api/v1/openings").status_code == 301


@pytest.mark.django_db
def test_a_method_that_an_address_does_not_take_is_said_in_words():
    page = is_own_page(browser().get("/i18n/setlang/"), 405, "method_not_allowed")
    assert "打不开" in page or "不能这样" in page
    answer = browser().put("/vendors/x/events")
    assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (405, "POST", "method_not_allowed")
    is_own_page(browser().delete("/continue"), 405, "method_not_allowed")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/continue", "/i/some-token", "/admin/login/"])
def test_a_form_without_its_secret_is_refused_in_words(address):
    page = is_own_page(browser(enforce_csrf_checks=True).post(address, {}), 403, "csrf_failed")
    assert "重新加载" in page


@pytest.mark.django_db
@pytest.mark.urls("tests.core.test_error_pages")
def test_refusals_and_faults_have_their_pages_and_tell_nothing_of_the_house():
    client = browser()
    is_own_page(client.get("/admin/denied"), 403, "forbidden")
    is_own_page(client.get("/suspicious"), 400, "bad_request")
    assert "secret of the house" not in is_own_page(client.get("/broken"), 500, "server_error")
    refused_page = client.get("/refused").content.decode()
    assert "&lt;b&gt;It is too late.&lt;/b&gt;" in refused_page
    assert Client().get("/refused").json() == {"code": "too_late", "message": "<b>It is too late.</b>"}
    for address, status in (("/api/broken", 500), ("/api/suspicious", 400)):
        answer = client.get(address)
        assert (answer.status_code, set(answer.json())) == (status, {"code", "message"})


@pytest.mark.urls("tests.core.test_error_pages")
def test_a_fault_is_answered_without_any_database():
    """This test may not ask one at all."""
    is_own_page(browser().get("/broken"), 500, "server_error")
    is_own_page(browser().get("/suspicious"), 400, "bad_request")


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_everybody_hears_that_and_when_to_try_again(monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    for address in ("/i/some-token", "/room/", "/admin/", "/continue"):
        client = browser()
        client.cookies["room"] = client.cookies["sessionid"] = "x" * 32
        answer = client.get(address)
        if address == "/continue":  # asks no database
            assert answer.status_code == 200
            continue
        assert answer["Retry-After"] == "30"
        is_own_page(answer, 503, "unavailable")
    answer = Client(raise_request_exception=False, headers={"authorization": "Token x"}).get(
        "/api/v1/openings/"
    )
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unavailable", "30")
    connection.close()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "code"),
    [("/i/", 404, "link_incomplete"), ("/i/a/b", 404, "link_incomplete"), ("/i/rubbish", 404, "link_unknown"),
     ("/i/%00", 404, "link_unknown"), ("/room/", 401, "no_session")],
)  # fmt: skip
def test_a_candidate_without_a_whole_link_reads_what_to_do_and_whom_to_call(address, status, code):
    people.lead(name="王敏", phone="010-6000-1234")
    for method in ("get", "post") if address.startswith("/i/") else ("get",):
        answer = getattr(browser(), method)(address)
        page = answer.content.decode()
        assert answer.status_code == status
        assert f'data-code="{code}"' in page
        assert "王敏" in page
        assert "010 6000 1234" in page
    assert Client().get("/i").status_code == 301

"""Signing in with WeCom, over real HTTP with the emulated one, and whoever pretends to be somebody else."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.urls import reverse

from core.errors import TooMany
from messaging.models import WeComConnection
from people.enums import Role
from people.known_browsers import Caller
from people.models import SignInTries, User
from people.services import signing_in
from tests.emulators.connected import connection_to
from tests.factories import people
from tests.people.signing import LOGIN, SECOND, armed, browser, code_of, is_in, password
from tools.wecom.emulator import WeComEmulator
from tools.wecom.faults import errcode, half_an_answer
from tools.wecom.world import Member

pytestmark = pytest.mark.django_db
BEGIN = reverse("wecom_login")
UNKNOWN = "您的企业微信账号没有对应的账号"


@pytest.fixture
def wecom():
    with WeComEmulator(members=[Member("zhang.san", "张三"), Member("li.si", "李四")]) as emulator:
        connection_to(emulator).save()
        emulator.at_the_phone = "zhang.san"
        yield emulator


def back_from(client, **data):
    """To WeCom's page; the address that it leads back to."""
    there = client.post(BEGIN, data)
    assert there.status_code == 302
    back = urlsplit(httpx.get(there["Location"].partition("#")[0], trust_env=False).headers["Location"])
    return f"{back.path}?{back.query}"


def came_back(client, **data):
    return client.get(back_from(client, **data))


def test_a_colleague_is_known_by_the_user_id_on_the_account(wecom):
    person = people.recruiter(wecom_userid="zhang.san")
    client = browser()
    page = client.get(LOGIN)
    assert "用企业微信登录" in page.content.decode()
    origin = wecom.base_url.removesuffix("/cgi-bin/")
    assert f"form-action 'self' {origin}" in page["Content-Security-Policy"]
    answer = came_back(client)
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:index"))
    assert client.session["_auth_user_id"] == str(person.pk)
    assert (SocialAccount.objects.count(), SocialToken.objects.count()) == (0, 0)


def test_what_wecom_is_asked(wecom):
    """The user id alone, with a state; inside WeCom's own browser by the page that asks nothing."""
    for name, path in (("Firefox", "/wwlogin/sso/login"), ("wxwork/4.1", "/connect/oauth2/authorize")):
        there = browser(name).post(f"{BEGIN}?scope=snsapi_privateinfo&auth_params=agentid%3D9")["Location"]
        parts = urlsplit(there)
        asked = parse_qs(parts.query)
        assert (parts.path, parts.fragment) == (path, "wechat_redirect")
        assert len(asked.pop("state")[0]) == 16
        assert asked == {
            "appid": ["ww-demo"], "agentid": ["1000002"], "scope": ["snsapi_base"], "response_type": ["code"],
            "login_type": ["CorpApp"], "redirect_uri": [f"http://localhost{reverse('wecom_callback')}"],
        }  # fmt: skip
    WeComConnection.objects.all().delete()
    row = WeComConnection(corp_id="ww-real", agent_id=1)
    row.secret = "s" * 20
    row.save()
    hosts = {urlsplit(browser(name).post(BEGIN)["Location"]).hostname for name in ("Firefox", "wxwork/4.1")}
    assert hosts == {"login.work.weixin.qq.com", "open.weixin.qq.com"}


def test_managers_come_to_their_own_pages_and_whoever_asked_for_one_to_that(wecom):
    manager = people.user(Role.MANAGER, wecom_userid="zhang.san")
    client = browser()
    assert came_back(client)["Location"] == reverse("managers:mine")
    assert client.session["_auth_user_id"] == str(manager.pk)
    User.objects.filter(pk=manager.pk).update(roles=[Role.LEAD], is_staff=True)
    assert came_back(browser(), next="/admin/people/user/")["Location"] == "/admin/people/user/"
    for evil in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert came_back(browser(), next=evil)["Location"] == reverse("admin:index")


def test_the_second_factor_is_asked_for_and_the_key_of_the_session_is_another_each_time(wecom):
    person, secret = armed(wecom_userid="zhang.san")
    client = browser()
    client.get(LOGIN)
    address = back_from(client)
    keys = [client.cookies["sessionid"].value]
    assert client.get(address)["Location"] == SECOND
    keys.append(client.cookies["sessionid"].value)
    assert not is_in(client)
    client.post(SECOND, {"code": code_of(secret)})
    keys.append(client.cookies["sessionid"].value)
    assert (is_in(client), len(set(keys))) == (True, 3)
    for old in keys[:2]:
        planted = browser()
        planted.cookies["sessionid"] = old
        assert not is_in(planted)
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_session_of_somebody_elses_ends_where_another_signs_in(wecom):
    people.recruiter(wecom_userid="zhang.san")
    _armed, _secret = armed(wecom_userid="li.si")
    client = browser()
    came_back(client)
    wecom.at_the_phone = "li.si"
    assert came_back(client)["Location"] == SECOND
    assert not is_in(client)


@pytest.mark.parametrize(
    "known",
    [
        {}, {"email": "zhang.san@example.com", "username": "zhang.san", "name": "张三"},
        {"wecom_userid": "zhang.san2"}, {"wecom_userid": "zhang_san"},
    ],
)  # fmt: skip
def test_a_user_id_that_is_on_no_account_is_refused_with_a_sentence(wecom, known):
    """Neither name nor address makes somebody else's account theirs, and nobody gets one by it."""
    people.lead(**known)
    before = User.objects.count()
    client = browser()
    assert came_back(client)["Location"] == LOGIN
    assert UNKNOWN in client.get(LOGIN).content.decode()
    assert (is_in(client), User.objects.count(), SocialAccount.objects.count()) == (False, before, 0)


def test_two_accounts_that_wecom_takes_for_one_are_nobodys(wecom):
    people.lead(wecom_userid="zhang.san")
    people.recruiter(wecom_userid="Zhang.San")
    client = browser()
    assert came_back(client)["Location"] == LOGIN
    assert not is_in(client)


def test_letters_large_and_small_are_one_user_id(wecom):
    people.lead(wecom_userid="Zhang.San")
    client = browser()
    came_back(client)
    assert is_in(client)


def test_who_does_not_belong_to_the_company_is_told_so(wecom):
    people.lead(wecom_userid="stranger")
    wecom.at_the_phone = "stranger"
    client = browser()
    assert came_back(client)["Location"] == LOGIN
    assert "您不在本公司的企业微信中" in client.get(LOGIN).content.decode()
    assert not is_in(client)


@pytest.mark.parametrize(("roles", "fields"), [([Role.LEAD], {"is_active": False}), ([], {})])
def test_an_account_that_opens_nothing_does_not_come_in(wecom, roles, fields):
    people.user(*roles, wecom_userid="zhang.san", **fields)
    client = browser()
    assert came_back(client)["Location"] == LOGIN
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "what",
    ["no state", "another state", "another browser", "twice", "called off", "no code", "forged code", "old"],
)
def test_an_answer_that_nobody_asked_for_opens_nothing(wecom, what):
    people.lead(wecom_userid="zhang.san")
    client = browser()
    address = back_from(client)
    if what == "no state":
        address = address.partition("&state=")[0]
    elif what == "another state":
        address = address[:-1] + ("a" if address[-1] != "a" else "b")
    elif what == "another browser":
        client = browser()
    elif what == "twice":
        assert client.get(address)["Location"] == reverse("admin:index")
        client.post(reverse("admin:logout"))
    elif what in {"called off", "no code"}:
        error = "error=access_denied&" if what == "called off" else ""
        address = f"{urlsplit(address).path}?{error}state={address.partition('state=')[2]}"
    elif what == "forged code":
        address = address.replace("code=code-", "code=forged-")
    else:
        wecom.advance(301)
    answer = client.get(address)
    assert (answer.status_code, answer["Location"], is_in(client)) == (302, LOGIN, False)
    assert "企业微信未能让您登录" in client.get(LOGIN).content.decode()


def test_nobody_links_an_account_by_themselves(wecom):
    """A session that somebody left open is no way to make an account one's own."""
    person = people.recruiter()
    client = browser()
    password(client, person)
    assert came_back(client, process="connect")["Location"] == reverse("mfa_index")
    assert not SocialAccount.objects.exists()
    SocialAccount.objects.create(user=person, provider="wecom", uid="zhang.san")
    fresh = browser()
    assert came_back(fresh)["Location"] == LOGIN
    assert not is_in(fresh)


@pytest.mark.parametrize("fault", ["token", "answer", "stopped", "untrusted"])
def test_a_wecom_that_does_not_answer_is_said_in_words(wecom, fault):
    people.lead(wecom_userid="zhang.san")
    client = browser()
    address = back_from(client)
    if fault == "token":
        wecom.fail("gettoken", errcode(40001), times=None)
    elif fault == "answer":
        wecom.fail("auth/getuserinfo", half_an_answer())
    elif fault == "untrusted":
        wecom.trusts_caller = False
    else:
        wecom.__exit__()
    assert client.get(address)["Location"] == LOGIN
    assert "无法连接企业微信" in client.get(LOGIN).content.decode()
    assert not is_in(client)


def test_guessing_ends_before_wecom_is_asked(wecom):
    client = browser()
    for _number in range(signing_in.PER_ADDRESS):
        signing_in.take_return(caller=Caller("127.0.0.1"))
    address = back_from(client)
    people.lead(wecom_userid="zhang.san")
    assert client.get(address)["Location"] == LOGIN
    assert (is_in(client), wecom.count("auth/getuserinfo")) == (False, 0)
    assert "尝试次数过多" in client.get(LOGIN).content.decode()
    with pytest.raises(TooMany):
        signing_in.take_return(caller=Caller("127.0.0.1"))


def test_an_office_behind_one_address_is_not_kept_out(wecom):
    people.lead(wecom_userid="zhang.san")
    for _number in range(3):
        came_back(browser())
    assert set(SignInTries.objects.values_list("count", flat=True)) == {0}


def test_without_a_connection_there_is_no_such_address():
    client = browser()
    assert client.post(BEGIN).status_code == 404
    assert client.get(reverse("wecom_callback")).status_code == 404
    page = client.get(LOGIN)
    assert "企业微信" not in page.content.decode()
    assert page["Content-Security-Policy"].endswith("form-action 'self'")


def test_the_emulators_page_asks_who_it_is(wecom):
    wecom.at_the_phone = ""
    client = browser()
    there = client.post(BEGIN)["Location"].partition("#")[0]
    page = httpx.get(there, trust_env=False)
    assert (page.status_code, page.text.count("<li>")) == (200, 2)
    assert httpx.get(there.replace("ww-demo", "ww-other"), trust_env=False).status_code == 400

"""Signing in by the company's directory: a real server, real tokens, and whoever pretends to be somebody else."""

from urllib.parse import urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.urls import reverse

from people.models import User
from tests.emulators.directory import CLIENT, SECRET, DirectoryServer
from tests.factories import people
from tests.people.signing import LOGIN, SECOND, armed, browser, code_of, is_in, password

pytestmark = pytest.mark.django_db
BEGIN = reverse("directory_begin")


@pytest.fixture
def directory(settings):
    with DirectoryServer() as server:
        app = {"provider_id": "directory", "name": "Directory", "client_id": CLIENT, "secret": SECRET,
               "settings": {"server_url": server.url, "fetch_userinfo": False, "oauth_pkce_enabled": True}}  # fmt: skip
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"SCOPE": ["openid"], "APPS": [app]}}
        settings.OIDC_NAME = "统一登录"
        yield server


def came_back(client, process="login"):
    """To the directory and back, as a browser goes."""
    there = client.post(BEGIN, {"process": process})
    assert there.status_code == 302
    back = urlsplit(httpx.get(there["Location"], trust_env=False).headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def linked(person, number="00u-1"):
    return SocialAccount.objects.create(user=person, provider="directory", uid=number)


def test_a_linked_colleague_signs_in(directory):
    person = people.recruiter()
    linked(person)
    client = browser()
    assert "统一登录" in client.get(LOGIN).content.decode()
    answer = came_back(client)
    assert (answer.status_code, answer["Location"], is_in(client)) == (302, reverse("admin:index"), True)
    assert client.session["_auth_user_id"] == str(person.pk)
    assert directory.scopes == ["openid"]


def test_the_second_factor_is_asked_for_all_the_same(directory):
    person, secret = armed()
    linked(person)
    client = browser()
    assert came_back(client)["Location"] == SECOND
    assert not is_in(client)
    client.post(SECOND, {"code": code_of(secret)})
    assert is_in(client)


def test_an_address_makes_nobody_somebody_else(directory):
    """The attack: the directory's account has a colleague's own, verified address, and another number."""
    people.lead(email="somebody@example.com", username="somebody@example.com")
    before = User.objects.count()
    client = browser()
    answer = came_back(client)
    assert (answer["Location"], is_in(client)) == (LOGIN, False)
    assert "没有关联" in client.get(LOGIN).content.decode()
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_linking_asks_for_the_password_once_more_and_keeps_the_number_alone(directory):
    person = people.recruiter()
    client = browser()
    password(client, person)
    answer = came_back(client, "connect")
    assert answer["Location"] == reverse("account_reauthenticate")
    assert not SocialAccount.objects.exists()
    client.post(reverse("account_reauthenticate"), {"password": people.PASSWORD})
    row = SocialAccount.objects.get()
    assert (row.user, row.provider, row.uid, row.extra_data) == (person, "directory", "00u-1", {})
    assert not SocialToken.objects.exists()
    assert is_in(client)
    fresh = browser()
    came_back(fresh)
    assert is_in(fresh)
    assert client.post(reverse("directory_part")).status_code == 302
    assert not SocialAccount.objects.exists()


def test_an_account_of_the_directory_is_one_colleagues(directory):
    linked(people.lead())
    client = browser()
    password(client, people.recruiter())
    client.post(reverse("account_reauthenticate"), {"password": people.PASSWORD})
    came_back(client, "connect")
    assert SocialAccount.objects.get().user.is_lead


def _other_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256"


@pytest.mark.parametrize(
    ("says", "signs"),
    [
        ({}, _other_key), ({}, lambda: (None, "none")), ({}, lambda: (SECRET * 2, "HS256")),
        ({"aud": "another-program"}, None), ({"iss": "https://evil.example"}, None), ({"exp": 1}, None),
        ({"sub": None}, None), ({"sub": ""}, None), ({"sub": 7}, None),
    ],
)  # fmt: skip
def test_a_token_that_is_not_the_directorys_for_us_now_opens_nothing(directory, says, signs):
    linked(people.lead())
    directory.says = says
    if signs is not None:
        directory.signs = signs()
    client = browser()
    answer = came_back(client)
    assert (answer.status_code, answer["Location"], is_in(client)) == (302, LOGIN, False)


@pytest.mark.parametrize("what", ["no state", "another browser", "twice", "called off"])
def test_an_answer_that_nobody_asked_for_opens_nothing(directory, what):
    linked(people.lead())
    client = browser()
    there = client.post(BEGIN)
    back = urlsplit(httpx.get(there["Location"], trust_env=False).headers["Location"])
    address = f"{back.path}?{back.query}"
    if what == "no state":
        address = address.partition("&state=")[0]
    elif what == "another browser":
        client = browser()
    elif what == "twice":
        assert client.get(address)["Location"] == reverse("admin:index")
        client = browser()
    else:
        address = f"{back.path}?error=access_denied&state={back.query.partition('state=')[2]}"
    assert client.get(address)["Location"] == LOGIN
    assert not is_in(client)


def test_a_closed_account_does_not_come_in(directory):
    linked(people.lead(is_active=False))
    client = browser()
    assert came_back(client)["Location"] == LOGIN
    assert not is_in(client)


def test_a_directory_that_is_away_is_said_in_words(directory):
    directory.__exit__()
    client = browser()
    assert client.post(BEGIN)["Location"] == LOGIN
    assert "无法连接" in client.get(LOGIN).content.decode()


def test_without_a_directory_there_is_no_such_address():
    client = browser()
    assert client.post(BEGIN).status_code == 404
    assert client.get(reverse("openid_connect_callback", args=["directory"])).status_code == 404
    assert "统一登录" not in client.get(LOGIN).content.decode()

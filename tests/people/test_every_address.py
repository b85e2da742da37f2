"""The second factor cannot be gone round: every address of the suite, with half a sign-in or one that lacks it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from messaging.models import WeComConnection
from people.actors import Party
from people.enums import Role
from people.middleware import OPEN
from people.models import ApiToken, SecondFactorRule, User
from people.services import second_factor
from tests.factories import people
from tests.factories.api import client_of
from tests.people.addresses import every_address
from tests.people.signing import SECOND, armed, browser, code_of, is_in, password, with_app
from tools.wecom.emulator import WeComEmulator
from tools.wecom.world import Member

pytestmark = pytest.mark.django_db
# What a wrong address answers is the same for everybody, and the others are asked by no colleague.
STRANGERS = (
    "/i/",
    "/room/",
    "/continue",
    "/ping",
    "/healthz",
    "/readyz",
    "/metrics",
    "/vendors/",
    "/hooks/",
    "/welcome/",
    "/feeds/",
    "/forgotten/",
    "/new-password/",
)
STATE = re.compile(r"state=[0-9A-Za-z]{16}")
STEP = {"username": "x", "name": "x", "code": "1", "credential": "{}", "password1": "x", "scope": "read"}


def asked_for(roles: list[Role], *, grace: int = 0, ago: int = 0) -> None:
    second_factor.change_rule(roles=roles, grace_days=grace, by=Party.SYSTEM)
    SecondFactorRule.objects.update(since=timezone.now() - timedelta(days=ago))
    second_factor.read_anew()


def answered(client: Client, address: str, method: str) -> tuple[int, str]:
    data = STEP if method == "post" else {}
    answer: Any = getattr(client, method)(address, data)
    # Of a state that is another each time the place alone.
    return answer.status_code, STATE.sub("state=", answer.headers.get("Location", ""))


@pytest.fixture
def wecom() -> Iterator[WeComEmulator]:
    """An emulated WeCom in whose app one colleague is at hand, and the connection to it."""
    with WeComEmulator(members=[Member("zhang.san", "张三")], at_the_phone="zhang.san") as emulator:
        row = WeComConnection(
            corp_id="ww-demo", agent_id=emulator.applications[0].agent_id, base_url=emulator.base_url
        )
        row.secret = emulator.applications[0].secret
        row.save()
        yield emulator


def by_password(client: Client, person: User) -> Any:
    return password(client, person)


def by_wecom(client: Client, person: User) -> Any:
    """To WeCom and back, as a browser goes."""
    User.objects.filter(pk=person.pk).update(wecom_userid="zhang.san")
    there = client.post(reverse("wecom_login"))["Location"].partition("#")[0]
    back = urlsplit(httpx.get(there, trust_env=False).headers["Location"])
    return client.get(f"{back.path}?{back.query}")


WAYS = pytest.mark.parametrize("signs_in", [by_password, by_wecom])


@WAYS
def test_half_a_sign_in_opens_what_nobody_opens_and_not_one_page_more(wecom: Any, signs_in: Any) -> None:
    """Who it is was said, the second factor is missing: every address answers as to a stranger."""
    person, _secret = armed(is_superuser=True)
    half, nobody = browser(), browser()
    assert signs_in(half, person)["Location"] == SECOND
    addresses = [one for one in every_address() if one != SECOND]
    assert len(addresses) > 200
    different = {
        (address, method): (answered(half, address, method), answered(nobody, address, method))
        for address in addresses
        for method in ("get", "post")
        if answered(half, address, method) != answered(nobody, address, method)
    }
    assert different == {}
    assert "_auth_user_id" not in half.session
    assert not ApiToken.objects.exists()


@WAYS
def test_without_the_second_factor_that_the_role_needs_nothing_opens_but_what_sets_it_up(
    wecom: Any, signs_in: Any
) -> None:
    """Days of grace are over: 403 to programs, the way to the page that sets it up to people; at every address."""
    person = people.lead(is_superuser=True)
    asked_for([Role.LEAD])
    client = browser()
    assert signs_in(client, person).status_code == 302
    opened = set()
    for address in every_address():
        if address.startswith(STRANGERS):
            continue
        try:
            name = resolve(address).view_name
        except Resolver404:
            continue
        for method in ("get", "post"):
            if name in OPEN:
                continue
            status, location = answered(client, address, method)
            if (status, location) != (302, reverse("mfa_index")) and status != 403:
                opened.add((address, method, status))
    assert opened == set()
    assert not ApiToken.objects.exists()
    answer = client.get("/api/v1/openings/")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_needed")
    assert client.get("/api/schema/").status_code == 403
    assert client.get(reverse("mfa_index")).status_code == 200
    assert "其他页面都无法打开" in client.get(reverse("mfa_index")).content.decode()
    with_app(client)
    assert is_in(client)
    assert client.get("/api/v1/openings/").status_code == 200


@pytest.mark.parametrize(
    ("roles", "grace", "ago", "opens"),
    [
        ([], 0, 30, True),
        ([Role.RECRUITING], 0, 30, True),
        ([Role.LEAD], 7, 6, True),
        ([Role.LEAD], 7, 8, False),
        ([Role.LEAD, Role.RECRUITING], 0, 1, False),
    ],
)
def test_whom_the_rule_asks_and_from_when(roles, grace, ago, opens) -> None:
    person = people.lead(date_joined=timezone.now() - timedelta(days=60))
    asked_for(roles, grace=grace, ago=ago)
    client = browser()
    client.force_login(person)
    assert is_in(client) is opens
    assert (client.get("/api/v1/openings/").status_code == 200) is opens


def test_a_new_colleague_has_the_days_of_grace_from_the_first_day() -> None:
    asked_for([Role.LEAD], grace=7, ago=100)
    for days, opens in ((6, True), (8, False)):
        client = browser()
        client.force_login(people.lead(date_joined=timezone.now() - timedelta(days=days)))
        assert is_in(client) is opens


def test_who_has_one_is_asked_for_it_and_then_for_nothing_more() -> None:
    person, secret = armed()
    asked_for([Role.LEAD])
    client = browser()
    password(client, person)
    assert not is_in(client)
    client.post(SECOND, {"code": code_of(secret)})
    assert is_in(client)


def test_the_second_factor_taken_away_closes_every_open_session_again() -> None:
    person, _secret = armed()
    asked_for([Role.LEAD])
    client, elsewhere = browser(), browser("Chrome")
    for each in (client, elsewhere):
        each.force_login(person)
        assert is_in(each)
    client.post(reverse("account_reauthenticate"), {"password": people.PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert [is_in(client), is_in(elsewhere)] == [False, False]


def test_programs_go_on_by_their_keys() -> None:
    """A key was made in a whole session; it stands for a program, which has no phone."""
    client = client_of(people.lead())
    asked_for([Role.LEAD])
    assert client.get("/api/v1/openings/").status_code == 200


@pytest.mark.parametrize(("who", "allowed"), [("lead", True), ("recruiter", False), ("trainer", False)])
def test_who_sets_the_rule(who, allowed) -> None:
    client = Client()
    client.force_login(getattr(people, who)())
    page = reverse("admin:people_secondfactorrule_change", args=[1])
    mark = client.get(page).context.get("opened_with", "")
    client.post(page, {"roles": ["recruiting"], "grace_days": "3", "_opened_with": mark})
    assert (second_factor.rule().roles == {Role.RECRUITING}) is allowed
    assert client.post(reverse("admin:people_secondfactorrule_add"), {}).status_code == 403
    assert client.post(reverse("admin:people_secondfactorrule_delete", args=[1])).status_code == 403


def test_the_grace_counts_anew_for_a_role_more_and_not_for_one_less() -> None:
    long_ago = timezone.now() - timedelta(days=100)
    asked_for([Role.LEAD])
    SecondFactorRule.objects.update(since=long_ago)
    second_factor.change_rule(roles=[], grace_days=5, by=Party.SYSTEM)
    assert second_factor.rule().since == long_ago
    second_factor.change_rule(roles=[Role.TRAINING], grace_days=5, by=Party.SYSTEM)
    assert second_factor.rule().since > long_ago

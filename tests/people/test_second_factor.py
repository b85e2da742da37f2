"""The second factor: asked before there is a session, of an app, a passkey or a code on paper; guessed and replayed."""

import json
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.sealed.ring import is_sealed
from people.models import SignInTries, TrustedDevice, User
from people.services import second_factor, sessions, signing_in
from people.tasks import forget_sessions
from tests.emulators.authenticator import Passkey
from tests.factories import people
from tests.hrsuite import pages
from tests.people.signing import (
    LOGIN,
    SECOND,
    armed,
    asked,
    browser,
    code_of,
    confirm,
    is_in,
    kinds,
    password,
    with_app,
)

pytestmark = pytest.mark.django_db
ACCOUNT = reverse("mfa_index")


def test_a_right_password_is_half_a_sign_in():
    person, secret = armed()
    client = browser()
    answer = password(client, person, f"{LOGIN}?next=/admin/people/user/")
    assert (answer.status_code, answer["Location"]) == (302, SECOND)
    assert "_auth_user_id" not in client.session
    assert not is_in(client)
    assert client.get("/api/v1/openings/").status_code == 401
    answer = client.post(SECOND, {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/people/user/")
    assert is_in(client)
    assert client.get("/api/v1/openings/").status_code == 200


def test_a_code_is_good_once_and_for_its_own_minute(time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    person, secret = armed()
    old, good = code_of(secret, 0), code_of(secret)
    first, second = browser(), browser()
    password(first, person)
    assert first.post(SECOND, {"code": good}).status_code == 302
    password(second, person)
    answer = second.post(SECOND, {"code": good})
    assert (answer.status_code, is_in(second)) == (200, False)
    assert "验证码不正确" in answer.content.decode()
    time_machine.move_to(now + timedelta(minutes=2), tick=False)
    for late in (old, good, "000000", "", "x" * 5000, "١٢٣٤٥٦"):
        assert second.post(SECOND, {"code": late}).status_code == 200
    assert not is_in(second)
    assert second.post(SECOND, {"code": code_of(secret)}).status_code == 302


def test_guessing_codes_ends_and_others_are_not_locked_out():
    """Eight for a person in a quarter of an hour, wherever they come from; only who has the password uses them up."""
    person, secret = armed()
    other, other_secret = armed()
    client = browser()
    password(client, person)
    statuses = [
        client.post(SECOND, {"code": f"{number:06d}"}, REMOTE_ADDR=f"198.51.100.{number}").status_code
        for number in range(12)
    ]
    assert statuses == [200] * signing_in.PER_CODE + [429] * (12 - signing_in.PER_CODE)
    refused = client.post(SECOND, {"code": code_of(secret)})
    assert (refused.status_code, is_in(client)) == (429, False)
    assert 0 < int(refused["Retry-After"]) <= 900
    neighbour = browser()
    password(neighbour, other)
    assert neighbour.post(SECOND, {"code": code_of(other_secret)}).status_code == 302
    SignInTries.objects.update(since=timezone.now() - signing_in.WINDOW)
    assert client.post(SECOND, {"code": code_of(secret)}).status_code == 302


def test_a_half_sign_in_is_over_after_a_quarter_of_an_hour(time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    person, secret = armed()
    client = browser()
    password(client, person)
    time_machine.move_to(now + timedelta(minutes=16), tick=False)
    answer = client.post(SECOND, {"code": code_of(secret)})
    assert (answer.status_code, is_in(client)) == (302, False)


def test_the_page_opens_for_nobody_without_the_password():
    client = browser()
    for method in (client.get, client.post):
        answer = method(SECOND)
        assert (answer.status_code, answer["Location"]) == (302, reverse("account_login"))


def test_somebody_elses_session_does_not_carry_a_sign_in():
    """A colleague is signed in; another gives the password at the same browser: the first is out, the second not in."""
    first = people.recruiter()
    person, _secret = armed()
    client = browser()
    client.force_login(first)
    password(client, person)
    assert "_auth_user_id" not in client.session
    assert not is_in(client)


def test_the_sessions_key_is_another_after_each_step():
    person, secret = armed()
    client = browser()
    client.get(LOGIN)
    client.session.save()
    keys = []
    password(client, person)
    keys.append(client.cookies["sessionid"].value)
    client.post(SECOND, {"code": code_of(secret)})
    keys.append(client.cookies["sessionid"].value)
    assert keys[0] != keys[1]
    planted = browser()
    planted.cookies["sessionid"] = keys[0]
    assert not is_in(planted)


def test_a_wrong_code_is_said_in_our_words_and_a_number_for_a_host_beforehand():
    client = browser()
    client.force_login(people.lead())
    confirm(client)
    page = reverse("mfa_activate_totp")
    client.get(page)
    assert "验证码不正确，或已经用过。" in client.post(page, {"code": "123456"}).content.decode()
    wrong = client.post(reverse("account_reauthenticate"), {"password": "not-this-one"}).content.decode()
    assert "密码不正确。" in wrong
    add = reverse("mfa_add_webauthn")
    assert "请用域名访问" not in client.get(add).content.decode()
    assert "请用域名访问" in client.get(add, headers={"host": "127.0.0.1:8000"}).content.decode()


def test_a_passkey_is_set_up_and_signs_in():
    person = people.lead()
    client = browser()
    client.force_login(person)
    confirm(client)
    key = Passkey()
    page = client.get(reverse("mfa_add_webauthn"))
    answer = client.post(
        reverse("mfa_add_webauthn"), {"name": "我的手机", "credential": key.made(asked(page))}
    )
    assert (answer.status_code, kinds(person)) == (302, ["recovery_codes", "webauthn"]), answer.content
    assert "我的手机" in client.get(ACCOUNT).content.decode()
    fresh = browser()
    assert password(fresh, person)["Location"] == SECOND
    page = fresh.get(SECOND)
    answer = fresh.post(SECOND, {"credential": key.signed(asked(page))})
    assert (answer.status_code, is_in(fresh)) == (302, True)


@pytest.mark.parametrize("wrong", ["another key", "another host", "replayed", "old question", "no question"])
def test_a_passkey_that_is_not_the_right_one_opens_nothing(wrong):
    person = people.lead()
    client = browser()
    client.force_login(person)
    confirm(client)
    key = Passkey()
    page = client.get(reverse("mfa_add_webauthn"))
    client.post(reverse("mfa_add_webauthn"), {"credential": key.made(asked(page))})
    fresh = browser()
    password(fresh, person)
    question = asked(fresh.get(SECOND))
    if wrong == "another key":
        other = Passkey()
        other.id = key.id
        answer = other.signed(question)
    elif wrong == "another host":
        key.origin = "https://localhost.evil.example"
        answer = key.signed(question)
    elif wrong == "replayed":
        answer = key.signed(question)
        assert fresh.post(SECOND, {"credential": answer}).status_code == 302
        fresh = browser()
        password(fresh, person)
        fresh.get(SECOND)
    elif wrong == "old question":
        answer = key.signed(question)
        fresh.get(SECOND)
    else:
        answer = key.signed(question)
        fresh = browser()
        password(fresh, person)
    assert fresh.post(SECOND, {"credential": answer}).status_code == 200
    assert not is_in(fresh)


def _junk(**response: str) -> str:
    return json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": response})


@pytest.mark.parametrize(
    "junk",
    [
        "", "x", "[]", "1", "null", "{}", '{"id": 1}', _junk(), _junk(clientDataJSON="AA"),
        _junk(clientDataJSON="e30", signature="AA"),
        _junk(clientDataJSON="e30", authenticatorData="AA", signature="AA", attestationObject="AA"),
    ],
)  # fmt: skip
def test_what_no_authenticator_wrote_is_refused_in_words(junk):
    person, _secret = armed()
    client = browser()
    password(client, person)
    client.get(SECOND)
    assert client.post(SECOND, {"credential": junk}).status_code == 200
    inside = browser()
    inside.force_login(people.lead())
    confirm(inside)
    inside.get(reverse("mfa_add_webauthn"))
    answer = inside.post(reverse("mfa_add_webauthn"), {"credential": junk})
    assert answer.status_code == 200
    assert Authenticator.objects.filter(type="webauthn").count() == 0


def test_recovery_codes_are_shown_once_and_each_is_good_once():
    person = people.lead()
    client = browser()
    client.force_login(person)
    with_app(client)
    page = client.get(reverse("mfa_view_recovery_codes"))
    assert page["Cache-Control"].startswith("no-store")
    codes = page.content.decode().split('<ul class="hs-codes">')[1].split("</ul>")[0]
    code = codes.split("<li>")[1].split("</li>")[0]
    assert codes.count("<li>") == 10
    assert code not in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    first, second = browser(), browser()
    password(first, person)
    assert first.post(SECOND, {"code": code}).status_code == 302
    password(second, person)
    assert second.post(SECOND, {"code": code}).status_code == 200
    assert "9" in client.get(ACCOUNT).content.decode()


def test_secrets_are_sealed_in_the_database():
    person, secret = armed()
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    row = Authenticator.objects.get(user=person, type="totp")
    assert is_sealed(row.data["secret"])


def test_nothing_that_protects_the_account_changes_without_the_password_once_more():
    """A session that somebody left open is not enough."""
    person, _secret = armed()
    client = browser()
    client.force_login(person)
    before = kinds(person)
    for name in (
        "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes",
    ):  # fmt: skip
        takes = ("get",) if name == "mfa_view_recovery_codes" else ("get", "post")
        for method in takes:
            answer = getattr(client, method)(reverse(name))
            assert answer.status_code == 302, name
            assert answer["Location"].startswith((reverse("account_reauthenticate"), "/admin/account/app/"))
    assert kinds(person) == before
    assert client.post(reverse("account_reauthenticate"), {"password": "wrong"}).status_code == 200
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 302


def test_taking_the_app_away_ends_codes_and_devices():
    person, _secret = armed()
    second_factor.trust(person, browser="x")
    client = browser()
    client.force_login(person)
    confirm(client)
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert (kinds(person), person.trusted_devices.count()) == ([], 0)


def test_a_known_device_is_not_asked_again_and_another_is():
    person, secret = armed()
    client = browser()
    password(client, person)
    answer = client.post(SECOND, {"code": code_of(secret), "trust": "on"})
    kept = answer.cookies["device"]
    assert (kept["httponly"], kept["samesite"], kept["max-age"]) == (True, "Lax", 30 * 24 * 3600)
    assert not TrustedDevice.objects.filter(digest=kept.value).exists()
    client.post(reverse("admin:logout"))
    assert password(client, person)["Location"] == reverse("admin:index")
    assert is_in(client)
    other = browser()
    assert password(other, person)["Location"] == SECOND
    someone, _other_secret = armed()
    client.post(reverse("admin:logout"))
    assert password(client, someone)["Location"] == SECOND, "the device is known to its person only"


@pytest.mark.parametrize("end", ["time", "password", "forgotten", "everywhere", "closed"])
def test_a_known_device_is_known_no_longer(end):
    person, _secret = armed()
    kept = second_factor.trust(person, browser="x")
    assert second_factor.is_trusted(person, kept)
    if end == "time":
        TrustedDevice.objects.update(expires_at=timezone.now())
    elif end == "password":
        person.set_password("another-long-password-1")
        person.save()
    elif end == "forgotten":
        client = browser()
        client.force_login(person)
        client.post(reverse("account_forget_device", args=[TrustedDevice.objects.get().pk]))
    elif end == "everywhere":
        sessions.end_all(user_id=person.pk, by=person)
    else:
        person.is_active = False
        person.save()
    assert not second_factor.is_trusted(person, kept)
    forget_sessions()
    assert not TrustedDevice.objects.exists()


def test_nobody_forgets_anothers_device_or_removes_anothers_passkey():
    person, _secret = armed()
    second_factor.trust(person, browser="x")
    client = Client()
    client.force_login(people.lead())
    client.post(reverse("account_forget_device", args=[TrustedDevice.objects.get().pk]))
    assert TrustedDevice.objects.count() == 1
    confirm(client)
    of_person = Authenticator.objects.filter(user=person).first()
    assert client.post(reverse("mfa_remove_webauthn", args=[of_person.pk])).status_code in (302, 404)
    assert Authenticator.objects.filter(pk=of_person.pk).exists()


@pytest.mark.parametrize(
    ("who", "allowed"), [("lead", True), ("recruiter", False), ("superuser", True), ("self", False)]
)
def test_who_takes_a_lost_second_factor_away(who, allowed):
    person, _secret = armed()
    by = {
        "lead": people.lead,
        "recruiter": people.recruiter,
        "superuser": lambda: people.user(is_superuser=True),
        "self": lambda: person,
    }[who]()
    signed_in = browser()
    signed_in.force_login(person)
    client = browser()
    client.force_login(by)
    client.post(reverse("admin:people_user_step", args=[person.pk, "reset-second-factor"]))
    assert (kinds(person) == []) is allowed
    assert is_in(signed_in) is not allowed


def test_the_lead_takes_no_superusers_second_factor_away():
    root = people.user(is_superuser=True)
    client = browser()
    client.force_login(root)
    with_app(client)
    boss = browser()
    boss.force_login(people.lead())
    for step in ("reset-second-factor", "sign-out"):
        boss.post(reverse("admin:people_user_step", args=[root.pk, step]))
    assert kinds(root) == ["recovery_codes", "totp"]
    assert is_in(client)


def test_a_closed_account_does_not_come_in_by_its_second_factor():
    person, secret = armed()
    client = browser()
    password(client, person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    client.post(SECOND, {"code": code_of(secret)})
    assert not is_in(client)


def test_its_pages_speak_chinese_and_bring_no_script_in_the_page():
    person, _secret = armed()
    half = browser()
    password(half, person)
    inside = browser()
    inside.force_login(person)
    names = ["mfa_index", "account_reauthenticate", "mfa_reauthenticate"]
    seen = {"mfa_authenticate": half.get(SECOND)}
    seen |= {name: inside.get(reverse(name)) for name in names}
    confirm(inside)
    for name in (
        "mfa_add_webauthn", "mfa_generate_recovery_codes", "mfa_view_recovery_codes", "mfa_deactivate_totp",
    ):  # fmt: skip
        seen[name] = inside.get(reverse(name))
    fresh = browser()
    fresh.force_login(people.lead())
    confirm(fresh)
    seen["mfa_activate_totp"] = fresh.get(reverse("mfa_activate_totp"))
    assert {name: page.status_code for name, page in seen.items()} == dict.fromkeys(seen, 200)
    for name, page in seen.items():
        html = page.content.decode()
        assert pages.english_of(html, known={"HR Suite"}) == set(), name
        assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html) == [], name

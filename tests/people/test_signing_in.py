"""Signing in, by name and password and by key: attacked by guessing, by crowds, and by what was good once."""

import logging
import threading
import time

import pytest
from django.contrib.auth import hashers
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people import authentication
from people.models import ApiToken, SignInTries, User
from people.services import signing_in, tokens
from tests.factories import people
from tests.factories.api import client_of, key_of

pytestmark = pytest.mark.django_db
LOGIN = reverse("admin:login")


def sign_in(client: Client, username: str, password: str, address: str = "198.51.100.7"):
    return client.post(LOGIN, {"username": username, "password": password}, REMOTE_ADDR=address)


def test_guessing_a_password_ends_before_the_password_is_hashed(client, monkeypatch):
    """The attack: 25 wrong passwords in a row, then the right one. It was 302; now it waits, and nothing is hashed."""
    people.lead(username="zhou")
    hashed = []
    real = signing_in.verify_password
    monkeypatch.setattr(signing_in, "verify_password", lambda *args: hashed.append(1) or real(*args))
    statuses = [sign_in(client, "zhou", f"guess-{number}").status_code for number in range(25)]
    assert statuses == [200] * 8 + [429] * 17
    answer = sign_in(client, "zhou", people.PASSWORD)
    assert (answer.status_code, len(hashed)) == (429, 8)
    assert 0 < int(answer["Retry-After"]) <= 900
    assert "尝试次数过多" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert sign_in(client, "ZHOU", "guess").status_code == 429, "the same name in capitals is no new one"


@pytest.mark.parametrize("typed", ["zhou.min", "Zhou.Min", "ZHOU.MIN"])
@pytest.mark.parametrize("stored", ["zhou.min", "Zhou.Min"])
def test_a_name_is_the_same_in_capitals(client, stored, typed):
    person = people.lead(username=stored)
    assert sign_in(client, typed, people.PASSWORD).status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)


def test_of_two_that_differ_in_case_alone_each_is_as_it_is_written_and_no_third_is_made(client):
    """As they may stand from before: neither signs in as the other, and the forms make no more of them."""
    small, tall = people.lead(username="zhou"), people.recruiter(username="Zhou", password="another-horse-1")
    found = {typed: User.objects.signing_in_as(typed) for typed in ("zhou", "Zhou", "ZHOU", "li")}
    assert found == {"zhou": small, "Zhou": tall, "ZHOU": None, "li": None}
    other = people.recruiter(username="li")
    client.force_login(small)
    for address, name in ((reverse("admin:people_user_change", args=[other.pk]), "ZHOU"),
                          (reverse("admin:people_user_add"), "Li")):  # fmt: skip
        answer = client.post(address, {"username": name, "name": "李四"})
        assert "已存在一位使用该名字的用户。" in answer.context["adminform"].form.errors["username"]


def test_the_old_password_is_counted_where_one_chooses_a_new_one(client):
    """Who sits down at somebody's open session guesses no password there: it took any number of tries."""
    client.force_login(people.recruiter(username="li"))
    address, fresh = reverse("admin:password_change"), "a-fresh-and-long-one-8"
    typed = {"new_password1": fresh, "new_password2": fresh}
    answers = [client.post(address, {"old_password": f"guess-{number}", **typed}) for number in range(10)]
    assert [answer.status_code for answer in answers] == [200] * 8 + [429] * 2
    assert "尝试次数过多" in answers[-1].content.decode()
    assert 0 < int(answers[-1]["Retry-After"]) <= 900


def test_others_are_not_locked_out_by_it(client):
    """Not the person at another address, nor a colleague behind the same one."""
    people.lead(username="zhou")
    people.recruiter(username="li")
    for number in range(9):
        sign_in(client, "zhou", f"guess-{number}")
    assert sign_in(Client(), "zhou", people.PASSWORD, address="203.0.113.9").status_code == 302
    assert sign_in(Client(), "li", people.PASSWORD).status_code == 302


def test_many_addresses_help_nobody(client):
    people.lead(username="zhou")
    statuses = [
        sign_in(client, "zhou", "guess", address=f"198.51.100.{number}").status_code for number in range(42)
    ]
    assert statuses == [200] * 40 + [429] * 2


def test_many_names_from_one_address_end_too(client):
    statuses = [sign_in(client, f"name-{number}", "guess").status_code for number in range(62)]
    assert statuses == [200] * 60 + [429] * 2


def test_a_right_password_is_given_back_and_a_quarter_of_an_hour_forgives(client):
    people.lead(username="zhou")
    for _ in range(20):
        assert sign_in(Client(), "zhou", people.PASSWORD).status_code == 302
    for number in range(9):
        sign_in(client, "zhou", f"guess-{number}")
    SignInTries.objects.update(since=timezone.now() - signing_in.WINDOW)
    assert sign_in(client, "zhou", people.PASSWORD).status_code == 302


def test_a_new_password_by_the_lead_opens_at_once(client):
    person = people.recruiter(username="li")
    for number in range(9):
        sign_in(client, "li", f"guess-{number}", address=f"198.51.100.{number % 2}")
    boss = Client()
    boss.force_login(people.lead())
    fresh = "a-fresh-and-long-one-8"
    boss.post(
        reverse("admin:auth_user_password_change", args=[person.pk]),
        {"password1": fresh, "password2": fresh, "usable_password": "true"},
    )
    person.refresh_from_db()
    assert person.check_password(fresh)
    assert sign_in(Client(), "li", fresh, address="203.0.113.9").status_code == 302


def test_failures_are_logged_without_a_name_or_an_address(client, caplog):
    caplog.set_level(logging.WARNING, logger="people")
    person = people.lead(username="zhou-min")
    sign_in(client, "zhou-min", "wrong-pass-word")
    sign_in(client, "nobody-here", "wrong-pass-word")
    lines = [record.getMessage() for record in caplog.records]
    assert [line.rpartition(", from ")[0] for line in lines] == [
        f"wrong sign-in: account {person.pk}", "wrong sign-in: no such account"
    ]  # fmt: skip
    for told in ("zhou-min", "nobody-here", "198.51.100.7", "wrong-pass-word"):
        assert told not in "".join(lines)
    assert not SignInTries.objects.filter(key__contains="zhou").exists()


def test_a_closed_account_signs_in_nowhere(client):
    person = people.lead(username="zhou", is_active=False)
    assert sign_in(client, "zhou", people.PASSWORD).status_code == 200
    assert "_auth_user_id" not in client.session
    assert client_of(person).get("/api/v1/openings/").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_a_crowd_of_logins_hashes_one_at_a_time_and_the_rest_is_sent_away(monkeypatch):
    """Thirty-two at once: never two hashes at the same moment, nobody waits longer than the queue is."""
    people.lead(username="zhou")
    at_once, most = [0], [0]
    lock = threading.Lock()

    def slow(password, *_rest):
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.05)
        with lock:
            at_once[0] -= 1
        return "x"

    monkeypatch.setattr(signing_in, "make_password", slow)
    statuses: list[int] = []
    names = iter([f"crowd-{number}" for number in range(32)])

    def one(name):
        from django.db import connection

        statuses.append(sign_in(Client(), name, "guess", address=f"192.0.2.{name[6:]}").status_code)
        connection.close()

    threads = [threading.Thread(target=one, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert set(statuses) == {200, 429}
    assert statuses.count(200) >= signing_in.MOST_WAITING


def test_an_outdated_hash_is_made_anew_and_ends_no_key(client, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    person = people.lead(username="zhou")
    User.objects.filter(pk=person.pk).update(password=hashers.make_password(people.PASSWORD, hasher="md5"))
    key_of(person)
    assert sign_in(client, "zhou", people.PASSWORD).status_code == 302
    person.refresh_from_db()
    assert person.password.startswith("pbkdf2_sha256$")
    assert person.api_tokens.count() == 1


def test_guessed_keys_are_limited_and_a_good_one_behind_the_same_address_is_taken():
    good = client_of(people.recruiter())
    stranger = client_of(None)
    answers = []
    for number in range(300):
        stranger.credentials(HTTP_AUTHORIZATION=f"Token {number:040d}")
        answers.append(stranger.get("/api/v1/openings/"))
    most = authentication.WRONG_PER_ADDRESS
    assert [one.status_code for one in answers] == [401] * most + [429] * (300 - most)
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert set(answers[-1].json()) == {"code", "message"}
    assert good.get("/api/v1/openings/").status_code == 200


def test_a_key_is_kept_as_a_hash_and_shown_once(client):
    person = people.manager()
    client.force_login(people.lead())
    step = reverse("admin:people_user_step", args=[person.pk, "new-key"])
    page = client.post(step, {"name": "考勤系统", "scope": "read", "days": "90"})
    shown = page.content.decode().split('class="hs-link" type="text" readonly value="')[1].split('"')[0]
    stored = ApiToken.objects.get()
    assert (stored.name, stored.digest) == ("考勤系统", tokens.digest(shown))
    assert page["Cache-Control"].startswith("no-store")
    api = client_of(None)
    api.credentials(HTTP_AUTHORIZATION=f"Token {shown}")
    assert api.get("/api/v1/openings/").status_code == 200
    for address in (
        reverse("admin:people_user_change", args=[person.pk]),
        reverse("admin:people_user_changelist"),
    ):
        later = client.get(address).content.decode()
        assert shown not in later
        assert stored.digest not in later
    assert "考勤系统" in client.get(reverse("admin:people_user_change", args=[person.pk])).content.decode()
    client.post(reverse("admin:people_user_step", args=[person.pk, "end-key"]), {"key": stored.pk})
    assert api.get("/api/v1/openings/").status_code == 401


def test_a_key_ends_with_the_password_and_with_the_account():
    person = people.recruiter()
    client = client_of(person)
    person.name = "李新名"
    person.save()
    assert client.get("/api/v1/openings/").status_code == 200, "another name is no new password"
    person.set_password("another-long-password-1")
    person.save()
    assert client.get("/api/v1/openings/").status_code == 401
    client = client_of(person)
    person.is_active = False
    person.save()
    assert client.get("/api/v1/openings/").status_code == 401
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(("who", "allowed"), [("lead", False), ("recruiter", False), ("superuser", True)])
def test_only_a_superuser_makes_a_superusers_key(client, who, allowed):
    root = people.user(is_superuser=True, username="root")
    makers = {
        "superuser": lambda: people.user(is_superuser=True),
        "lead": people.lead,
        "recruiter": people.recruiter,
    }
    client.force_login(makers[who]())
    client.post(
        reverse("admin:people_user_step", args=[root.pk, "new-key"]),
        {"name": "mine", "scope": "read", "days": "30"},
    )
    assert ApiToken.objects.filter(user=root).exists() is allowed


def test_a_session_ends_when_nobody_uses_it(client, settings):
    """Two hours without a click, whatever the page asks by itself in between."""
    settings.SESSION_IDLE_SECONDS = 7200
    client.force_login(people.lead())
    index = reverse("admin:index")
    assert client.get(index).status_code == 200
    session = client.session
    used = session["used_at"]
    session["used_at"] = used - 7000
    session.save()
    assert client.get(index, headers={"X-Background": "1"}).status_code == 200
    assert client.session["used_at"] == used - 7000, "what a page asks by itself is no use"
    session["used_at"] = used - 7300
    session.save()
    answer = client.get(index)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, LOGIN)
    assert client.get("/api/v1/openings/").status_code == 401

"""Whoever guesses elsewhere locks nobody out: a browser in which somebody was signed in before has tries of its own."""

import threading

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from people.models import SignInTries, User
from people.services import password_links, signing_in
from people.tasks import send_password_link
from tests.factories import people
from tests.people.signing import (
    LOGIN,
    SECOND,
    TOTP,
    armed,
    browser,
    code_of,
    generate_totp_secret,
    is_in,
    password,
)

pytestmark = pytest.mark.django_db
OFFICE = "198.51.100.7"
WRONG = "not-the-password"
FRESH = "a-fresh-and-long-one-8"
FORGOTTEN = reverse("admin_password_reset")


@pytest.fixture(autouse=True)
def _fewer_tries(monkeypatch):
    """So that no test hashes hundreds of passwords."""
    monkeypatch.setattr(signing_in, "PER_NAME", 5)
    monkeypatch.setattr(signing_in, "PER_NAME_AND_ADDRESS", 3)
    monkeypatch.setattr(signing_in, "PER_ADDRESS", 12)


def tried(client: Client, username: str, typed: str, address: str = OFFICE) -> int:
    answer = client.post(LOGIN, {"username": username, "password": typed}, REMOTE_ADDR=address)
    return int(answer.status_code)


def known(person: User, typed: str = people.PASSWORD) -> Client:
    """A browser in which the person was signed in, and is no more."""
    client = browser()
    assert tried(client, person.username, typed) == 302
    assert is_in(client)
    client.post(reverse("admin:logout"))
    assert not is_in(client)
    return client


def besieged(username: str, address: str = "") -> None:
    """Somebody guesses from many addresses, or from one, until no stranger is let try any more."""
    for number in range(signing_in.PER_ADDRESS + 1 if address else signing_in.PER_NAME + 1):
        name = f"{username}{number % 5 or ''}" if address else username
        status = tried(Client(), name, WRONG, address or f"203.0.113.{number}")
    assert status == 429


@pytest.mark.parametrize("address", ["", OFFICE])
def test_who_guesses_from_anywhere_or_behind_the_same_address_does_not_lock_the_owner_out(address):
    """The attack: whoever knows a name kept its owner out for as long as they liked, and a whole office with it."""
    person = people.recruiter(username="zhou")
    own, colleague = known(person), known(people.recruiter(username="li"))
    besieged("zhou", address)
    assert tried(Client(), "zhou", people.PASSWORD, OFFICE) == 429, "a stranger with the right password waits"
    assert [tried(own, "zhou", people.PASSWORD), tried(colleague, "li", people.PASSWORD)] == [302, 302]
    assert is_in(own)


def test_a_known_browser_has_eight_tries_and_its_own(client):
    """Stolen, it is worth eight guesses in a quarter of an hour, and at nobody else's password."""
    person = people.recruiter(username="zhou")
    people.recruiter(username="li")
    stolen, own = known(person), known(person)
    statuses = [tried(stolen, "zhou", WRONG) for _ in range(10)]
    assert statuses == [200] * signing_in.PER_BROWSER + [429] * 2
    assert [tried(own, "zhou", people.PASSWORD), tried(client, "zhou", people.PASSWORD)] == [302, 302]
    besieged("li")
    assert tried(stolen, "li", people.PASSWORD) == 429, "of another person it is a stranger"


@pytest.mark.parametrize("made_up", ["", "x", "{}", "eyJiIjoiYSIsInAiOnt9fQ:1w:x", "\x00", "x" * 9000])
def test_a_value_that_we_did_not_sign_is_a_strangers(client, made_up):
    people.recruiter(username="zhou")
    besieged("zhou")
    client.cookies[settings.KNOWN_BROWSER_COOKIE] = made_up
    assert tried(client, "zhou", people.PASSWORD) == 429


def test_half_a_sign_in_makes_no_browser_known():
    """With the right password alone, and no second factor, nobody gets tries of their own."""
    person, _secret = armed(username="zhou")
    thief = browser()
    assert password(thief, person).headers["Location"] == SECOND
    thief.get(SECOND)
    assert settings.KNOWN_BROWSER_COOKIE not in thief.cookies


def test_it_ends_with_the_password():
    """Whoever had the old one has no tries of their own at the new one; the browser that chose it has."""
    person = people.recruiter(username="zhou")
    old, own = known(person), browser()
    assert tried(own, "zhou", people.PASSWORD) == 302
    chosen = {"old_password": people.PASSWORD, "new_password1": FRESH, "new_password2": FRESH}
    assert own.post(reverse("admin:password_change"), chosen).status_code == 302
    assert is_in(own)
    own.post(reverse("admin:logout"))
    besieged("zhou")
    assert [tried(old, "zhou", FRESH), tried(own, "zhou", FRESH)] == [429, 302]


def test_the_browser_keeps_a_signed_value_and_nothing_of_the_person():
    person = people.recruiter(username="zhou-min", email="zhou-min@example.com")
    kept = known(person).cookies[settings.KNOWN_BROWSER_COOKIE]
    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", "/")
    for told in ("zhou", "example.com", person.password):
        assert told not in kept.value
    assert not SignInTries.objects.filter(key__contains="zhou").exists()


def test_two_who_share_a_browser_are_both_known_in_it_and_the_oldest_of_many_is_not():
    shared = browser()
    names = [f"colleague-{number}" for number in range(6)]
    for name in names:
        people.recruiter(username=name)
        assert tried(shared, name, people.PASSWORD) == 302
        assert is_in(shared)
        shared.post(reverse("admin:logout"))
    for name in names:
        besieged(name)
        # The addresses are let go, for the next name.
        SignInTries.objects.exclude(count=signing_in.PER_NAME + 1).delete()
    assert [tried(shared, name, people.PASSWORD) for name in names] == [429, *[302] * 5]


def test_an_owner_without_a_known_browser_comes_in_by_a_mailed_link(settings):
    """And the new password is not locked by those who guess at the old one, nor in this browser by who goes on."""
    settings.MAIL_IS_CONNECTED, settings.BASE_URL = True, "https://hr.example.com"
    person = people.recruiter(username="zhou", email="zhou@example.com")
    besieged("zhou")
    send_password_link(person.pk, password_links.FORGOTTEN)
    link = str(mail.outbox[-1].body).split("https://hr.example.com")[1].split()[0]
    own = browser()
    assert own.post(link, {"password": FRESH, "again": FRESH}).status_code == 200
    besieged("zhou")
    assert tried(own, "zhou", FRESH) == 302
    assert is_in(own)


def test_a_new_password_by_the_lead_opens_at_the_own_desk_too(client):
    """Whoever mistyped eight times is told to ask for a new one: it was refused as well, at that address."""
    person = people.recruiter(username="zhou")
    assert [tried(client, "zhou", WRONG) for _ in range(4)] == [200] * 3 + [429]
    person.set_password(FRESH)
    person.save()
    assert tried(client, "zhou", FRESH) == 302


def test_who_has_the_password_alone_does_not_use_up_the_owners_codes():
    person, secret = armed(username="zhou")
    own = browser()
    password(own, person)
    assert own.post(SECOND, {"code": code_of(secret, 0)}).status_code == 302
    assert is_in(own)
    own.post(reverse("admin:logout"))
    thief = browser()
    password(thief, person)
    statuses = [thief.post(SECOND, {"code": "000000"}).status_code for _ in range(signing_in.PER_CODE + 1)]
    assert statuses == [422] * signing_in.PER_CODE + [429] or statuses[-1] == 429
    password(own, person)
    assert own.post(SECOND, {"code": code_of(secret)}).status_code == 302
    assert is_in(own)


def test_known_browsers_together_guess_no_more_codes_than_two():
    """Made before there was a second factor, they are no way to try a million codes."""
    person = people.lead(username="zhou")
    many = [known(person) for _ in range(4)]
    TOTP.activate(person, generate_totp_secret())
    statuses = []
    for one in many:
        password(one, person)
        statuses += [one.post(SECOND, {"code": "000000"}).status_code for _ in range(signing_in.PER_CODE)]
    assert statuses.count(429) == 2 * signing_in.PER_CODE


def test_a_crowd_of_strangers_takes_no_place_among_those_who_are_known(monkeypatch):
    person = people.recruiter(username="zhou")
    own = known(person)
    monkeypatch.setitem(signing_in._hasher._places, False, threading.Semaphore(0))
    assert [tried(Client(), "zhou", people.PASSWORD), tried(own, "zhou", people.PASSWORD)] == [429, 302]


def test_who_has_links_sent_to_somebody_keeps_nobody_from_asking(settings):
    settings.MAIL_IS_CONNECTED = True
    person = people.recruiter(username="zhou", email="zhou@example.com")
    own = known(person)

    def asked(client: Client, address: str = OFFICE) -> int:
        return int(client.post(FORGOTTEN, {"typed": "zhou"}, REMOTE_ADDR=address).status_code)

    statuses = [asked(Client(), f"203.0.113.{number}") for number in range(5)]
    assert statuses == [200] * signing_in.LINKS_PER_NAME + [429] * 2
    assert [asked(own) for _ in range(4)] == [200] * signing_in.LINKS_PER_NAME + [429]

"""Where one is signed in, and how that ends: one place, everywhere, with the password, with the account."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from core.errors import NotFound
from people.actors import Party
from people.enums import EmployeeStatus, KeyScope
from people.invariants import sessions_of_closed
from people.models import OpenSession, User
from people.services import employees, password_links, sessions, tokens
from people.tasks import forget_sessions
from recruitment.rounds.services import feeds
from tests.factories import people
from tests.people.signing import browser, is_in, password

pytestmark = pytest.mark.django_db
ACCOUNT = reverse("mfa_index")


def two_places(person: User) -> tuple[Client, Client]:
    first, second = browser("Firefox on the desk"), browser("Safari on the phone")
    for client in (first, second):
        password(client, person, REMOTE_ADDR="203.0.113.7")
    return first, second


def test_one_sees_where_one_is_signed_in_and_ends_one_of_them():
    person = people.recruiter()
    first, second = two_places(person)
    page = first.get(ACCOUNT).content.decode()
    for shown in ("Firefox on the desk", "Safari on the phone", "203.0.113.7"):
        assert shown in page
    other = OpenSession.objects.get(browser="Safari on the phone")
    assert first.post(reverse("account_end_session", args=[other.pk])).status_code == 302
    assert (is_in(first), is_in(second)) == (True, False)
    assert "Safari" not in first.get(ACCOUNT).content.decode()
    assert first.post(reverse("account_end_session", args=[other.pk])).status_code == 302


def test_one_ends_all_others_and_stays():
    person = people.recruiter()
    first, second = two_places(person)
    third = Client()
    third.force_login(person)
    OpenSession.objects.filter(session_key=third.session.session_key).delete()
    assert first.post(reverse("account_end_others")).status_code == 302
    assert (is_in(first), is_in(second), is_in(third)) == (True, False, False)
    assert second.get("/api/v1/openings/").status_code == 401
    assert list(person.open_sessions.alive().values_list("browser", flat=True)) == ["Firefox on the desk"]


def test_nobody_ends_anothers_session_but_the_lead():
    person = people.recruiter()
    client = browser()
    password(client, person)
    row = OpenSession.objects.get()
    other = Client()
    other.force_login(people.trainer())
    other.post(reverse("account_end_session", args=[row.pk]))
    other.post(reverse("admin:people_user_step", args=[person.pk, "sign-out"]))
    assert is_in(client)
    boss = Client()
    boss.force_login(people.lead())
    assert boss.post(reverse("admin:people_user_step", args=[person.pk, "sign-out"])).status_code == 302
    assert not is_in(client)


def test_a_new_password_ends_every_other_session():
    person = people.recruiter()
    first, second = two_places(person)
    fresh = "a-fresh-and-long-one-8"
    first.post(
        reverse("admin:password_change"),
        {"old_password": people.PASSWORD, "new_password1": fresh, "new_password2": fresh},
    )
    assert (is_in(first), is_in(second)) == (True, False)
    assert person.open_sessions.filter(session_key=first.session.session_key).exists()


def test_leaving_ends_everything_and_an_account_opened_again_has_no_old_session():
    person = people.recruiter()
    first, second = two_places(person)
    file = people.employee(user=person)
    employees.set_status(employee_id=file.pk, status=EmployeeStatus.LEFT)
    assert (is_in(first), is_in(second)) == (False, False)
    person.refresh_from_db()
    person.is_active = True
    person.save()
    assert (is_in(first), is_in(second)) == (False, False)


def _chooses(number: str, token: str) -> bool:
    try:
        return bool(password_links.whose(number, token))
    except NotFound:
        return False


API = "/api/v1/openings/"
WAYS_IN = ("sessions", "devices", "feed", "link", "keys")


def ways_in(person: User) -> dict[str, Callable[[], bool]]:
    """Each that somebody may have, and whether it still lets in; `sessions` is one that stayed elsewhere."""
    elsewhere = browser("elsewhere")
    password(elsewhere, person)
    person.trusted_devices.create(digest="x" * 64, expires_at=timezone.now() + timedelta(days=1))
    person.refresh_from_db()
    feed, link = feeds.make(by=person), password_links._link(person, password_links.FORGOTTEN)
    page = resolve(urlsplit(link).path)
    key = tokens.mint(user_id=person.pk, name="k", scope=KeyScope.READ, days=1, by=Party.SYSTEM)
    return {
        "sessions": lambda: is_in(elsewhere),
        "devices": person.trusted_devices.exists,
        "feed": lambda: Client().get(f"/feeds/{feed}.ics").status_code == 200,
        "link": lambda: _chooses(**page.kwargs),
        "keys": lambda: Client().get(API, headers={"authorization": f"Token {key}"}).status_code == 200,
    }


@pytest.mark.parametrize(
    ("how", "left"),
    [("one", {"devices", "feed", "link", "keys"}), ("all", {"keys"}), ("password", set()), ("closed", set())],
)
def test_what_ends_with_what(how: str, left: set[str]):
    """The table of docs/security.md, each way in tried from outside; opened again, an account has none of the old."""
    person = people.recruiter()
    ways = ways_in(person)
    assert {name for name, lets_in in ways.items() if lets_in()} == set(WAYS_IN)
    if how == "one":
        sessions.end(person, OpenSession.objects.get(browser="elsewhere").pk)
    elif how == "all":
        sessions.end_all(user_id=person.pk, by=person)
    elif how == "password":
        person = User.objects.get(pk=person.pk)
        person.set_password("a-fresh-and-long-one-8")
        person.save()
    else:
        employees.set_status(employee_id=people.employee(user=person).pk, status=EmployeeStatus.LEFT)
        assert not sessions_of_closed().exists()
        assert {name for name, lets_in in ways.items() if lets_in()} == set()
        person.refresh_from_db()
        person.is_active = True
        person.save()
    assert {name for name, lets_in in ways.items() if lets_in()} == left
    # What opens nothing any more stands in no list.
    assert not OpenSession.objects.alive().filter(user=person).exists()


def test_a_session_of_before_the_upgrade_goes_on():
    """Until all are ended for the first time, a session is good by Django's own rule."""
    person = people.recruiter()
    client = Client()
    client.force_login(person)
    django_own = super(User, person)._get_session_auth_hash()
    assert client.session["_auth_user_hash"] == django_own
    assert is_in(client)


def test_what_is_over_is_forgotten_at_night():
    person = people.recruiter()
    first, _second = two_places(person)
    OpenSession.objects.update(created_at=timezone.now() - timedelta(hours=1))
    Session.objects.exclude(session_key=first.session.session_key).delete()
    assert forget_sessions() == 1
    assert is_in(first)


def test_signing_out_takes_the_session_with_it():
    person = people.recruiter()
    client = browser()
    password(client, person)
    key = client.session.session_key
    client.post(reverse("admin:logout"))
    assert not Session.objects.filter(session_key=key).exists()
    assert not OpenSession.objects.alive().exists()


@pytest.mark.parametrize("name", ["account_end_others"])
def test_a_link_ends_nothing(name):
    client = browser()
    password(client, people.recruiter())
    assert client.get(reverse(name)).status_code == 405
    assert is_in(client)

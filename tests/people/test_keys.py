"""API keys: what one may do, how long it is good, who makes and ends it."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError
from hrsuite.api.urls import router
from people.actors import Party
from people.enums import KeyScope
from people.models import ApiToken
from people.services import tokens
from people.tasks import forget_keys
from tests.factories import people
from tests.factories.api import client_of
from tests.people.addresses import every_address

pytestmark = pytest.mark.django_db
LIST = reverse("admin:people_apitoken_changelist")
ADD = reverse("admin:people_apitoken_add")


def holder_of(key: str):
    client = client_of(None)
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    return client


def made(person, scope=KeyScope.READ, days=30, name="程序") -> str:
    return tokens.mint(user_id=person.pk, name=name, scope=scope, days=days, by=person)


def test_a_key_that_may_read_takes_no_step_at_any_address():
    """Every address of the API, whatever its own permissions: 403 before anything is looked at."""
    holder = holder_of(made(people.lead()))
    of_the_api = [one for one in every_address() if one.startswith("/api/v1/")]
    assert len(of_the_api) > len(router.registry)
    found: dict[tuple[int, str], set[str]] = {}
    for address in of_the_api:
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(holder, method)(address, {}, format="json")
            found.setdefault((answer.status_code, answer.json()["code"]), set()).add(address)
    assert found.keys() == {(403, "key_reads_only")}, found
    assert holder.get("/api/v1/openings/").status_code == 200


def test_a_key_that_may_write_comes_to_the_endpoints_own_answer():
    holder = holder_of(made(people.lead(), KeyScope.WRITE))
    answer = holder.post("/api/v1/follow-ups/1/claim/", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (404, "follow_up_unknown")


def test_a_key_is_good_through_its_last_day():
    person = people.recruiter()
    holder = holder_of(made(person, days=30))
    row = ApiToken.objects.get()
    assert row.expires_on == timezone.localdate() + timedelta(days=30)
    ApiToken.objects.update(expires_on=timezone.localdate())
    assert holder.get("/api/v1/openings/").status_code == 200
    ApiToken.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert holder.get("/api/v1/openings/").status_code == 401
    assert not ApiToken.objects.good().exists()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"days": 0}, "token_days_invalid"),
        ({"days": 367}, "token_days_invalid"),
        ({"days": None}, "token_days_invalid"),
        ({"name": "  "}, "token_name_invalid"),
        ({"name": "长" * 61}, "token_name_invalid"),
        ({"name": "a\x00b"}, "token_name_invalid"),
    ],
)
def test_what_cannot_be_a_key_is_refused_and_nothing_is_made(changed, code):
    person = people.lead()
    with pytest.raises(DomainError) as refused:
        made(person, **{"days": 30, **changed})
    assert (refused.value.code, ApiToken.objects.count()) == (code, 0)


def test_there_are_twenty_at_most_and_one_of_the_same_name_is_renewed():
    person = people.recruiter()
    for number in range(tokens.MOST_KEYS):
        made(person, name=f"程序{number}")
    with pytest.raises(DomainError) as refused:
        made(person, name="再一个")
    assert refused.value.code == "too_many_tokens"
    fresh = made(person, name="程序3")
    assert person.api_tokens.count() == tokens.MOST_KEYS
    assert holder_of(fresh).get("/api/v1/openings/").status_code == 200


def test_everybody_makes_and_ends_the_own_on_a_page(client):
    person = people.trainer()
    client.force_login(person)
    assert "还没有密钥" in client.get(LIST).content.decode()
    page = client.post(ADD, {"name": "看板", "scope": "read", "days": "180"})
    shown = page.content.decode().split('class="hs-link" type="text" readonly value="')[1].split('"')[0]
    row = ApiToken.objects.get()
    assert (row.user, row.name, row.scope) == (person, "看板", KeyScope.READ)
    assert row.expires_on - timezone.localdate() == timedelta(days=180)
    assert page["Cache-Control"].startswith("no-store")
    assert holder_of(shown).get("/api/v1/openings/").status_code == 200
    for address in (LIST, reverse("admin:people_apitoken_change", args=[row.pk])):
        later = client.get(address).content.decode()
        assert "看板" in later
        assert shown not in later
        assert row.digest not in later
    client.post(reverse("admin:people_apitoken_step", args=[row.pk, "end"]))
    assert not ApiToken.objects.exists()
    assert holder_of(shown).get("/api/v1/openings/").status_code == 401


def test_a_wrong_form_makes_no_key(client):
    client.force_login(people.recruiter())
    for wrong in ({"days": "9999"}, {"scope": "all"}, {"name": ""}):
        answer = client.post(ADD, {"name": "x", "scope": "read", "days": "30", **wrong})
        assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_who_sees_and_ends_whose(client):
    """A specialist the own, the lead everybody's but a superuser's; what is not seen is not there."""
    root, lead, specialist, manager = (
        people.user(is_superuser=True), people.lead(), people.recruiter(), people.manager(),
    )  # fmt: skip
    persons = {"root": root, "lead": lead, "specialist": specialist, "manager": manager}
    for person in persons.values():
        made(person)
    seen = {}
    for name, person in persons.items():
        rows = ApiToken.objects.visible_to(person)
        seen[name] = {who for who, one in persons.items() if rows.filter(user=one).exists()}
    assert seen == {
        "root": set(persons),
        "lead": {"lead", "specialist", "manager"},
        "specialist": {"specialist"},
        "manager": {"manager"},
    }
    client.force_login(specialist)
    others = ApiToken.objects.exclude(user=specialist)
    for row in others:
        assert client.post(reverse("admin:people_apitoken_step", args=[row.pk, "end"])).status_code == 404
    assert others.count() == 3
    boss = Client()
    boss.force_login(lead)
    boss.post(reverse("admin:people_apitoken_step", args=[specialist.api_tokens.get().pk, "end"]))
    assert not specialist.api_tokens.exists()


def test_the_list_asks_as_often_for_three_keys_as_for_one(client):
    lead = people.lead()
    client.force_login(lead)
    counts = []
    for more in (1, 2):
        for number in range(more):
            made(people.recruiter(), name=f"{more}-{number}")
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


def test_a_key_that_ran_out_a_month_ago_is_forgotten():
    person = people.recruiter()
    for name, ago in (("old", 31), ("recent", 30), ("good", -5)):
        made(person, name=name)
        ApiToken.objects.filter(name=name).update(expires_on=timezone.localdate() - timedelta(days=ago))
    tokens.mint(user_id=person.pk, name="demo", scope=KeyScope.WRITE, days=None, by=Party.SYSTEM)
    assert forget_keys() == 1
    assert set(ApiToken.objects.values_list("name", flat=True)) == {"recent", "good", "demo"}


def test_the_keys_of_the_release_before_keep_what_they_could():
    """They were made to read and to take steps, and without an end."""
    migration = import_module("people.migrations.0004_keys_for_a_time").Migration
    statements = [one.sql for one in migration.operations if hasattr(one, "sql")]
    person = people.lead()
    row = ApiToken.objects.create(user=person, name="old", digest="0" * 64)
    assert row.scope == KeyScope.READ
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    row.refresh_from_db()
    assert (row.scope, row.expires_on) == (KeyScope.WRITE, None)

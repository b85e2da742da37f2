"""Seeing the house as a colleague: the colleague's pages, nothing changed at any address, and it ends by itself."""

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from core.history.models import Change, Look
from people import viewing
from people.models import ApiToken, Role, User
from tests.factories import people
from tests.people.addresses import every_address
from tests.recruitment.admin.conftest import broken_off

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")


def see_as(client: Client, person: User, reason: str = "她说待办不对") -> Any:
    address = reverse("admin:people_user_step", args=[person.pk, "see-as"])
    return client.post(address, {"reason": reason})


@pytest.fixture
def looking(client: Client) -> tuple[Client, User, User]:
    lead, trainer = people.lead(), people.trainer()
    client.force_login(lead)
    assert see_as(client, trainer).status_code == 302
    return client, lead, trainer


def test_the_pages_are_the_colleagues_and_say_so(looking):
    client, lead, trainer = looking
    page = client.get(INDEX)
    assert page.wsgi_request.user == trainer
    assert page.wsgi_request.viewer == lead
    assert "queue" not in page.context
    said = page.content.decode()
    assert f"您正以{trainer}的视角查看" in said
    assert reverse("view_as_end") in said


def test_it_is_noted_with_its_reason_and_looks_are_the_lookers(looking):
    client, lead, trainer = looking
    story = broken_off()
    client.get(reverse("admin:recruitment_candidate_change", args=[story.application.candidate_id]))
    client.post(reverse("view_as_end"))
    began, *looks = Look.objects.order_by("pk")
    assert (began.by, began.model, began.object_id) == (lead, "people.user", str(trainer.pk))
    assert began.facts == {"viewed_as": True, "why": "她说待办不对"}
    assert [(look.by, look.model) for look in looks] == [(lead, "recruitment.candidate")]
    page = client.get(reverse("admin:people_user_change", args=[trainer.pk])).content.decode()
    assert "谁以此人视角查看过" in page
    assert "她说待办不对" in page


def test_it_ends_by_the_button_by_itself_and_with_the_sign_out(looking, monkeypatch):
    client, lead, trainer = looking
    assert client.get(reverse("view_as_end")).status_code == 405
    client.post(reverse("view_as_end"))
    assert client.get(INDEX).wsgi_request.user == lead
    see_as(client, trainer)
    later = time.time() + viewing.LONGEST_SECONDS + 1
    monkeypatch.setattr(viewing.time, "time", lambda: later)
    assert client.get(INDEX).wsgi_request.user == lead
    monkeypatch.undo()
    assert client.get(INDEX).wsgi_request.user == lead
    see_as(client, trainer)
    client.post(reverse("admin:logout"))
    assert viewing.HELD not in client.session
    client.force_login(lead)
    assert client.get(INDEX).wsgi_request.user == lead


def test_it_ends_when_either_may_no_longer(looking):
    client, lead, trainer = looking
    User.objects.filter(pk=trainer.pk).update(is_active=False)
    assert client.get(INDEX).wsgi_request.user == lead
    User.objects.filter(pk=trainer.pk).update(is_active=True)
    see_as(client, trainer)
    User.objects.filter(pk=lead.pk).update(roles=[Role.RECRUITING])
    assert client.get(INDEX).wsgi_request.user == lead


@pytest.mark.parametrize(
    ("viewer", "seen", "is_let"),
    [
        (people.lead, people.recruiter, True),
        (people.lead, people.lead, True),
        (people.lead, people.manager, False),
        (people.lead, lambda: people.lead(is_superuser=True), False),
        (lambda: people.user(is_superuser=True), lambda: people.lead(is_superuser=True), True),
        (people.recruiter, people.trainer, False),
        (people.lead, lambda: people.trainer(is_active=False), False),
    ],
)
def test_who_may_look_as_whom(viewer, seen, is_let, client: Client):
    person = seen()
    client.force_login(viewer())
    see_as(client, person)
    assert (viewing.HELD in client.session) is is_let
    assert Look.objects.filter(facts__viewed_as=True).exists() is is_let


def test_without_a_reason_nobody_looks(client: Client):
    client.force_login(people.lead())
    assert see_as(client, people.trainer(), " ").status_code == 422
    assert viewing.HELD not in client.session
    lead = people.lead()
    assert not viewing.may(lead, lead)


def test_no_address_changes_anything_or_gives_a_secret_away(looking):
    """Every address of the house, read and sent to: no row of business changes, and what is no page is refused."""
    client, _lead, trainer = looking
    broken_off()
    ApiToken.objects.all().delete()
    last = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    let, shown = set(), set()
    for address in every_address():
        if address.startswith(STRANGERS):
            continue
        try:
            match = resolve(address)
        except Resolver404:
            continue
        if match.view_name in {"view_as_end", "admin:logout"}:
            continue
        if client.post(address, {"reason": "x", "name": "x"}).status_code not in (403, 404, 405):
            let.add(match.view_name)
        if client.get(address).status_code == 200 and match.namespaces != ["admin"]:
            shown.add(match.view_name)
    assert let == {"set_language"}
    assert shown <= {"home", "pages", "reports", "report"}
    assert list(Change.objects.filter(pk__gt=last).values_list("model", "did")) == []
    assert client.get(INDEX).wsgi_request.user == trainer
    assert client.get(reverse("mfa_index")).status_code == 403
    assert client.get("/api/v1/openings/").json()["code"] == "only_viewing"


STRANGERS = (
    "/i/", "/room/", "/continue", "/ping", "/healthz", "/readyz", "/metrics", "/vendors/", "/hooks/", "/welcome/",
    "/feeds/", "/forgotten/", "/new-password/",
)  # fmt: skip

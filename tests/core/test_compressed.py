"""Staff's pages and the API go out gzipped; the room's answers and a secret's page do not."""

import gzip
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from core.admin.looks import SHOWN_ONCE
from core.middleware import Compressed
from people.enums import KeyScope
from people.services import tokens
from recruitment.models import Candidate
from tests.factories import people

pytestmark = pytest.mark.django_db
GZIP = {"HTTP_ACCEPT_ENCODING": "gzip"}


def answered(path: str, **headers: str) -> Any:
    from django.http import HttpResponse

    shrink = Compressed(lambda request: HttpResponse("x" * 5000, headers=headers))
    return shrink(RequestFactory().get(path, **GZIP))


def test_a_list_is_a_twentieth_of_its_size(client: Client) -> None:
    person = people.lead()
    client.force_login(person)
    for number in range(50):
        Candidate.objects.create(name=f"张{number}")
    address = reverse("admin:recruitment_candidate_changelist")
    plain, small = client.get(address), client.get(address, **GZIP)
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in small.headers["Vary"]
    assert len(small.content) * 10 < len(plain.content)
    assert "张49" in gzip.decompress(small.content).decode()
    key = tokens.mint(user_id=person.pk, name="x", scope=KeyScope.READ, days=30, by=person)
    over_api = client.get("/api/v1/openings/?page_size=200", HTTP_AUTHORIZATION=f"Token {key}", **GZIP)
    assert over_api.status_code == 200


def test_what_is_hot_or_secret_stays_as_it_is() -> None:
    assert answered("/admin/x").headers["Content-Encoding"] == "gzip"
    assert answered("/api/v1/x").headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in answered("/room/api/state").headers
    once = answered("/admin/x", **SHOWN_ONCE)
    assert (once.headers["Content-Encoding"], len(once.content)) == ("identity", 5000)

"""A mailbox that cannot be read is told to whoever keeps the house, not on its own page alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from recruitment.intake import codes
from recruitment.models import Mailbox
from tests.factories import people

pytestmark = pytest.mark.django_db
WORDS = "简历邮箱 招聘 自"


def box(name: str = "招聘", *, minutes: int = 20, **fields: Any) -> Mailbox:
    return Mailbox.objects.create(
        name=name, host="imap.example.com", account="jobs", secret="x", failing_code="login_refused",
        failing_since=timezone.now() - timedelta(minutes=minutes), **fields,
    )  # fmt: skip


def home(client: Client, person: Any) -> str:
    client.force_login(person)
    return client.get("/admin/").content.decode()


def test_the_home_names_it_with_its_page_since_when_and_why(client: Client) -> None:
    failing = box()
    for person in (people.lead(), people.user(is_superuser=True)):
        page = home(client, person)
        assert WORDS in page and codes.explain("login_refused") in page
        assert f"/admin/recruitment/mailbox/{failing.pk}/change/" in page
        assert (
            WORDS not in client.get("/admin/recruitment/mailbox/").content.decode()
        )  # there it says so itself
    assert WORDS not in home(client, people.recruiter())


def test_health_counts_it_and_stays_well(client: Client) -> None:
    assert client.get("/healthz").json()["mailboxes_failing"] == 0
    box()
    box("又一个")
    box("没启用", is_active=False)
    box("刚才", minutes=5)
    assert client.get("/healthz").json()["mailboxes_failing"] == 2


def test_what_is_read_again_is_not_named_any_more(client: Client) -> None:
    failing = box()
    lead = people.lead()
    assert WORDS in home(client, lead)
    Mailbox.objects.filter(pk=failing.pk).update(failing_code="", failing_since=None)
    assert WORDS not in home(client, lead)
    box("刚才", minutes=5)  # a server that did not answer once is tried again first
    assert "刚才" not in home(client, lead)

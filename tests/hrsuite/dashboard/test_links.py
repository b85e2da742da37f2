"""Whatever a role is shown as a link opens for it: nobody is led to a refusal."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from recruitment.models import Application, Decision, FollowUp, Interview, InterviewExit, Opening
from tests.factories import people
from tests.hrsuite.dashboard.test_homes import HOMES, alive

__all__ = ["alive"]
pytestmark = pytest.mark.django_db
# What an address is about, so that one of each kind is opened.
_NUMBER = re.compile(r"/\d+/")
# Files, other people's windows, and ways out.
_LEFT = re.compile(r"logout|\.(xlsx|csv|pdf|zip|ics|js|css)|/export|/docs/|^/static/|^/media/")


def links_of(client: Client, address: str) -> set[str]:
    """The addresses of ours that a page shows as links."""
    page = client.get(address, follow=True)
    assert page.status_code == 200, address
    found = re.findall(r'<a [^>]*href="(/[^"#]*)', page.content.decode())
    return {link.replace("&amp;", "&") for link in found if not _LEFT.search(link)}


@pytest.mark.usefixtures("alive")
@pytest.mark.parametrize("who", HOMES)
def test_every_link_that_a_role_is_shown_opens_for_it(who: str, client: Client) -> None:
    person = HOMES[who]()
    client.force_login(person)
    waiting = {reverse("admin:index"), reverse("pages")}
    for model in (
        Application,
        Interview,
        FollowUp,
        InterviewExit,
        Decision,
        Opening,
        type(people.recruiter()),
    ):
        row = model.objects.order_by("pk").first()
        name = f"admin:{model._meta.label_lower.replace('.', '_')}"
        if row and person.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"):
            waiting |= {reverse(f"{name}_change", args=[row.pk]), reverse(f"{name}_changelist")}
    shown = {link: address for address in waiting for link in links_of(client, address)}
    one_of_each = {_NUMBER.sub("/N/", link.partition("?")[0]): link for link in shown}
    refused = {
        link: (client.get(link, follow=True).status_code, shown[link])
        for link in sorted(one_of_each.values())
    }
    assert {link: said for link, said in refused.items() if said[0] != 200} == {}
    assert len(refused) > 20

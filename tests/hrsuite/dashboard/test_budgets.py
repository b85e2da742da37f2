"""Every list, whatever the menu opens, and the search cost as many statements for five of everything as for three."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from core.admin.menu import entries
from tests.factories import people
from tests.recruitment.admin.test_pages import more, queries

pytestmark = pytest.mark.django_db
MOST = 12
# The first page shows every part of the day's work; the others count each kind of data, key or table by itself.
FURTHER = {"admin:index": 24, "keeping": 27, "diagnostics": 65, "admin:sealed_sealingkey_changelist": 73}


def addresses() -> dict[str, str]:
    """By the name of the page."""
    found = {"search": f"{reverse('admin:search')}?s=李"}
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        found[name] = reverse(name)
    for entry in entries():
        try:
            found |= {entry.address: reverse(entry.address)} if entry.address else {}
        except NoReverseMatch:
            continue
    return found


@pytest.mark.timeout(400)
def test_every_list_and_every_page_of_the_menu_keeps_its_budget(client: Client) -> None:
    client.force_login(people.user(is_superuser=True))
    counts = []
    # What is empty costs less: the first time does not count.
    for rows in (1, 2, 2):
        for _row in range(rows):
            more()
        # Now and then a request looks after what is remembered for a while: no page's own statement.
        counts.append(
            {name: min(queries(client, where) for _try in range(2)) for name, where in addresses().items()}
        )
    _first, three, five = counts
    assert {name: (three[name], number) for name, number in five.items() if number != three[name]} == {}
    assert {name: number for name, number in five.items() if number > FURTHER.get(name, MOST)} == {}
    assert len(five) > 80

"""`messages/`: HR reads the ledger; nobody else, and nobody writes."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from messaging import delivery
from messaging.models import Message
from people.models import User
from tests.factories import notifications as make
from tests.factories import people
from tests.factories.notifications import Provider

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/messages/"


def client(person: User | None) -> APIClient:
    api = APIClient()
    if person is not None:
        # As a request reads them: with what their roles may.
        api.force_authenticate(User.objects.with_grid().get(pk=person.pk))
    return api


def test_a_message_as_the_contract_says(mail: Provider) -> None:
    message = make.message()
    delivery.deliver_due()
    message.refresh_from_db()

    page = client(people.recruiter()).get(ADDRESS, {"interview": message.origin_id}).json()

    assert {key: page[key] for key in ("count", "next", "previous")} == {
        "count": 1,
        "next": None,
        "previous": None,
    }
    assert message.accepted_at is not None
    assert page["results"] == [
        {
            "id": message.pk,
            "audience": "candidate",
            "kind": "completed",
            "channel": "email",
            "state": "accepted",
            "created_at": page["results"][0]["created_at"],
            "accepted_at": page["results"][0]["accepted_at"],
            "body": message.body,
            "told": {
                "state": "accepted",
                "words": page["results"][0]["told"]["words"],
                "at": page["results"][0]["accepted_at"],
            },
            "updated_at": page["results"][0]["updated_at"],
        }
    ]
    assert page["results"][0]["accepted_at"].endswith("+08:00")


def test_the_place_of_a_link_is_shown_and_no_link() -> None:
    interview = make.house("interrupted")
    message = make.message(interview=interview)
    Message.objects.update(body="回来：{room_link}\n")

    [row] = client(people.lead()).get(ADDRESS).json()["results"]

    assert row["body"].endswith("/i/••••\n")
    assert message.shown_body != row["body"]


def test_filters() -> None:
    first, second = make.message(key="1"), make.message(people.recruiter(), key="2")
    api = client(people.lead())

    def found(**query: Any) -> list[int]:
        return sorted(row["id"] for row in api.get(ADDRESS, query).json()["results"])

    assert found() == [first.pk, second.pk]
    assert found(interview=first.origin_id) == [first.pk]
    assert found(audience="specialist") == [second.pk]
    assert found(kind="completed") == [first.pk]
    assert found(state="planned") == [first.pk, second.pk]
    assert api.get(ADDRESS, {"interview": "x"}).status_code == 422
    assert api.get(ADDRESS, {"state": "lost"}).status_code == 422


@pytest.mark.parametrize(("role", "status"), [("manager", 403), ("nobody", 403), (None, 401)])
def test_others_get_nothing(role: str | None, status: int) -> None:
    message = make.message()
    person = {"manager": people.manager, "nobody": people.user}[role]() if role else None
    for address in (ADDRESS, f"{ADDRESS}{message.pk}/"):
        answer = client(person).get(address)
        assert answer.status_code == status
        assert set(answer.json()) == {"code", "message"}


def test_nobody_writes() -> None:
    message = make.message()
    before = list(Message.objects.values())
    api = client(people.lead())
    for method in (api.post, api.put, api.patch, api.delete):
        assert method(f"{ADDRESS}{message.pk}/", {"state": "accepted"}, format="json").status_code == 405
    assert api.post(ADDRESS, {}, format="json").status_code == 405
    assert list(Message.objects.values()) == before


def test_the_list_asks_as_much_for_three_as_for_one(django_assert_num_queries: Any) -> None:
    api = client(people.lead())
    for keys in (("1",), ("2", "3")):
        for key in keys:
            make.message(key=key)
        with django_assert_num_queries(3):
            api.get(ADDRESS)


def test_a_browser_without_a_key_is_told_so(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 401

"""What is found is kept as long as it is so, said to the administrator in a sentence, and gone when it is well."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from core.trouble import looking, places, words
from core.trouble.found import Found
from core.trouble.models import Trouble
from people.enums import Role
from tests.factories import people

CLOCK, SLEPT = (
    Found("clock_back", {"seconds": 3600}),
    Found("slept", {"seconds": 28_800}, timedelta(hours=24)),
)
CODES = ("clock", "slept")


@pytest.fixture(autouse=True)
def _room_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "disks", lambda: iter(()))


def codes() -> list[str]:
    return [one.code for one in looking.standing()]


@pytest.mark.django_db
def test_a_state_goes_with_the_look_that_finds_it_gone_and_what_happened_is_said_for_its_time() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        looking.bring([CLOCK, SLEPT], codes=CODES)
        assert sorted(codes()) == ["clock_back", "slept"]
        looking.bring([], codes=("disk_", "memory_"))
        assert len(codes()) == 2, "another look has no say about them"
        clock.shift(60)
        looking.bring([], codes=CODES)
        assert codes() == ["slept"]
        clock.shift(timedelta(hours=25))
        assert codes() == [], "nobody says it any more, though no look has cleared it away"
        looking.bring([], codes=CODES)
        assert not Trouble.objects.exists()


@pytest.mark.django_db
def test_what_stands_still_is_hardly_written_and_its_beginning_stays(django_assert_num_queries: Any) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        looking.bring([CLOCK], codes=CODES)
        began = Trouble.objects.get().since
        clock.shift(10)
        with django_assert_num_queries(1):
            looking.bring([CLOCK], codes=CODES)
        clock.shift(timedelta(minutes=5))
        looking.bring([CLOCK], codes=CODES)
        row = Trouble.objects.get()
        assert (row.since, row.seen_at) == (began, timezone.now())


@pytest.mark.django_db
def test_a_look_that_fails_keeps_nobody_from_the_others_and_takes_nothing_back() -> None:
    def broken() -> Iterator[Found]:
        raise OSError("stale file handle")
        yield

    looking.Watch(lambda: [SLEPT, CLOCK], codes=CODES)()
    watch = looking.Watch(broken, lambda: [Found("clocks_apart", {"seconds": 40})], codes=CODES)
    assert watch() == 0
    assert sorted(codes()) == ["clock_back", "clocks_apart", "slept"]
    looking.Watch(list, codes=CODES)()
    assert codes() == ["slept"]


@pytest.mark.django_db
def test_a_node_that_looks_no_more_has_no_say() -> None:
    now = timezone.now()
    for node, ago in (("gone", 11), ("there", 1)):
        Trouble.objects.create(node=node, code="memory_low", since=now, seen_at=now - timedelta(minutes=ago))
    assert [one.facts["node"] for one in looking.standing()] == ["there"]


@pytest.mark.django_db
def test_the_administrator_and_the_lead_read_it_on_their_first_page_and_nobody_else(client: Client) -> None:
    looking.bring([CLOCK], codes=CODES)
    seen = {}
    for name, person in (
        ("lead", people.lead()),
        ("administrator", people.user(Role.ADMINISTRATOR)),
        ("superuser", people.user(is_superuser=True)),
        ("recruiter", people.recruiter()),
        ("manager", people.manager()),
    ):
        client.force_login(person)
        seen[name] = "服务器时钟被拨慢了" in client.get("/admin/").content.decode()
    assert seen == {
        "lead": True, "administrator": True, "superuser": True, "recruiter": False, "manager": False,
    }  # fmt: skip
    client.force_login(people.lead())
    assert "服务器时钟被拨慢了" not in client.get("/admin/pages/").content.decode()
    assert client.get("/healthz", REMOTE_ADDR="127.0.0.1").json()["trouble"] == ["clock_back"]
    looking.bring([], codes=CODES)
    assert "服务器时钟被拨慢了" not in client.get("/admin/").content.decode()


def every_code() -> list[Found]:
    facts = {
        "folder": "/x",
        "free": 5,
        "total": 9,
        "left": 2,
        "error": "OSError",
        "count": 2,
        "jobs": "a.b",
        "cluster": "jobs-slow",
        "seconds": 7300,
        "behind": "db1:5432",
        "ahead": "db2:5432",
        "hosts": "db1:5432, db2:5432",
    }
    return [Found(code, dict(facts)) for code in [*words._SENTENCES, "storage_somebodys"]]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("one", every_code(), ids=lambda one: one.code)
def test_every_trouble_has_its_sentence(language: str, one: Found) -> None:
    with translation.override(language):
        said = words.sentence(one)
    assert "%(" not in said and len(said) > 20
    assert words.sentence(Found("clock_back", {"seconds": 60, "node": "db-2"})).startswith("db-2 · ")


@pytest.fixture
def read_only(transactional_db: None) -> Iterator[None]:
    """The connection that the server would hand out while the database takes no changes."""

    def switch(word: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET default_transaction_read_only = {word}")

    yield switch
    switch("off")


def test_while_the_database_takes_nothing_the_first_page_says_so_and_saving_is_refused_in_words(
    client: Client, read_only: Any
) -> None:
    lead = people.lead()
    client.force_login(lead)
    read_only("on")
    page = client.get("/admin/")
    assert page.status_code == 200 and "数据库目前不接受任何修改" in page.content.decode()
    refused = client.post("/admin/logout/", follow=False)
    assert refused.status_code in (400, 503)
    assert client.get("/healthz", REMOTE_ADDR="127.0.0.1").json()["trouble"] == ["database_read_only"]
    key = client.get("/api/v1/openings/")
    assert key.status_code == 200
    read_only("off")
    assert "数据库目前不接受任何修改" not in client.get("/admin/").content.decode()
    assert codes() == []

"""How long a page takes inside this process, and how many queries it asks."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any

from django.db import connection
from django.test import Client

from people.models import User
from tools.bench.lists.pages import Page

TRIES = 3
# A page that takes this long is not asked for again.
SLOW = 2.0
LONGEST = "30s"


@dataclass(frozen=True, slots=True)
class Cost:
    """The best of a few tries, in milliseconds: the process's own time and that of its statements.

    What other processes of the machine take from it in between is no part of it; `waited` is with that too. `sql` is the
    time of the hand-written statement for the same rows, where there is one.
    """

    page: str
    status: int
    queries: int
    milliseconds: float
    database: float
    waited: float
    kilobytes: float
    sql: float | None = None


class Asking:
    """Signed-in clients, one for each colleague."""

    def __init__(self) -> None:
        self._clients: dict[int, Client] = {}
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{LONGEST}'")

    def client_of(self, person: User) -> Client:
        """The browser of this colleague, signed in."""
        client = self._clients.get(person.pk)
        if client is None:
            client = self._clients[person.pk] = Client(raise_request_exception=False)
            client.force_login(person)
            client.get("/ping")
        return client

    def cost(self, page: Page) -> Cost:
        """What a page costs: status 599 when it ends in an error."""
        client = self.client_of(page.person)
        best: Cost | None = None
        for _number in range(TRIES):
            found = _once(client, page)
            if best is None or found.milliseconds < best.milliseconds:
                best = found
            if found.milliseconds > SLOW * 1000:
                break
        assert best is not None  # noqa: S101 -- TRIES is more than none
        return best


def _once(client: Client, page: Page) -> Cost:
    spent: list[float] = []

    def timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        begin = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(perf_counter() - begin)

    begin, own = perf_counter(), process_time()
    with connection.execute_wrapper(timed):
        response = client.get(page.address)
    took, own = perf_counter() - begin, process_time() - own
    sql = _by_hand(page.table) if page.table else None
    return Cost(
        page.name,
        response.status_code,
        len(spent),
        min(took, own + sum(spent)) * 1000,
        sum(spent) * 1000,
        took * 1000,
        len(response.content) / 1024,
        sql,
    )


def _by_hand(table: str) -> float:
    """The newest fifty rows as one would fetch them in SQL."""
    with connection.cursor() as cursor:
        begin = perf_counter()
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1 DESC LIMIT 50')
        cursor.fetchall()
        return (perf_counter() - begin) * 1000


def sizes() -> list[tuple[str, int, int]]:
    """Every table with its rows and bytes, indexes included, the largest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint, pg_total_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 3 DESC"
        )
        return list(cursor.fetchall())

"""Fills the bench's own database: `load(n)` takes everything out and puts n interviews with their neighbours in."""

import random
from collections.abc import Callable, Iterable
from typing import Any

from django.db import DatabaseError, connection, transaction
from rich.progress import Progress

from core.changes import CHANGED
from core.events import DurableSignal
from core.events.models import Pulse
from core.sealed import resealing
from people.models import Employee
from people.names import search_key, sort_key
from recruitment.models import Candidate, Opening
from reports.folding import recount
from tools.bench.lists import company
from tools.bench.lists.rows import DAYS, PLAN, ROWS, Rows

STRETCH = 50_000
MOST_LIVE, INTERVIEWS_A_LIVE_ONE = 500, 500
NAMES = 20_000
REACTIONS = 2
SURNAMES = "张王李赵陈杨黄周吴徐孙马朱胡林郭何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范单解仇查朴区翟"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍红建国文辉力志峰晓彤子轩梓涵雨泽一诺佳怡浩然思远三四五"

Tell = Callable[[str], None]


def load(interviews: int, *, progress: Progress) -> company.People:
    """The company of this size, ANALYZEd, with the figures of its reports counted. What was in the database is gone."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_row, bench_name, bench_receiver")
    company.empty()
    people = company.make(interviews)
    openings = Opening.objects.count()
    with connection.cursor() as cursor:
        _quickly(cursor)
        _names(cursor)
        _receivers(cursor)
        live = min(MOST_LIVE, max(1, interviews // INTERVIEWS_A_LIVE_ONE))
        spread = min(10, openings // 10)
        cursor.execute(PLAN.format(n=interviews, days=DAYS, openings=openings, live=live, spread=spread))
        cursor.execute("ALTER TABLE bench_row ADD PRIMARY KEY (i)")
        cursor.execute("ANALYZE bench_row")
        words = {"n": interviews}
        task = progress.add_task(f"{interviews:,} interviews", total=len(ROWS) * interviews)
        plain = _open_columns()
        for rows in ROWS:
            table = rows.table
            progress.update(task, description=f"{interviews:,} interviews: {table}")
            _fill(cursor, table, rows, words, tell=lambda count: progress.advance(task, count))
        cursor.execute("DROP TABLE bench_row, bench_name, bench_receiver")
        progress.update(task, description=f"{interviews:,} interviews: sequences, statistics")
        _sequences(cursor)
        _triggers(cursor, fire=True)
    progress.update(task, description=f"{interviews:,} interviews: sealing")
    _seal_columns(plain)
    Pulse.objects.create(name="pump", at=company.timezone.now())
    settle()
    progress.update(task, description=f"{interviews:,} interviews: figures of the reports")
    recount()
    settle()
    return people


def settle() -> None:
    """Statistics and visibility as a database has them that was not filled a minute ago."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _quickly(cursor: Any) -> None:
    """Foreign keys are right by construction: without their triggers a load takes half the time."""
    _triggers(cursor, fire=False)
    cursor.execute("SET synchronous_commit = off")
    cursor.execute("SET maintenance_work_mem = '512MB'")
    cursor.execute("SET work_mem = '128MB'")


def _triggers(cursor: Any, *, fire: bool) -> None:
    """Where the role may not say so, they fire as always."""
    try:
        with transaction.atomic():
            cursor.execute(f"SET session_replication_role = {'DEFAULT' if fire else 'replica'}")
    except DatabaseError:
        pass


def _open_columns() -> list[tuple[Any, Any]]:
    """Rows are drawn in plain words and sealed afterwards: the rules that refuse such rows go for that long."""
    found = []
    with connection.schema_editor() as editor:
        for model, _fields in resealing.columns():
            for rule in model._meta.constraints:
                if rule.name.endswith("_sealed") or rule.name.startswith("one_candidate_per"):
                    editor.remove_constraint(model, rule)
                    found.append((model, rule))
    return found


def _seal_columns(rules: list[tuple[Any, Any]]) -> None:
    for model, fields in resealing.columns():
        is_person = model in {Candidate, Employee}
        resealing.seal(
            model,
            fields,
            also=_with_key if is_person else None,
            written=("search_key",) if is_person else (),
        )
    with connection.schema_editor() as editor:
        for model, rule in rules:
            editor.add_constraint(model, rule)


def _with_key(row: Any) -> None:
    others = [row.email, row.number or ""] if isinstance(row, Employee) else [row.email]
    row.search_key = search_key([row.name], phone=row.phone, others=others)


def _names(cursor: Any) -> None:
    """A stock of names with the keys that the product itself makes of them."""
    draw = random.Random(7)  # noqa: S311 -- two loads alike
    cursor.execute(
        "CREATE UNLOGGED TABLE bench_name (k bigint PRIMARY KEY, name text, name_key text, spelt text, words text)"
    )
    rows = []
    for number in range(NAMES):
        name = draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.choice((1, 2, 2))))
        key = sort_key(name)
        spelt = "".join(letter for letter in key if letter.isascii() and letter.isalpha())
        rows.append((number, name, key, spelt, search_key([name])))
    _copy(cursor, "COPY bench_name FROM STDIN", rows)


def _receivers(cursor: Any) -> None:
    """The first receivers of each kind of event, as they are wired."""
    cursor.execute("CREATE UNLOGGED TABLE bench_receiver (kind text, place bigint, name text)")
    rows = [
        (kind, place, name)
        for kind, signal in DurableSignal.registry.items()
        for place, name in enumerate(list(signal.durable)[:REACTIONS])
    ]
    _copy(cursor, "COPY bench_receiver FROM STDIN", rows)


def _copy(cursor: Any, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _fill(cursor: Any, table: str, rows: Rows, words: dict[str, Any], *, tell: Callable[[int], None]) -> None:
    select, where = rows.select.format(**words), rows.where.format(**words)
    if _is_dated(cursor, table):
        # Changed when their story went on, not all of them while they were loaded.
        select = f"{select}, r.at AS {CHANGED}"
    cursor.execute(f"SELECT * FROM (SELECT {select} FROM {rows.source}) s LIMIT 0")
    columns = [column.name for column in cursor.description]
    more = _left_out(cursor, table, columns)
    names = ", ".join(f'"{name}"' for name in (*columns, *more))
    values = ", ".join(f's."{name}"' for name in columns)
    extra = "".join(f", {default}" for default in more.values())
    for low in range(0, words["n"], STRETCH):
        high = min(low + STRETCH, words["n"])
        between = f"r.i > {low} AND r.i <= {high}"
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values}{extra}"
            f" FROM (SELECT {select} FROM {rows.source} WHERE {between} AND ({where})) s"
        )
        tell(high - low)


def _is_dated(cursor: Any, table: str) -> bool:
    cursor.execute(
        "SELECT 1 FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND column_name = %s",
        [table, CHANGED],
    )
    return cursor.fetchone() is not None


def _left_out(cursor: Any, table: str, columns: list[str]) -> dict[str, str]:
    """Columns that came later and may not be empty: the emptiest value of their type."""
    cursor.execute(
        "SELECT column_name, udt_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
        [table],
    )
    emptiest = {
        "bool": "false", "int2": "0", "int4": "0", "int8": "0", "jsonb": "'{}'", "timestamptz": "now()", "date": "now()",
    }  # fmt: skip
    return {name: emptiest.get(kind, "''") for name, kind in cursor.fetchall() if name not in columns}


def _sequences(cursor: Any) -> None:
    cursor.execute(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'id'"
        " AND is_identity = 'YES'"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 0) + 1, false) FROM {table}"
        )

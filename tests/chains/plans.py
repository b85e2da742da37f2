"""Looking at the plan of every statement as it goes to the database."""

import json
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from tests.chains.neighbours import growing

ROOT = Path(__file__).resolve().parent.parent.parent
EXPLAINED = re.compile(r"\s*\(?\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


class Plans:
    """The sequential scans of growing tables, by what was done: which table, and by which statement."""

    def __init__(self) -> None:
        self.tables = {model._meta.db_table for model in growing()}
        self.partial = _partial_indexes()
        self.found: dict[str, set[tuple[str, str]]] = {}
        self.looked_at = 0
        self.doing = ""
        self._explaining = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not self._explaining and not many and EXPLAINED.match(sql):
            self._explaining = True
            try:
                self._look(sql, params)
            finally:
                self._explaining = False
        return execute(sql, params, many, context)

    @contextmanager
    def of(self, doing: str) -> Iterator[None]:
        """Look at what is sent meanwhile, under this name."""
        self.doing = doing
        with connection.execute_wrapper(self):
            yield

    def _scanned(self, node: dict[str, Any], *, limited: bool = False) -> Iterator[str]:
        """The tables that are read from end to end, or through the whole of an index."""
        limited = limited or node["Node Type"] == "Limit"
        whole_index = (
            node["Node Type"] in ("Index Scan", "Index Only Scan")
            and "Index Cond" not in node
            and node["Index Name"] not in self.partial
            and not limited
        )
        if node["Node Type"] == "Seq Scan" or whole_index:
            yield node["Relation Name"]
        for child in node.get("Plans", ()):
            yield from self._scanned(child, limited=limited)

    def _look(self, sql: str, params: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            answer = cursor.fetchone()[0]
        self.looked_at += 1
        plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
        for table in self._scanned(plan):
            if table in self.tables:
                self.found.setdefault(self.doing, set()).add((table, _place()))


def _partial_indexes() -> set[str]:
    """Those that hold few rows of a table: going through one of them is no scan of the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indpred IS NOT NULL"
        )
        return {row[0] for row in cursor.fetchall()}


def _place() -> str:
    """Where in the product the statement was sent."""
    frames = [
        frame
        for frame in traceback.extract_stack()
        if frame.filename.startswith(str(ROOT))
        and ".venv" not in frame.filename
        and "/tests/" not in frame.filename
    ]
    own = [frame for frame in frames if "/core/" not in frame.filename]
    frame = (own or frames)[-1] if frames else traceback.extract_stack()[-1]
    return f"{Path(frame.filename).relative_to(ROOT) if frames else frame.filename}:{frame.name}"

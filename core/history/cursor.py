"""The connection's cursor: the first write of a transaction carries who writes, in the same round trip.

A setting of the transaction (`set_config(…, true)`) ends with it, so nobody else on the connection, pooled by us or by
PgBouncer, writes under this name. Reads carry nothing.
"""

from typing import TYPE_CHECKING, Any, Self
from weakref import WeakKeyDictionary

import psycopg
from psycopg.pq import TransactionStatus

from core.history.context import current

if TYPE_CHECKING:
    DjangoCursor = psycopg.ClientCursor[Any]
else:
    from django.db.backends.postgresql.base import Cursor as DjangoCursor

SETTING = "hrsuite.history"
_WRITES = ("INSERT", "UPDATE", "DELETE", "WITH", "MERGE", "TRUNCATE", "CALL", "DO")

# What each connection's running transaction was told last.
_told: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def notice(wire: Any) -> bool:
    """Before a statement: a transaction that has not begun knows nothing yet. True when this one would begin it."""
    if wire.pgconn.transaction_status != TransactionStatus.IDLE:
        return False
    _told.pop(wire, None)
    return True


class Cursor(DjangoCursor):
    """Django's own cursor, which tells the transaction who writes."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        """Run it; where it is the transaction's first write, behind the word who writes."""
        wire = self.connection
        begins = notice(wire)
        if not isinstance(query, str):
            return super().execute(query, params, **options)
        start = query[:20].lstrip().upper()
        if start.startswith("ROLLBACK TO"):
            # What was set since the savepoint is taken back with it.
            _told.pop(wire, None)
        if not start.startswith(_WRITES):
            return super().execute(query, params, **options)
        telling = current().told()
        if _told.get(wire) == telling:
            return super().execute(query, params, **options)
        alone = begins and wire.autocommit
        super().execute(_telling(telling, escaped=params is not None) + query, params, **options)
        self.nextset()
        if not alone:
            _told[wire] = telling
        return self

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        """Run it for each; inside a transaction, which is told first."""
        wire = self.connection
        notice(wire)
        telling = current().told()
        if wire.autocommit and wire.pgconn.transaction_status == TransactionStatus.IDLE:
            with wire.transaction():
                psycopg.ClientCursor(wire).execute(_telling(telling, escaped=False))
                super().executemany(query, params_seq, **options)
            return
        psycopg.ClientCursor(wire).execute(_telling(telling, escaped=False))
        _told[wire] = telling
        super().executemany(query, params_seq, **options)


def _telling(telling: str, *, escaped: bool) -> str:
    literal = telling.replace("'", "''")
    return f"SELECT set_config('{SETTING}', '{literal.replace('%', '%%') if escaped else literal}', true); "

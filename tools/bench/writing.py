"""How many bytes of write-ahead log something leaves."""

from django.db import connection


def position() -> int:
    """Where the log stands, in bytes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        return int(cursor.fetchone()[0])


def whole_pages() -> bool:
    """Whether a page's first change after a checkpoint is written with the whole page, as it is wherever data last."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW full_page_writes")
        return bool(cursor.fetchone()[0] == "on")

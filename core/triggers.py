"""What every trigger asks first, whether it is to be ignored here, without an exception for each row.

pgtrigger's own function catches the error of a setting that nobody made, so that each row of each trigger begins and
rolls back a subtransaction; rolling one back walks all that the transaction has put off (foreign keys, say): with
thousands of rows in one transaction that is quadratic. Every migration with a trigger brings that function back, and
this one stands again after it.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection

ASK = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN
    LANGUAGE sql STABLE AS $$
        SELECT coalesce(trigger_name = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false)
    $$
"""


def keep(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After every migration: bring the function. One that stands is not touched."""
    if using != DEFAULT_DB_ALIAS:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_proc JOIN pg_language ON pg_language.oid = prolang"
            " WHERE proname = '_pgtrigger_should_ignore' AND pronamespace = 'public'::regnamespace AND lanname <> 'sql'"
        )
        if cursor.fetchone():
            cursor.execute(ASK)

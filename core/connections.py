"""The connection to the database that this thread holds."""

from django.db import connection


def give_back() -> None:
    """Slow work outside the database holds up no other request: the connection goes back to the pool meanwhile."""
    if not connection.in_atomic_block:
        connection.close()

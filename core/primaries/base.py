"""Django's PostgreSQL, for a DATABASE_URL of several hosts: every connection goes to the one that is ahead."""

from types import ModuleType
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from core.primaries.connecting import Connection

# The library, but that it connects our way.
_psycopg = ModuleType(psycopg.__name__)
vars(_psycopg).update(vars(psycopg) | {"connect": Connection.connect})


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects by our own class, in the pool of the web and without one."""

    Database = _psycopg

    def __init__(self, settings_dict: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(settings_dict, *args, **kwargs)
        options = settings_dict["OPTIONS"]
        if options.get("pool"):
            options["pool"] = {**options["pool"], "connection_class": Connection}

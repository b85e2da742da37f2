"""Hot tables are kept as their apps declare it, however they were migrated."""

import pytest
from django.apps import apps
from django.db import connection

from core import tables

pytestmark = pytest.mark.django_db


def options(name: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE oid = %s::regclass", [name])
        return dict(option.split("=") for option in cursor.fetchone()[0] or ())


def test_every_declared_table_stands_as_declared_after_migrating() -> None:
    declared = list(tables.declared_tables())
    assert {"recruitment.Lease", "events.Reaction", "messaging.Delivery", "events.Pulse"} <= {
        table.model for table in declared
    }
    for table in declared:
        assert options(apps.get_model(table.model)._meta.db_table) == table.settings()


def test_what_somebody_changed_is_brought_back_and_what_stands_is_left(
    django_assert_num_queries: object,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE recruitment_lease RESET (fillfactor)")
    tables.keep()
    assert options("recruitment_lease")["fillfactor"] == "50"
    with django_assert_num_queries(1):  # type: ignore[operator]
        tables.keep()

"""A migrated database to copy: the migrations run once for each state of the migration files, not once a worker.

The copy is exact, so triggers, constraints and what migrations wrote are in it.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.state import ProjectState
from django.db.models import Model
from django.db.models.signals import class_prepared
from django.test.utils import setup_databases
from django_fsm import FSMFieldMixin
from pgtrigger.migrations import AddTrigger

from core.env import home

PREFIX = "migrated_"


def set_up(**options: Any) -> list[Any]:
    """What Django's setup_databases does and gives, from a copy when there is one. One worker at a time."""
    name = connection.creation._get_test_db_name()
    template = PREFIX + fingerprint()
    with one_at_a_time():
        present = _names()
        for outdated in present:
            if outdated.startswith(PREFIX) and outdated != template:
                _run(f'DROP DATABASE "{outdated}" WITH (FORCE)')
        if template in present:
            _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            _run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            return _use(name)
        with _models_of_the_past_are_made_once():
            made = setup_databases(interactive=False, **options)
        connections.close_all()
        _run(f'CREATE DATABASE "{template}" TEMPLATE "{name}"')
    return made


@contextmanager
def _models_of_the_past_are_made_once() -> Iterator[None]:
    """Migrations make each model of the past anew hundreds of times, which is most of their time. Here

    - their state fields do not ask to hear of every model after them, for transitions that no migration takes;
    - an index, a constraint or a trigger more makes no model and none of its neighbours anew: it is written where it
      is kept.
    """
    joined = FSMFieldMixin.contribute_to_class

    def join(field: Any, model: type[Model], name: str, **options: Any) -> None:
        joined(field, model, name, **options)
        if model.__module__ == "__fake__":
            class_prepared.disconnect(field._collect_transitions)

    def append(state: ProjectState, app_label: str, model_name: str, option: str, value: Any) -> None:
        kept = state.models[app_label, model_name].options
        kept[option] = [*kept.get(option, []), value]
        if "apps" in vars(state):
            setattr(state.apps.get_model(app_label, model_name)._meta, option, kept[option])

    def trigger(operation: AddTrigger, app_label: str, state: ProjectState) -> None:
        append(state, app_label, operation.model_name.lower(), "triggers", operation.trigger)

    with (
        patch.object(FSMFieldMixin, "contribute_to_class", join),
        patch.object(ProjectState, "_append_option", append),
        patch.object(AddTrigger, "state_forwards", trigger),
    ):
        yield


def _use(name: str) -> list[Any]:
    """Connect to the copy. Its migrations have run; what is brought after each of them may have changed since."""
    original = connection.settings_dict["NAME"]
    connection.close()
    settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"] = connection.settings_dict["NAME"] = name
    emit_post_migrate_signal(verbosity=0, interactive=False, db=DEFAULT_DB_ALIAS)
    return [(connection, original, True)]


def fingerprint() -> str:
    """Changes when any migration of any app changes."""
    digest = hashlib.sha256()
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted((Path(app.path) / "migrations").glob("*.py")):
            digest.update(f"{app.label} {path.name}".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """The workers of this home take turns."""
    with (home() / "test-template.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _names() -> list[str]:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return [row[0] for row in cursor.fetchall()]


def _run(sql: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql)

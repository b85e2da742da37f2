"""Where the suite lives and how it reads its environment: the one place that looks at os.environ.

Every setting has a name that starts with HRSUITE_, except DATABASE_URL, which is the usual one.
"""

import os
import re
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from core.text import listed

BASE = Path(__file__).resolve().parent.parent
env = environ.Env()
_PORT = re.compile(r":\d+$")
_SECONDS = re.compile(r"[0-9]{1,2}(\.[0-9]+)?")
_LONGEST_NOTICE = 30
# Milliseconds without an answer to what was sent; seconds of silence before the other side is asked, and then.
_UNANSWERED, _IDLE, _INTERVAL, _COUNT = "10000", "5", "2", "3"
_GIVEN_UP = {
    "tcp_user_timeout": _UNANSWERED,
    "keepalives_idle": _IDLE,
    "keepalives_interval": _INTERVAL,
    "keepalives_count": _COUNT,
}
# Seconds to connect. Of several hosts one that is gone is waited for at every new connection: two of them together stay
# below the silence after which the pump takes itself for deaf.
_CONNECT, _CONNECT_TO_EACH = "5", "3"
# What the server does about us: a machine that is cut off in the middle of a step leaves its locks behind, and they are
# free after seconds, not after the two hours that PostgreSQL's machine would wait.
_LEFT_BEHIND = (
    f"-c tcp_keepalives_idle={_IDLE} -c tcp_keepalives_interval={_INTERVAL} -c tcp_keepalives_count={_COUNT}"
    f" -c tcp_user_timeout={_UNANSWERED}"
)
# The web's connections. After an outage the pool would try at longer and longer pauses, and every request would fail
# for as long again as the outage lasted: it gives up soon instead, and begins anew with the next request.
POOL = {"min_size": 2, "max_size": 24, "timeout": 10, "reconnect_timeout": 2}


def home() -> Path:
    """The folder that holds everything this installation writes: database, key, demo.json, static files."""
    return Path(env.str("HRSUITE_HOME", default=str(BASE / "var"))).resolve()


def media() -> Path:
    """The folder of files that people sent and the suite made: home()/media, or HRSUITE_MEDIA, one for all machines."""
    return Path(env.str("HRSUITE_MEDIA", default=str(home() / "media"))).resolve()


def named(name: str, default: Iterable[str] = ()) -> list[str]:
    """A setting that is a list, however its entries are parted."""
    return listed(env.str(name, default="")) or list(default)


def one_of(name: str, *options: str) -> str:
    """A setting that is one of these; the first where nothing is set. ImproperlyConfigured names what it may be."""
    given = env.str(name, default=options[0]).strip()
    if given not in options:
        raise ImproperlyConfigured(f"{name} is {given!r}: it may be {', '.join(options)}.")
    return given


def database_url() -> str:
    """The database to use: DATABASE_URL, else the socket of the embedded PostgreSQL below home()."""
    given = env.str("DATABASE_URL", default="")
    if given:
        return given
    from core.process import embedded  # noqa: PLC0415 -- only the embedded server needs its packages

    return embedded.url(home())


def database_settings(url: str) -> dict[str, Any]:
    """A DATABASE_URL as Django reads it; of several hosts the one that takes writes.

    `postgresql://user:password@one:5432,two:5433/name`: libpq asks one after the other, and again after a failover. A
    host that is cut off is given up after seconds, not after the quarter of an hour that the machine would wait, and so
    does the server with us. PgBouncer knows no such options. A primary of before that came back is not written to
    (`core.primaries`).
    """
    parts = urlsplit(url)
    account, at, where = parts.netloc.rpartition("@")
    hosts, ports = [], []
    for each in where.split(","):
        host, _colon, port = each.rpartition(":") if _PORT.search(each) else (each, "", "")
        hosts.append(unquote(host.strip("[]")))
        ports.append(port or "5432")
    found = environ.Env.db_url_config(
        urlunsplit(parts._replace(netloc=account + at + where.partition(",")[0]))
    )
    found["HOST"], found["ENGINE"] = ",".join(hosts), "django.db.backends.postgresql"
    options = found.setdefault("OPTIONS", {})
    if len(hosts) > 1:
        found["PORT"], found["ENGINE"] = ",".join(ports), "core.primaries"
        options.setdefault("target_session_attrs", "read-write")
    if not all(host.startswith("/") or not host for host in hosts):
        wanted = {**_GIVEN_UP, "connect_timeout": _CONNECT if len(hosts) == 1 else _CONNECT_TO_EACH}
        if not env.bool("HRSUITE_DATABASE_PGBOUNCER", default=False):
            wanted["options"] = _LEFT_BEHIND
        for name, value in wanted.items():
            options.setdefault(name, value)
    return found


def connection_words(url: str) -> dict[str, Any]:
    """The same for psycopg, past Django; libpq's own words (`host=… dbname=…`) as they are."""
    if "://" not in url:
        return dict(conninfo_to_dict(url))
    found = database_settings(url)
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    words = {word: found[name] for word, name in named.items() if found.get(name)}
    return words | found["OPTIONS"]


def stop_notice() -> float:
    """HRSUITE_STOP_NOTICE: seconds, 0 to 30, for which a web that was told to stop still serves while /readyz sends
    people to another machine; 0 by default. ImproperlyConfigured for anything else.
    """
    given = env.str("HRSUITE_STOP_NOTICE", default="").strip() or "0"
    if not _SECONDS.fullmatch(given) or float(given) > _LONGEST_NOTICE:
        raise ImproperlyConfigured(
            f"HRSUITE_STOP_NOTICE is {given!r}: it may be 0 to {_LONGEST_NOTICE} seconds."
        )
    return float(given)


def node() -> str:
    """What this machine is called among those that serve one database: HRSUITE_NODE, by default its own name."""
    return (env.str("HRSUITE_NODE", default="") or socket.gethostname())[:40]


def secret_key() -> str:
    """HRSUITE_SECRET_KEY, else a random key made once and kept below home(), readable by its owner only.

    Two processes that start at the same instant agree: the file is linked into place whole, and the loser reads it.
    """
    given = env.str("HRSUITE_SECRET_KEY", default="")
    if given:
        return given
    path = home() / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_text().strip()

"""Where the suite lives and how it reads its environment: the one place that looks at os.environ.

Every setting has a name that starts with HRSUITE_, except DATABASE_URL, which is the usual one.
"""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from core.text import listed

BASE = Path(__file__).resolve().parent.parent
env = environ.Env()


def home() -> Path:
    """The folder that holds everything this installation writes: database, key, demo.json, static files."""
    return Path(env.str("HRSUITE_HOME", default=str(BASE / "var"))).resolve()


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

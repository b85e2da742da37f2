"""The server of one home: its children, its environment, its options. `script/server` ends here.

Order: lock → database → `manage.py prepare` → web, jobs, jobs-slow, pump; the address is told when /healthz answers.
"""

import argparse
import http
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured

from core.env import BASE, connection_words, database_url, home, node, stop_notice
from core.primaries.connecting import connect
from core.process import account, certificate, embedded
from core.process.account import AccountError
from core.process.children import Child
from core.process.places import DatabaseError
from core.process.supervisor import AlreadyRunningError, Supervisor, say

LOCAL = ("127.0.0.1", "localhost")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 -- compared with, not bound to
WEB = "web"
ALL = frozenset({WEB, "pump", "jobs"})
# Three beats; and one, with what a busy machine takes.
JOBS_SILENT_AFTER, JOBS_SILENT_FOR = 180.0, 90.0
# The longest that a slow job may wait while those who could take it do nothing; as core.jobs.clusters says it aloud.
SLOW, SLOW_PATIENCE = "slow", 600.0
WEB_CONNECTIONS = "2000"
# Written where the demo's phones are set up: tools.phone.
PHONES = "phones.json"


class PreparationFailedError(Exception):
    """`manage.py prepare` ended with an error, which it has shown."""


def main() -> int:
    """Run the server until it is told to stop; 1 and a line when it cannot run."""
    given = options()
    os.umask(0o077)  # recordings, logs and the key are for this user alone
    try:
        if person := account.wanted():
            account.become(person, given.home)
        elif os.geteuid() == 0:
            say(
                f"running as root; make an account of its own (useradd --system {account.USUAL}), and start again"
            )
        set_environment(given.home, given.host, given.port, https=given.https)
        if WEB in given.only:
            must_be_free(given.host, given.port)
        Supervisor(given.home, table(given.home, given.host, given.port, given.only), folder=BASE).run(
            before=lambda: clear_the_ground(given.home, fresh=given.fresh),
            first=lambda supervisor: prepare(supervisor, given.home, with_demo=wants_demo(given)),
            ready=lambda: WEB not in given.only or healthy(given.port),
        )
    except (
        AccountError,
        AlreadyRunningError,
        DatabaseError,
        ImproperlyConfigured,
        PreparationFailedError,
        OSError,
    ) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def options() -> argparse.Namespace:
    """The options of script/server."""
    parser = argparse.ArgumentParser(prog="script/server", description="Start HR Suite and keep it running.")
    parser.add_argument("--port", type=int, default=8000, help="where the web listens (8000)")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets a phone on the same network try it")
    parser.add_argument("--home", type=Path, default=None, help="the folder of everything it writes (var)")
    parser.add_argument(
        "--https",
        action="store_true",
        help="with a certificate of its own making, so that a phone may record",
    )
    parser.add_argument("--fresh", action="store_true", help="delete this home's database and begin anew")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--demo", action="store_true", help="with the demo company, in a database that is empty"
    )
    which.add_argument(
        "--empty", action="store_true", help="an empty company, and a link for its first account"
    )
    parser.add_argument(
        "--only",
        type=parts,
        default=ALL,
        metavar="web,pump,jobs",
        help="only these on this machine, beside others that serve the same DATABASE_URL",
    )
    # A relative home means the folder that script/server was called from.
    parser.add_argument("--caller", type=Path, default=Path(), help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.home = (given.caller / given.home).resolve() if given.home else home()
    return given


def parts(text: str) -> frozenset[str]:
    """What --only names. ArgumentTypeError: something else, nothing, or a part of what has no database to share."""
    found = frozenset(each.strip() for each in text.split(",") if each.strip())
    if not found or not found <= ALL:
        raise argparse.ArgumentTypeError(f"it may name {', '.join(sorted(ALL))}")
    if found != ALL and not os.environ.get("DATABASE_URL"):
        raise argparse.ArgumentTypeError("set DATABASE_URL: the embedded database serves one machine alone")
    return found


def table(where: Path, host: str, port: int, only: frozenset[str] = ALL) -> list[Child]:
    """What runs: the embedded database unless DATABASE_URL is set, and of the suite's own processes those asked for."""
    # A pool belongs to the web alone: the jobs cluster forks, and a forked pool breaks. A cluster reads its name
    # while the settings are imported, before its own --name is looked at.
    web: dict[str, Any] = {"env": {**os.environ, "HRSUITE_DATABASE_POOL": "1"}, "cwd": BASE}
    plain: dict[str, Any] = {"env": {**os.environ, "HRSUITE_DATABASE_POOL": "0"}, "cwd": BASE}
    slow: dict[str, Any] = {"env": {**plain["env"], "Q_CLUSTER_NAME": SLOW}, "cwd": BASE}
    manage = [sys.executable, "manage.py"]
    # A pump without a web beside it has nobody to ask whether it hears.
    pump = [*manage, "pump", *([] if WEB in only else ["--web-port", "0"])]
    ours = [
        *([] if os.environ.get("DATABASE_URL") else [database(where)]),
        Child("web", lambda: gunicorn(host, port), wave=0, options=web, notice=stop_notice()),
        # A worker may be in the middle of a job; what is cut off runs again, and every job is safe twice.
        Child(
            "jobs", lambda: [*manage, "qcluster"], wave=1, options=plain, stuck=Silence(_pulse_is_out_of_time)
        ),
        Child(
            "jobs-slow",
            lambda: [*manage, "qcluster", "--name", SLOW],
            wave=1,
            options=slow,
            stuck=Silence(_slow_jobs_stand_still),
        ),
        Child("pump", lambda: pump, wave=2, options=plain, stop_limit=6.0),
    ]
    return [child for child in ours if child.foundation or child.name.partition("-")[0] in only]


def database(where: Path) -> Child:
    """PostgreSQL in the foreground. One that somebody started by hand is stopped first: it has no supervisor."""

    def command() -> list[str]:
        with embedded.locked(where):
            return embedded.server_command(where)

    def settle(process: subprocess.Popen[bytes]) -> None:
        place = embedded.locate(where)
        embedded.wait_until_ready(place, process)
        embedded.make_database(place)

    return Child(
        "database",
        command,
        wave=3,
        options=embedded.as_server(),
        stop_signal=embedded.FAST_STOP,
        stop_limit=embedded.STOP_LIMIT,
        foundation=True,
        settle=settle,
    )


def gunicorn(host: str, port: int) -> list[str]:
    """Two workers, each with lanes of threads behind a loop that waits for slow phones: see core.process.web."""
    binds = [f"{host}:{port}" if ":" not in host else f"[{host}]:{port}"]
    if host not in (*LOCAL, *EVERYWHERE):
        binds.append(f"127.0.0.1:{port}")  # the pump listens here for the web's own health
    command = [sys.executable, "-m", "gunicorn", "hrsuite.wsgi:application"]
    command += ["--worker-class", "core.process.web.Worker", "--workers", "2", "--threads", "2"]
    command += ["--worker-connections", WEB_CONNECTIONS, "--timeout", "60", "--graceful-timeout", "5"]
    # A list asked with every filter it has is a long line; what is longer is no address.
    command += ["--limit-request-line", "8190"]
    command += ["--keep-alive", "15", "--backlog", "2048", "--no-control-socket", "--log-level", "warning"]
    command += [part for bind in binds for part in ("--bind", bind)]
    if own := os.environ.get(certificate.ENVIRONMENT):
        command += ["--certfile", own, "--keyfile", str(Path(own).with_name("key.pem"))]
    if os.access("/dev/shm", os.W_OK):  # noqa: S108 -- memory: a busy disk must not look like a dead worker
        command += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    return command


def set_environment(where: Path, host: str, port: int, *, https: bool = False) -> None:
    """What the children read. What a person has set already stays, except where the options say otherwise."""
    names = [*LOCAL, "[::1]"]
    if host in EVERYWHERE:
        names += addresses()
    elif host not in names:
        names.append(host)
    outside = [name for name in names if name not in (*LOCAL, "[::1]")]
    shown = outside[0] if outside else "127.0.0.1"
    os.environ["HRSUITE_HOME"] = str(where)
    os.environ["HRSUITE_WEB_PORT"] = str(port)
    os.environ.pop(certificate.ENVIRONMENT, None)
    if https:
        os.environ[certificate.ENVIRONMENT] = str(certificate.ensure(where, names)[0])
        os.environ["HRSUITE_HTTPS"] = "true"
    os.environ.setdefault("HRSUITE_BASE_URL", f"{'https' if https else 'http'}://{shown}:{port}")
    os.environ.setdefault("HRSUITE_ALLOWED_HOSTS", ",".join(names))
    os.environ.setdefault("PYTHONUNBUFFERED", "1")


def addresses() -> list[str]:
    """This machine's own addresses and name, the one that other machines reach first."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(
                ("192.0.2.1", 9)
            )  # sends nothing: asks which address such a packet would leave from
            found.append(probe.getsockname()[0])
        except OSError:
            pass
    name = socket.gethostname()
    try:
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(name, None, socket.AF_INET)]
    except OSError:
        pass
    return [each for each in dict.fromkeys([*found, name]) if each not in LOCAL]


def must_be_free(host: str, port: int) -> None:
    """Raises OSError with a clear line when something listens on the port already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OSError(
                f"Port {port} of {host} cannot be used ({error.strerror}); choose another --port"
            ) from None


def clear_the_ground(where: Path, *, fresh: bool) -> None:
    """Take over from a server started by hand; with --fresh, delete this home's database. Raises DatabaseError."""
    if os.environ.get("DATABASE_URL"):
        if fresh:
            raise DatabaseError(
                "--fresh deletes only the embedded database; DATABASE_URL points at another one"
            )
        return
    embedded.stop(where)
    if fresh and embedded.wipe(where):
        (where / "demo.json").unlink(missing_ok=True)
        say(f"--fresh: the database of {where} was deleted")


def wants_demo(given: argparse.Namespace) -> bool:
    """As asked; else the demo in a database of our own, and never in somebody's."""
    return bool(given.demo or not (given.empty or os.environ.get("DATABASE_URL")))


def prepare(supervisor: Supervisor, where: Path, *, with_demo: bool) -> None:
    """Bring the database to the present state, and the demo where it is wanted, with its phones where the preparation
    has set them up. Raises PreparationFailedError.
    """
    if not with_demo:
        (where / PHONES).unlink(missing_ok=True)
    say("the database is up; bringing tables and pages to the present state")
    command = [sys.executable, "manage.py", "prepare", "--demo" if with_demo else "--empty"]
    if supervisor.once("prepare", command):
        raise PreparationFailedError("The preparation failed; nothing was started.")
    if (where / PHONES).exists():
        command = [sys.executable, "-m", "tools.phone", str(where)]
        # It calls the web, whose certificate may be of our own making.
        trusting = {"SSL_CERT_FILE": own} if (own := os.environ.get(certificate.ENVIRONMENT)) else {}
        told = {"env": {**os.environ, **trusting}, "cwd": BASE}
        supervisor.add(Child("phones", lambda: command, wave=2, options=told))


def healthy(port: int) -> bool:
    """Whether /healthz answers 200 now."""
    web = certificate.connection(port, timeout=2)
    try:
        web.request("GET", "/healthz")
        return web.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()


class Silence:
    """Whether jobs stand still, though their process lives: its stop and its queue are known to lock up, and whoever
    waits until a moment on the wall waits for as long as the clock was set back. `looks`: whether they do by now.

    Without a table or without a database the answer is no: then the fault is not the jobs'. A sign of life of long ago,
    or of a day to come, may be the clock's doing and the next one makes it good: only when it stays is the answer yes.
    What was in hand is not lost: the queue gives it to whoever comes next.
    """

    def __init__(self, looks: Callable[[], bool]) -> None:
        self._looks = looks
        self._since: float | None = None

    def __call__(self, age: float) -> bool:
        """Asked with the seconds since the process was started."""
        if age < JOBS_SILENT_AFTER or not self._looks():
            self._since = None
            return False
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        return now - self._since >= JOBS_SILENT_FOR


_PULSE = """
    SELECT abs(extract(epoch FROM now() - at)) > %(silent)s FROM events_pulse WHERE name = 'jobs'
"""
# Their guard says every quarter of a minute that it is there, and what it sees of its workers: neither may stand still.
_SLOW = """
    SELECT abs(extract(epoch FROM now() - seen_at)) > %(silent)s
        OR in_hand = 0 AND took_at < now() - make_interval(secs => %(patience)s) AND EXISTS (
            SELECT FROM django_q_ormq WHERE key = %(slow)s AND lock < now() - make_interval(secs => %(patience)s)
        )
    FROM core_jobscluster WHERE node = %(node)s AND queue = %(slow)s
"""


def _pulse_is_out_of_time() -> bool:
    return _says_yes(_PULSE, {"silent": JOBS_SILENT_AFTER})


def _slow_jobs_stand_still() -> bool:
    asked = {"silent": JOBS_SILENT_AFTER, "patience": SLOW_PATIENCE, "slow": SLOW, "node": node()}
    return _says_yes(_SLOW, asked)


def _says_yes(statement: str, asked: dict[str, Any]) -> bool:
    """What the one row says; without a row, yes. Without a database, no."""
    try:
        with connect(connection_words(database_url()) | {"connect_timeout": 3}) as connection:
            # In the transaction alone, and by no option of the connection: PgBouncer knows none.
            connection.execute("SET LOCAL statement_timeout = 3000")
            row = connection.execute(statement, asked).fetchone()
    except psycopg.Error:
        return False
    return row is None or bool(row[0])


if __name__ == "__main__":
    sys.exit(main())

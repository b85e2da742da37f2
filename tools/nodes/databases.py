"""PostgreSQL on a machine of its own, with the programs that the suite brings, and a copy on another."""

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from core.process import embedded, roles
from core.process.places import Place, locate, settle
from tools.nodes.network import NETWORK, Host

COPIER, FOLLOWER = "copier", "hrsuite_copy"
LIMIT = 90.0
_HBA = f"host all all {NETWORK}.0/24 scram-sha-256\nhost replication {COPIER} {NETWORK}.0/24 scram-sha-256\n"


def until(true: Callable[[], object], what: str, limit: float = LIMIT, pause: float = 0.1) -> float:
    """Wait until it is true; after how many seconds it was. TimeoutError says what did not come about."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > limit:
            raise TimeoutError(what)
        time.sleep(pause)
    return time.monotonic() - began


class Database:
    """One server: its own machine, its own home."""

    def __init__(self, host: Host, home: Path, password: str) -> None:
        self.host, self.home, self.password = host, home, password

    @property
    def place(self) -> Place:
        """Where it lies."""
        return locate(self.home)

    def make(self) -> None:
        """A new cluster with the suite's database, that other machines may reach."""
        settle(self.home)
        self.start()
        roles.make(self.place, for_tests=False)
        with self.owner() as owner:
            owner.execute(f"ALTER ROLE {roles.NAME} PASSWORD '{self.password}'")
            owner.execute(f"CREATE ROLE {COPIER} REPLICATION LOGIN PASSWORD '{self.password}'")

    def start(self) -> None:
        """Start it on its machine, and wait until it answers."""
        place = self.place
        embedded.server_command(place)  # makes the cluster where there is none, and says who may come in
        with (place.data / "pg_hba.conf").open("a") as access:
            access.write(_HBA)
        settings = embedded.settings_of(place) | {"listen_addresses": self.host.address}
        command = embedded.command(embedded.programs_for(place), place.data, settings)
        with place.log.open("ab") as log:
            self.host.start(_as_server(command), output=log, env=_ENVIRONMENT, cwd=Path("/"))
        until(lambda: embedded.answers(place), f"the database on {self.host.name} does not answer")

    def follow(self, first: "Database", *, synchronous: bool) -> None:
        """Become a copy of `first`, whatever was here before, and wait until it follows."""
        place = settle(self.home)
        shutil.rmtree(place.data, ignore_errors=True)
        place.data.mkdir(mode=0o700)
        nobody = pwd.getpwnam("nobody")
        os.chown(place.data, nobody.pw_uid, nobody.pw_gid)
        source = (
            f"host={first.host.address} user={COPIER} password={self.password} application_name={FOLLOWER}"
        )
        command = [
            str(embedded.programs_for(place) / "pg_basebackup"), f"--pgdata={place.data}", "--write-recovery-conf",
            "--checkpoint=fast", "--wal-method=stream", f"--dbname={source}",
        ]  # fmt: skip
        subprocess.run(
            self.host.command(_as_server(command)), check=True, capture_output=True, env=_ENVIRONMENT, cwd="/"
        )
        self.start()
        with first.owner() as owner:
            owner.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{FOLLOWER if synchronous else ''}'")
            owner.execute("SELECT pg_reload_conf()")
        until(first.is_followed, "the copy does not follow")

    def is_followed(self) -> bool:
        """Whether a copy has all of it but what is under way."""
        with self.owner() as owner:
            asked = (
                "SELECT count(*) FROM pg_stat_replication WHERE application_name = %s AND state = 'streaming'"
            )
            row = owner.execute(asked, [FOLLOWER]).fetchone()
        return bool(row and row[0])

    def promote(self) -> None:
        """Take writes from now on, and wait for no copy."""
        with self.owner() as owner:
            owner.execute("ALTER SYSTEM RESET synchronous_standby_names")
            owner.execute("SELECT pg_promote(true, 60)")
            owner.execute("SELECT pg_reload_conf()")

    def owner(self) -> psycopg.Connection[Any]:
        """A connection of the superuser, by the socket: no network is asked."""
        return roles.connect(self.place)

    def connections_from(self, host: Host) -> int:
        """How many of a machine's connections the server still holds for good."""
        with self.owner() as owner:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE client_addr = %s"
            row = owner.execute(asked, [host.address]).fetchone()
        return int(row[0]) if row else 0


_ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"}


def _as_server(command: list[str]) -> list[str]:
    """PostgreSQL refuses to be root's."""
    nobody = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", *command]


def url(databases: list[Database], name: str = roles.NAME) -> str:
    """The DATABASE_URL that names them all."""
    where = ",".join(f"{each.host.address}:5432" for each in databases)
    return f"postgresql://{roles.NAME}:{databases[0].password}@{where}/{name}"

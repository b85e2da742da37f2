"""PgBouncer in transaction mode before the primary; after a failover it is told the new one, as by Patroni."""

import os
import pwd
import signal
import subprocess
from pathlib import Path

from core.process import roles
from tools.nodes.databases import Database, until
from tools.nodes.machines import takes_connections
from tools.nodes.network import OWN

PORT = 6432
_SETTINGS = """
[databases]
{name} = host={host} port=5432
[pgbouncer]
listen_addr = {own}
listen_port = {port}
pool_mode = transaction
auth_type = plain
auth_file = {folder}/users.txt
logfile = {folder}/pgbouncer.log
unix_socket_dir =
max_client_conn = 1000
default_pool_size = 20
query_timeout = 30
server_connect_timeout = 3
server_login_retry = 1
tcp_keepidle = 5
tcp_keepintvl = 2
tcp_keepcnt = 3
tcp_user_timeout = 10000
"""


class PgBouncer:
    """One on the switch, by which all machines come in."""

    def __init__(self, program: Path, folder: Path, first: Database) -> None:
        self.program, self.folder, self.password = program, folder, first.password
        self.url = f"postgresql://{roles.NAME}:{first.password}@{OWN}:{PORT}/{roles.NAME}"
        self._pid = 0
        folder.mkdir(mode=0o755)
        self._write(first)

    def start(self) -> None:
        """Start it, as somebody who is not root, and wait until it takes connections."""
        nobody = pwd.getpwnam("nobody")
        os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        command = [str(self.program), "-q", str(self.folder / "pgbouncer.ini")]
        self._pid = subprocess.Popen(command, user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[]).pid
        until(lambda: takes_connections(OWN, PORT), "PgBouncer does not answer")

    def turn_to(self, database: Database) -> None:
        """The database is another one from now on."""
        self._write(database)
        os.kill(self._pid, signal.SIGHUP)

    def _write(self, database: Database) -> None:
        words = {
            "name": roles.NAME,
            "host": database.host.address,
            "own": OWN,
            "port": PORT,
            "folder": self.folder,
        }
        (self.folder / "pgbouncer.ini").write_text(_SETTINGS.format(**words))
        (self.folder / "users.txt").write_text(f'"{roles.NAME}" "{self.password}"\n')

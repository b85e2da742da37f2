"""Where the embedded database of a home lies on disk, decided the same way by everybody who asks.

PostgreSQL refuses to run as root, so under root the server runs as `nobody`. That user must be able to walk to the
data, the socket and the programs; below a 0700 home it cannot. Then the data lie in a directory of their own below
/var/tmp (or /tmp), named after the user and the home, and the choice is remembered in HOME/database.place.
A socket's path may have 107 bytes at most: below a very long home the socket alone moves out in the same way.
"""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

MARKER = "hrsuite-database"
REMEMBERED = "database.place"
SOCKET_NAME = ".s.PGSQL.5432"
STOPPING = "stopping"
SOCKET_PATH_LIMIT = 107
OUTSIDE = (Path("/var/tmp"), Path("/tmp"))  # noqa: S108 -- made with an owner check, see own_directory


class DatabaseError(Exception):
    """The embedded database cannot do what was asked; the message is for people."""


@dataclass(frozen=True)
class Place:
    """One home's database on disk: `data` belongs to the server's user, `root` to whoever runs the suite."""

    home: Path
    root: Path
    socket: Path

    @property
    def data(self) -> Path:
        """The PostgreSQL data directory."""
        return self.root / "data"

    @property
    def spool(self) -> Path:
        """Where the server lays finished WAL aside, until the suite has sealed it and taken it away."""
        return self.root / "wal"

    @property
    def log(self) -> Path:
        """What the server says; the server's user may write it, unlike HOME/log."""
        return self.root / "server.log"

    @property
    def marker(self) -> Path:
        """Its presence says that this product made the directory, so --fresh may empty it."""
        return self.root / MARKER

    @property
    def moved(self) -> bool:
        """Whether the data had to leave the home."""
        return self.home not in self.root.parents


def server_user() -> pwd.struct_passwd | None:
    """The user that runs the server: `nobody` under root, else None for "myself"."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def require_own(home: Path) -> None:
    """Raise DatabaseError where root asks for the database of a home that is an account's: as root it would not run."""
    if os.geteuid() == 0 and home.exists() and (owner := home.stat().st_uid) != 0:
        name = pwd.getpwuid(owner).pw_name
        raise DatabaseError(f"{home} belongs to {name}: do this as {name} (runuser -u {name} -- …)")


def open_to_all(path: Path) -> bool:
    """Whether any user may walk to `path`; parts that do not exist yet will be made with 0755."""
    return all(not part.exists() or part.stat().st_mode & stat.S_IXOTH for part in (path, *path.parents))


def make_home(home: Path) -> Path:
    """Make a home that nobody else can list. Root's may be walked through, because `nobody` keeps the data in it."""
    home = home.resolve()
    if not home.exists():
        home.mkdir(parents=True)
        home.chmod(0o711 if server_user() else 0o700)
    return home


def stopping(home: Path) -> Path:
    """The file that lies in a home from the moment its server was told to stop until nothing of it runs any more."""
    return home / STOPPING


def own_directory(path: Path) -> Path:
    """Make a directory in a place open to all, or accept it only if it is truly ours.

    Raises DatabaseError when somebody else made it first, or when it is a link.
    """
    try:
        path.mkdir(mode=0o755)
        path.chmod(0o755)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise DatabaseError(
                f"{path} belongs to somebody else; remove it or choose another --home"
            ) from None
    return path


def outside(home: Path) -> Path:
    """The directory outside the home that belongs to this home and this user."""
    key = hashlib.sha256(str(home).encode()).hexdigest()[:10]
    base = next((base for base in OUTSIDE if base.is_dir() and open_to_all(base)), OUTSIDE[-1])
    return base / f"hrsuite-{os.geteuid()}-{key}"


def locate(home: Path) -> Place:
    """The place of a home's database. Reads only: nothing is made, and every process gets the same answer."""
    home = home.resolve()
    remembered = home / REMEMBERED
    if remembered.exists():
        root = Path(remembered.read_text().strip())
    elif server_user() and not open_to_all(home):
        root = outside(home) / "database"
    else:
        root = home / "database"
    socket = root / "socket"
    if len(os.fsencode(socket / SOCKET_NAME)) > SOCKET_PATH_LIMIT:
        socket = outside(home) / "socket"
    return Place(home=home, root=root, socket=socket)


def settle(home: Path) -> Place:
    """Make the directories of a home's database and remember where they are; the server's own belong to its user."""
    require_own(home)
    home = make_home(home)
    place = locate(home)
    for directory in {place.root, place.socket}:
        if home not in directory.parents:
            own_directory(outside(home))
    place.root.mkdir(exist_ok=True)
    place.root.chmod(0o755)
    place.socket.mkdir(exist_ok=True)
    place.socket.chmod(0o700)
    place.spool.mkdir(exist_ok=True)
    place.spool.chmod(0o700)
    place.marker.touch()
    place.log.touch()
    user = server_user()
    if user:
        os.chown(place.socket, user.pw_uid, user.pw_gid)
        os.chown(place.spool, user.pw_uid, user.pw_gid)
        os.chown(place.log, user.pw_uid, user.pw_gid)
    if place.moved and not (home / REMEMBERED).exists():
        (home / REMEMBERED).write_text(f"{place.root}\n")
        print(
            f"{home} is closed to the user 'nobody', who runs PostgreSQL for root: the data lie in {place.root}"
        )
    return place

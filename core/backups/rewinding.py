"""The embedded database as it was at a moment: the copy before it, and the WAL from there to that moment."""

import hashlib
import os
import shutil
import subprocess
import tarfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.backups import files, frames, keys, restoring, shelf, wal
from core.backups.progress import MUTE, Progress, Step
from core.env import home
from core.errors import Refused
from core.process import embedded, roles, supervisor
from core.process.places import Place, server_user, settle

_BLOCK = 1024 * 1024
# A week of a busy company; then somebody looks.
LONGEST = 4 * 3600.0
_REST, _LOOK = 0.05, 0.5


def rewind(until: datetime, *, ask: keys.Ask = None, progress: Progress = MUTE) -> dict[str, Any]:
    """Bring the embedded database to what it was at `until`; the one that is there is set aside, never deleted.

    1. The newest copy from before `until`; its bytes, and all WAL after it, are checked before anything is written.
    2. It is unpacked beside the database and reads WAL on: from the place of backups, and what never got there from
       the database itself. It ends at the last transaction that was committed by `until`.
    3. The two change places. Files that are missing come back from the nightly backup before; none is deleted.

    Refused: not_embedded, server_running, until_later, no_base, wal_missing, backup_damaged, other_postgres, and what
    `keys` refuses. Whatever fails, the database stands as it stood.
    """
    began = time.monotonic()
    _require_possible(until)
    name, said, key = _before(until, ask)
    _check(name, said, key, progress)
    embedded.stop(home())
    with embedded.locked(home()):
        place = settle(home())
        draft = place.root / "data.restored"
        progress.step(Step.LOAD)
        try:
            _unpack(name, key, place, draft)
            reached = _Reading(place, draft, _Sources(place, said["system"], key), until).to_the_end()
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        # Killed between here and the end, no server starts before the same was run again.
        restoring.unfinished().write_text(f"--until '{until.isoformat()}'")
        aside = _exchange(place, draft)
        files_back = _missing_files(until, key)
        restoring.unfinished().unlink()
    return {
        "until": until.isoformat(),
        "base": name,
        "last_change": reached.isoformat() if reached else None,
        "set_aside": str(aside) if aside else None,
        "files_back": files_back,
        "seconds": round(time.monotonic() - began, 1),
    }


def _require_possible(until: datetime) -> None:
    if os.environ.get("DATABASE_URL"):
        raise Refused(
            "not_embedded",
            _("Any point in time is for the embedded database; DATABASE_URL points at another."),
        )
    if until > timezone.now():
        raise Refused("until_later", _("That moment has not come yet."))
    if supervisor.is_held(home()):
        raise Refused("server_running", _("The suite is running. Stop script/server, then try again."))


def _before(until: datetime, ask: keys.Ask) -> tuple[str, dict[str, Any], bytes]:
    """The newest copy that was whole by then, what it says of itself, and the key."""
    for name in wal.bases():
        try:
            said = shelf.manifest(name)
            made = datetime.fromisoformat(said["made_at"])
        except (ValueError, KeyError, TypeError):
            raise frames.damaged(f"{name}/{shelf.MANIFEST}") from None
        if made <= until:
            key = keys.read_or_open(said.get("wrapped"), ask)
            keys.require_own(said, key)
            keys.require_same_secret(said)
            wal.require_same_postgres(said)
            return name, said, key
    raise Refused(
        "no_base", _("No copy of the database is as old as that. Restore a nightly backup instead.")
    )


def _check(name: str, said: dict[str, Any], key: bytes, progress: Progress) -> None:
    progress.step(Step.CHECK)
    digest = hashlib.sha256()
    try:
        with shelf.shelf().open(f"{name}/{wal.CLUSTER}") as content:
            while block := content.read(_BLOCK):
                digest.update(block)
                progress.passed(len(block))
    except FileNotFoundError:
        pass
    if digest.hexdigest() != said["cluster"]["sha256"]:
        raise frames.damaged(wal.CLUSTER)
    for piece in wal.pieces(said["system"]):
        if piece.endswith(".history") or piece[8:] >= said["start"][8:]:
            progress.passed(len(wal.read(said["system"], piece, key)))


def _unpack(name: str, key: bytes, place: Place, draft: Path) -> None:
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    with shelf.shelf().open(f"{name}/{wal.CLUSTER}") as content:
        source: Any = frames.Buffered(wal.unpacked(content, key))
        with tarfile.open(fileobj=source, mode="r|") as archive:
            # One by one: the first releases of Python 3.11 know no filter.
            for member in archive:
                path = PurePosixPath(member.name)
                if path.is_absolute() or ".." in path.parts or not (member.isreg() or member.isdir()):
                    raise frames.damaged(wal.CLUSTER)
                archive.extract(member, draft)
    draft.chmod(0o700)
    roles.write_access(place, draft)
    (draft / "recovery.signal").touch()
    if user := server_user():
        for each in (draft, *draft.rglob("*")):
            os.chown(each, user.pw_uid, user.pw_gid)


def _exchange(place: Place, draft: Path) -> Path | None:
    """The restored database to its place; where the one before is now."""
    aside = None
    if place.data.exists():
        aside = place.root / f"data.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        place.data.rename(aside)
    draft.rename(place.data)
    return aside


def _missing_files(until: datetime, key: bytes) -> int:
    """How many files came back from the newest backup by then that this key opens."""
    for name in shelf.whole():
        if shelf.made_at(name) <= until:
            said = shelf.manifest(name)
            if said.get("key") != keys.of_key(key):
                continue
            with shelf.shelf().open(f"{name}/{shelf.FILES}") as content:
                return files.bring_missing(frames.Opened(content, key, shelf.FILES))
    return 0


@dataclass(frozen=True)
class _Sources:
    """Where a piece of WAL is looked for: the place of backups, what waits here, the database, and earlier ones."""

    place: Place
    system: str
    key: bytes

    def find(self, piece: str) -> bytes | None:
        """One piece, or None."""
        if shelf.shelf().exists(f"wal/{self.system}/{piece}.sealed"):
            return wal.read(self.system, piece, self.key)
        before = sorted(self.place.root.glob("data.before-*/pg_wal"), reverse=True)
        for folder in (self.place.spool, self.place.data / "pg_wal", *before):
            path = folder / piece
            if path.is_file() and (piece.endswith(".history") or self._is_ours(path)):
                return path.read_bytes()
        return None

    def _is_ours(self, path: Path) -> bool:
        """A piece says in its first page of which cluster it is (XLogLongPageHeaderData.xlp_sysid)."""
        with path.open("rb") as file:
            return str(int.from_bytes(file.read(32)[24:32], "little")) == self.system


class _Reading:
    """A server that reads WAL on; it asks for each piece by a file, since its user can open none itself."""

    def __init__(self, place: Place, draft: Path, sources: _Sources, until: datetime) -> None:
        self.place, self.draft, self.sources, self.until = place, draft, sources, until
        self.desk = place.root / "recovering"

    def to_the_end(self) -> datetime | None:
        """When the last transaction was committed that it read; the server has ended. Refused: wal_missing."""
        shutil.rmtree(self.desk, ignore_errors=True)
        self.desk.mkdir(mode=0o700)
        if user := server_user():
            os.chown(self.desk, user.pw_uid, user.pw_gid)
        options = embedded.settings_of(self.place) | {
            "restore_command": self._asking(),
            "recovery_target_time": self.until.astimezone(UTC).isoformat(),
            "recovery_target_action": "promote",
        }
        command = embedded.command(embedded.programs_for(self.place), self.draft, options)
        with self.place.log.open("ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                **embedded.as_server(),
            )  # fmt: skip
        try:
            return self._attend(process)
        finally:
            if process.poll() is None:
                process.send_signal(embedded.FAST_STOP)
                try:
                    process.wait(embedded.STOP_LIMIT)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            shutil.rmtree(self.desk, ignore_errors=True)

    def _attend(self, process: subprocess.Popen[bytes]) -> datetime | None:
        end, looked = time.monotonic() + LONGEST, 0.0
        while process.poll() is None and time.monotonic() < end:
            self._answer()
            if time.monotonic() - looked > _LOOK:
                looked = time.monotonic()
                if ended := self._has_ended():
                    return ended[0]
            time.sleep(_REST)
        raise Refused(
            "wal_missing",
            _(
                "What was written is not kept up to that moment; the database stands as it stood. The log: %(log)s"
            )
            % {"log": self.place.log},
        )

    def _has_ended(self) -> tuple[datetime | None] | None:
        try:
            with roles.connect(self.place) as owner:
                row = owner.execute("SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp()").fetchone()
        except psycopg.Error:
            return None
        return (row[1],) if row and not row[0] else None

    def _answer(self) -> None:
        for asked in self.desk.glob("*.want"):
            piece = asked.name.removesuffix(".want")
            if (self.desk / f"{piece}.there").exists() or (self.desk / f"{piece}.none").exists():
                continue
            data = self.sources.find(piece)
            draft = self.desk / f"{piece}.draft"
            draft.write_bytes(data or b"")
            draft.chmod(0o600)
            if user := server_user():
                os.chown(draft, user.pw_uid, user.pw_gid)
            draft.rename(self.desk / f"{piece}.{'none' if data is None else 'there'}")

    def _asking(self) -> str:
        """What PostgreSQL runs for each piece: asks, waits, takes it."""
        desk = embedded.quoted(self.desk)
        return (
            f": > {desk}/%f.want; "
            f"while [ ! -e {desk}/%f.there ] && [ ! -e {desk}/%f.none ]; do [ -d {desk} ] || exit 1; sleep 0.05; done; "
            f"rm -f {desk}/%f.want; [ -e {desk}/%f.there ] && mv {desk}/%f.there %p"
        )


def parsed(text: str) -> datetime:
    """A moment as it is typed; without an offset by the suite's clock. Refused: until_unreadable."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused(
            "until_unreadable", _("Say the moment like 2026-11-28 14:30:00 or 2026-11-28T14:30:00+08:00.")
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=timezone.get_default_timezone())

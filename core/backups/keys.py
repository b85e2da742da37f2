"""The key of backups: a file outside of them. Who has a backup without it has nothing.

A passphrase may stand beside it: then each backup carries the key wrapped in it (`wrapping`), for the day on which the
file is lost. No backup asks for the passphrase; only bringing one back without the file does.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.backups import frames, wrapping
from core.env import env
from core.errors import Refused
from core.sealed import ring

_BYTES = 32
# Who is asked for the passphrase where the environment does not say it; None where nobody can be asked.
Ask = Callable[[], str] | None


def place() -> Path:
    """Where the key is kept: HRSUITE_BACKUP_KEY_FILE, by default HOME/backup-key."""
    return Path(settings.BACKUP_KEY_FILE).resolve()


def make_or_read() -> bytes:
    """The key; made at the first backup, readable by its owner only. Two at once agree on one."""
    if not place().exists():
        _keep(place(), base64.urlsafe_b64encode(secrets.token_bytes(_BYTES)))
    return read()


def read() -> bytes:
    """The key that is there. Refused: backup_key_missing, backup_key_unreadable."""
    path = place()
    try:
        key = base64.urlsafe_b64decode(path.read_bytes().strip())
    except FileNotFoundError:
        raise Refused(
            "backup_key_missing",
            _("The backup's key is not at %(path)s. Put the kept copy there and try again.") % {"path": path},
        ) from None
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise Refused("backup_key_unreadable", _("The file %(path)s holds no backup key.") % {"path": path})
    return key


def read_or_open(wrapped: str | None, ask: Ask) -> bytes:
    """The key that is there; else the one that a backup carries, opened by a passphrase.

    The passphrase is HRSUITE_BACKUP_PASSPHRASE, the first line of HRSUITE_BACKUP_PASSPHRASE_FILE, or what `ask`
    answers. Refused: as `read`, and wrong_passphrase.
    """
    if place().exists() or not wrapped:
        return read()
    passphrase = said_passphrase() or (ask() if ask else "")
    if not passphrase:
        raise Refused(
            "backup_key_missing",
            _("The backup's key is not at %(path)s. Put the kept copy there, or say the passphrase.")
            % {"path": place()},
        )
    return wrapping.opened(wrapped, passphrase)


def said_passphrase() -> str:
    """What the environment says, or the file that it names; "" for neither. Refused: passphrase_file_missing."""
    named = env.str("HRSUITE_BACKUP_PASSPHRASE_FILE", default="")
    if not named:
        return env.str("HRSUITE_BACKUP_PASSPHRASE", default="")
    try:
        return Path(named).read_text(encoding="utf-8").partition("\n")[0].strip()
    except OSError:
        raise Refused(
            "passphrase_file_missing", _("The passphrase cannot be read at %(path)s.") % {"path": named}
        ) from None


def keep(key: bytes, wrapped: str | None) -> None:
    """Put a key that a passphrase opened to its place, so that the next backup is made with the same one."""
    _keep(place(), base64.urlsafe_b64encode(key))
    if wrapped and not _wrapped_place().exists():
        _keep(_wrapped_place(), wrapped.encode())


def wrap(passphrase: str) -> None:
    """Every backup from now on opens by this passphrase, too. Refused: passphrase_short. Earlier ones keep theirs."""
    text = wrapping.wrapped(make_or_read(), passphrase)
    draft = _wrapped_place().with_name(f"{_wrapped_place().name}.new")
    draft.unlink(missing_ok=True)
    _keep(draft, text.encode())
    draft.replace(_wrapped_place())


def wrapped() -> str | None:
    """The key in its passphrase, as each backup carries it; None where nobody gave one."""
    try:
        return _wrapped_place().read_text().strip()
    except FileNotFoundError:
        return None


def _wrapped_place() -> Path:
    return place().with_name(f"{place().name}.wrapped")


def _keep(path: Path, text: bytes) -> None:
    """Write it down for its owner alone, flushed to disk; what is there already stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    draft.unlink()


def require_apart(folder: Path | None) -> None:
    """Refused (key_beside_backup) where the key or the suite's secret would lie in the folder of the backups."""
    if folder is None:
        return
    for path in (place(), Path(settings.HOME) / "secret-key", ring.place_of()):
        if folder.resolve() in path.parents:
            raise Refused(
                "key_beside_backup",
                _(
                    "%(path)s would lie beside the backups that it opens. Choose another folder for one of them."
                )
                % {"path": path},
            )


def mark(key: bytes, what: bytes) -> str:
    """What only the holder of the key can have written about `what`."""
    return hmac.new(key, b"hrsuite backup: " + what, hashlib.sha256).hexdigest()


def signed(said: dict[str, Any], key: bytes) -> bytes:
    """A manifest with the mark that only the key's holder can make."""
    return json.dumps(said | {"mark": mark(key, canonical(said))}, indent=1).encode() + b"\n"


def canonical(said: dict[str, Any]) -> bytes:
    """The one spelling of a manifest that is marked."""
    return json.dumps(
        {name: value for name, value in said.items() if name != "mark"}, sort_keys=True
    ).encode()


def require_own(said: dict[str, Any], key: bytes) -> None:
    """Refused (backup_other_key, backup_damaged) where a manifest was not written with this key as it stands."""
    if said.get("key") != of_key(key):
        raise Refused(
            "backup_other_key",
            _("This backup was made with another key. Put that key at %(path)s.") % {"path": place()},
        )
    if not hmac.compare_digest(str(said.get("mark")), mark(key, canonical(said))):
        raise frames.damaged("manifest.json")


def require_same_secret(said: dict[str, Any]) -> None:
    """Refused (other_secret, key_ring_missing, sealing_key_missing) where the suite's secret or its key ring is another
    one than when this was made.
    """
    if said["secret"] != of_secret():
        raise Refused(
            "other_secret",
            _(
                "The suite's secret key is another than when the backup was made. Put the kept one at %(path)s."
            )
            % {"path": settings.SECRET_KEPT_AT},
        )
    if "ring" in said:
        ring.require_kept(said["ring"])


def of_key(key: bytes) -> str:
    """By which a key is known again, and nothing of it learnt."""
    return mark(key, b"which key")[:16]


def of_secret() -> str:
    """The same of the suite's secret key, under which releases before 2026.11.1 have sealed secrets."""
    return mark(settings.SECRET_KEY.encode(), b"which secret")[:16]

"""The key of backups: a file outside of them. Who has a backup without it has nothing."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.sealed import ring

_BYTES = 32


def place() -> Path:
    """Where the key is kept: HRSUITE_BACKUP_KEY_FILE, by default HOME/backup-key."""
    return Path(settings.BACKUP_KEY_FILE).resolve()


def make_or_read() -> bytes:
    """The key; made at the first backup, readable by its owner only. Two at once agree on one."""
    path = place()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        draft.unlink()
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


def of_key(key: bytes) -> str:
    """By which a key is known again, and nothing of it learnt."""
    return mark(key, b"which key")[:16]


def of_secret() -> str:
    """The same of the suite's secret key, under which stored passwords of mail servers and vendors are sealed."""
    return mark(settings.SECRET_KEY.encode(), b"which secret")[:16]

"""The backup's key under a passphrase (scrypt): what lies with the backups then, and opens by what a person remembers.

`scrypt$LOG2N$R$P$SALT$SEALED`, the last two in base64. The salt is drawn anew each time, so that a key of a passphrase
seals one thing only and its nonce may stand still.
"""

import base64
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from core.errors import Refused

# 128 MiB and a third of a second for each guess (OWASP's first choice for scrypt: N = 2^17, r = 8, p = 1).
COST = (17, 8, 1)
# What a stranger's manifest may ask of this machine at most: 1 GiB.
MOST = (20, 8, 4)
SHORTEST = 12
_ABOUT, _NONCE, _SALT = b"hrsuite backup key", bytes(12), 16


def wrapped(key: bytes, passphrase: str) -> str:
    """The key as it may lie anywhere. Refused: passphrase_short."""
    if len(passphrase) < SHORTEST:
        raise Refused(
            "passphrase_short",
            _("A passphrase has at least %(count)s characters: several words that only you put together.")
            % {"count": SHORTEST},
        )
    salt = secrets.token_bytes(_SALT)
    sealed = _box(passphrase, salt, COST).encrypt(_NONCE, key, _ABOUT)
    words = (base64.b64encode(part).decode() for part in (salt, sealed))
    return "$".join(["scrypt", *map(str, COST), *words])


def opened(text: str, passphrase: str) -> bytes:
    """The key. Refused: wrong_passphrase, also where somebody has changed the text."""
    try:
        name, *costs, salt, sealed = text.split("$")
        cost = tuple(int(number) for number in costs)
        if (
            name == "scrypt"
            and len(cost) == len(MOST)
            and all(0 < a <= b for a, b in zip(cost, MOST, strict=True))
        ):
            box = _box(passphrase, base64.b64decode(salt), cost)
            return box.decrypt(_NONCE, base64.b64decode(sealed), _ABOUT)
    except (ValueError, InvalidTag):
        pass
    raise Refused("wrong_passphrase", _("This passphrase does not open the key of this backup."))


def _box(passphrase: str, salt: bytes, cost: tuple[int, ...]) -> AESGCM:
    log2n, r, p = cost
    return AESGCM(
        hashlib.scrypt(
            passphrase.encode(), salt=salt, n=2**log2n, r=r, p=p, dklen=32, maxmem=256 * 2**log2n * r
        )
    )

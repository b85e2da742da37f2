"""How releases before 2026.11.1 sealed secrets: with a key that follows from the suite's own. Upgrades carry them over.

Changing the suite's secret key makes them unreadable: they are then set anew. What is new goes to `core.sealed`.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from core.errors import Refused


def _box(purpose: str) -> Fernet:
    return Fernet(
        base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{settings.SECRET_KEY}".encode()).digest())
    )


def seal(text: str, *, purpose: str) -> str:
    """Encrypt; only the same purpose can read it again."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Decrypt what `seal` made. Refused: secret_unreadable."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Refused(
            "secret_unreadable", "The stored secret cannot be read: the suite's key has changed."
        ) from None

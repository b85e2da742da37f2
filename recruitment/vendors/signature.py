"""Whether a report is the vendor's own: HMAC-SHA256 over time and body, and the time is now.

X-Timestamp: seconds since 1970
X-Signature: hex of HMAC-SHA256(secret, timestamp + "." + body)
"""

import hashlib
import hmac
import re
import time

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

LONGEST_DRIFT_SECONDS = 300
# Digits and nothing else: int() takes "1_0", " 1", "+1" and other alphabets' digits as well.
_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)


class NotSigned(DomainError):
    """Nobody we know sent this."""

    status = 401


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """The signature of a body at a time."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def verify(secret: bytes, timestamp: str, signature: str, body: bytes) -> None:
    """Raise NotSigned unless the signature fits and is at most five minutes off: signature_wrong, timestamp_stale."""
    if not hmac.compare_digest(sign(secret, timestamp, body).encode(), signature.lower().encode()):
        raise NotSigned("signature_wrong", _("The signature does not fit."))
    is_time = _TIME.fullmatch(timestamp) is not None
    if not is_time or abs(time.time() - int(timestamp)) > LONGEST_DRIFT_SECONDS:
        raise NotSigned("timestamp_stale", _("The time of the report is more than five minutes off."))

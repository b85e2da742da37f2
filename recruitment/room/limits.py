"""How often one link may write: counted in the memory of this process, without a query, and only for live sessions.

Never per address, since many candidates share one; only wrong codes are, because whoever guesses has no link yet.
"""

import collections
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from core.addresses import address_of
from core.errors import TooMany
from core.limits import WINDOW, Counter

__all__ = ["WINDOW", "Counter", "TooMany", "address_of", "at_once", "counter"]

WRITES = 240
READS = 240
# Fifteen slices a minute while recording; a queue of ten minutes is drained in one.
CHUNKS = 400
EXCHANGES = 30
# Each is opened in a process of its own.
RESUMES = 6
# Guesses at a code for another device; the arithmetic stands in recruitment.services.handovers. Behind one address
# stand whole offices and phone networks: what one browser may be wrong is small, what all of them may is not.
WRONG_PER_BROWSER = 10
WRONG_PER_ADDRESS = 100
WRONG_ALTOGETHER = 300

# A page sends two pieces at once; two devices of one candidate, and one that was cut off, are six.
UPLOADS_AT_ONCE = 6

counter = Counter()
_uploads: collections.Counter[int] = collections.Counter()
_lock = threading.Lock()


@contextmanager
def at_once(link: int) -> Iterator[None]:
    """One upload of a link, of UPLOADS_AT_ONCE. TooMany: `too_many_requests`."""
    with _lock:
        if _uploads[link] >= UPLOADS_AT_ONCE:
            raise TooMany("too_many_requests", _("Too many requests. Please wait a minute."), retry_after=5)
        _uploads[link] += 1
    try:
        yield
    finally:
        with _lock:
            _uploads[link] -= 1
            if not _uploads[link]:
                del _uploads[link]

"""How many messages one colleague may be shown: WeCom takes what is more than 30 a minute or 1,000 an hour, and shows
it to nobody.

So the count is kept here, a little below. It lies in the cache that all processes share; two that count at the same
moment may count one too few, which the room below WeCom's limits is for.
"""

import hashlib
import math
import time

from django.core.cache import cache

MINUTE, HOUR = 60, 3600
EACH_MINUTE, EACH_HOUR = 25, 950


class Budget:
    """The messages of one application to each of its colleagues."""

    def __init__(self, application: str) -> None:
        self._application = application

    def take(self, userid: str) -> int:
        """0, and one is counted, when WeCom would show another one now; else in how many seconds it would."""
        digest = hashlib.sha256(f"{self._application}|{userid.lower()}".encode()).hexdigest()
        key, now = f"wecom:shown:{digest[:32]}", time.time()
        stored = cache.get(key)
        sent = [at for at in stored if at > now - HOUR] if isinstance(stored, list) else []
        for most, within in ((EACH_HOUR, HOUR), (EACH_MINUTE, MINUTE)):
            if len(sent) >= most and sent[-most] > now - within:
                return max(1, math.ceil(sent[-most] + within - now))
        cache.set(key, [*sent, now][-EACH_HOUR:], timeout=HOUR)
        return 0

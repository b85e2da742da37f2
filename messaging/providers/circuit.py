"""The pauses a provider asks for, kept where every process sees them.

While an application is paused nobody calls: each refused call counts against it, and about two thousand
in an hour shut it out for another hour.
"""

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

MINUTE, HOUR = 60, 3600
# A limit met again this soon after a pause was not the short one.
MEMORY_SECONDS = 5 * MINUTE
MISCONFIGURED_SECONDS = 5 * MINUTE


@dataclass(frozen=True)
class Pause:
    """Until when nobody calls, and the code of the answer that is to blame."""

    until: float
    code: str

    @classmethod
    def lasting(cls, seconds: int, code: str) -> "Pause":
        """A pause that begins now."""
        return cls(until=time.time() + seconds, code=code)

    @property
    def seconds(self) -> int:
        """How long it still lasts, at least a second."""
        return max(1, round(self.until - time.time()))


class Circuit:
    """The pause of one application. Lost with the cache, it costs one more refused call."""

    def __init__(self, application: str) -> None:
        self._key = f"provider:pause:{hashlib.sha256(application.encode()).hexdigest()[:32]}"

    def current(self) -> Pause | None:
        """The pause that holds now, or None."""
        stored = cache.get(self._key)
        if not isinstance(stored, dict) or stored["until"] <= time.time():
            return None
        return Pause(until=stored["until"], code=stored["code"])

    def over_quota(self, code: str, *, at_least: int) -> Pause:
        """Pause after a limit was met. The provider does not say which of its three limits (a minute, an hour, a
        day).

        So the first pause is `at_least` (a minute), the next soon after it an hour, the one after that
        until the next day in China, where the count begins anew.
        """
        stored = cache.get(self._key)
        step = 0
        if isinstance(stored, dict):
            if stored["until"] > time.time():
                # Another thread met the same limit a moment ago.
                return Pause(until=stored["until"], code=stored["code"])
            step = stored["step"] + 1
        seconds = [at_least, HOUR, _until_next_day()][min(step, 2)]
        return self._open(code, seconds, step=step)

    def misconfigured(self, code: str) -> Pause:
        """Pause because only an administrator can mend it; every few minutes one call looks whether it is
        mended.
        """
        return self._open(code, MISCONFIGURED_SECONDS, step=-1)

    def _open(self, code: str, seconds: int, *, step: int) -> Pause:
        pause = Pause.lasting(seconds, code)
        value = {"until": pause.until, "code": code, "step": step}
        cache.set(self._key, value, timeout=seconds + MEMORY_SECONDS)
        return pause


def _until_next_day() -> int:
    now = timezone.localtime()
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), tzinfo=now.tzinfo)
    return int((midnight - now).total_seconds()) + 5 * MINUTE

"""How many requests a person's programs may make in a minute."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.errors import TooMany
from core.limits import Counter

calls = Counter()


class PerPerson(BaseThrottle):
    """API_CALLS_PER_MINUTE of each person, whatever keys and browsers they use, in each worker of the web: 429 with
    Retry-After beyond. Who has no key is refused before; wrong keys are counted by address."""

    _wait = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether this one may still be made."""
        if not request.user.is_authenticated:
            return True
        try:
            calls.take(str(request.user.pk), settings.API_CALLS_PER_MINUTE)
        except TooMany as error:
            self._wait = error.retry_after
            return False
        return True

    def wait(self) -> float:
        """Seconds."""
        return self._wait

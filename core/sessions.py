"""A session ends when nobody uses it."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

_USED = "used_at"
_NOTED_EVERY = 60.0
# What pages ask on their own account is no sign of a person.
BACKGROUND = "X-Background"


class IdleSessions:
    """Signs out whoever did nothing for SESSION_IDLE_SECONDS. What a page asks by itself (`X-Background`) is nothing.

    A use is noted once a minute, so that most requests write nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Only where a session's cookie came at all: a candidate's request asks no database for it.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.path.startswith(_WITH_SESSION):
            self._look(request)
        return self.get_response(request)

    def _look(self, request: HttpRequest) -> None:
        if not request.user.is_authenticated:
            return
        now = time.time()
        used = request.session.get(_USED)
        if used is not None and now - used > settings.SESSION_IDLE_SECONDS:
            logout(request)
        elif (used is None or now - used > _NOTED_EVERY) and BACKGROUND not in request.headers:
            request.session[_USED] = now


_WITH_SESSION = ("/admin/", "/api/", "/recordings/")

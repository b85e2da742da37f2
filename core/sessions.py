"""A session ends when nobody uses it; a page is shown also when the use cannot be noted."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from core.bounded import takes_nothing

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


class Sessions(SessionMiddleware):
    """Django's own. What somebody only looks at is answered although the database takes nothing at the moment: that is
    when the administrator has to read what is wrong."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Save the session, where that can be done."""
        try:
            return super().process_response(request, response)
        except (SessionInterrupted, DatabaseError) as error:
            if request.method in ("GET", "HEAD") and takes_nothing(error):
                return response
            raise


_WITH_SESSION = ("/admin/", "/api/", "/recordings/")

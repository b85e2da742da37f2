"""Pages for every colleague, in the back office or not: made for the phone, below /admin/, where sign-in holds."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from people.models import User

View = Callable[..., HttpResponse]


def for_colleagues(view: View) -> View:
    """Whoever is signed in; others are asked to sign in first. The view gets the person after the request."""

    @wraps(view)
    @never_cache
    def asked(request: HttpRequest, **where: Any) -> HttpResponse:
        if not isinstance(request.user, User) or not request.user.is_active:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return view(request, request.user, **where)

    return asked

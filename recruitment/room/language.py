"""Which language the room speaks: what was chosen by `?lang`, else the candidate's own."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

_KNOWN = {"zh": "zh-hans", "zh-hans": "zh-hans", "zh-cn": "zh-hans", "en": "en"}


def chosen(request: HttpRequest) -> str | None:
    """The language asked for in the address, or remembered from an earlier page."""
    asked = request.GET.get("lang") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or ""
    return _KNOWN.get(asked.lower())


@contextmanager
def speaking(request: HttpRequest, own: str | None) -> Iterator[str]:
    """Speak the chosen language, else the person's own, else what the browser asks for."""
    language = chosen(request) or own or translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(language):
        request.LANGUAGE_CODE = language
        yield language


def remember(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """Keep the language for the room's own addresses, so that its API answers in it without asking who it is."""
    response["Content-Language"] = language
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=30 * 86400,
        path="/room/",
        samesite="Lax",
        secure=request.is_secure(),
    )

"""The body of a request from a program outside, read whole and never more than it may be."""

from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.utils.translation import gettext_lazy as _

from core.errors import CutOff, TooLarge


def read_whole(request: HttpRequest, *, most: int, too_large: TooLarge) -> bytes:
    """The whole body. Raises `too_large`, unread where it declares too much, and CutOff: cut_off."""
    declared = request.headers.get("Content-Length") or "0"
    if not (declared.isascii() and declared.isdigit()) or int(declared) > most:
        raise too_large
    try:
        body = request.read(most + 1)
    except UnreadablePostError:
        raise CutOff("cut_off", _("The request broke off half way.")) from None
    if len(body) > most:
        raise too_large
    if len(body) < int(declared):
        raise CutOff("cut_off", _("The request broke off half way."))
    return body

"""The device check's test recording: its bytes are counted and forgotten, before the interview and without an entry."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from core import connections
from core.errors import CutOff, Invalid, TooLarge
from recruitment.room import auth, limits
from recruitment.room.answering import endpoint

LARGEST_SAMPLE = 1024 * 1024
BLOCK = 64 * 1024
CHECKS = 12


@endpoint("POST")
def check(request: HttpRequest) -> HttpResponse:
    """Take up to 1 MiB and say how many bytes came: `{bytes}`. Nothing of it is kept, nothing is changed.

    413 `too_large`, 422 `sample_empty`, 429 after a dozen tries of one link in a minute.
    """
    session = auth.session_of(request)
    limits.counter.take(f"check {session.link_id}", CHECKS)
    declared = request.META.get("CONTENT_LENGTH") or ""
    expected = int(declared) if declared.isdigit() else 0
    if expected > LARGEST_SAMPLE:
        raise TooLarge("too_large", _("That is more than can be sent at once."))
    connections.give_back()
    size = 0
    while block := request.read(BLOCK):
        size += len(block)
        if size > LARGEST_SAMPLE:
            raise TooLarge("too_large", _("That is more than can be sent at once."))
    if size < expected:
        raise CutOff("cut_off", _("The request broke off half way."))
    if not size:
        raise Invalid("sample_empty", _("The test recording was empty."))
    return JsonResponse({"bytes": size})

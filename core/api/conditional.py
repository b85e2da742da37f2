"""Asked again and nothing new: 304. What a program is told of people is kept by no cache on the way."""

import hashlib
import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from rest_framework.utils.encoders import JSONEncoder

_PREFIX = "/api/v1/"
# When a figure was counted is no news of it.
_AS_OF = "as_of"
OK = 200


class Conditional:
    """Under `/api/v1/`: `ETag` on what a GET answers, 304 to an `If-None-Match` that names it, `no-store` on all.

    The tag is weak: it says that the content is the same, not that its bytes are, since these may be compressed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(_PREFIX):
            return response
        response["Cache-Control"] = "no-store"
        if request.method not in ("GET", "HEAD") or response.status_code != OK or response.streaming:
            return response
        response["ETag"] = tag = f'W/"{_digest(response)}"'
        known = {one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))}
        return _unchanged(response) if known & {"*", tag.removeprefix("W/")} else response


def _unchanged(response: HttpResponse) -> HttpResponse:
    answer = HttpResponseNotModified()
    for name in ("ETag", "Cache-Control", "Vary", "Content-Language"):
        if name in response.headers:
            answer[name] = response[name]
    return answer


def _digest(response: HttpResponse) -> str:
    content = response.content
    data = getattr(response, "data", None)
    if isinstance(data, dict) and _AS_OF in data:
        content = json.dumps({**data, _AS_OF: None}, cls=JSONEncoder, ensure_ascii=False).encode()
    language = response.headers.get("Content-Language", "").encode()
    return hashlib.sha256(content + language).hexdigest()[:32]

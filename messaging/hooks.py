"""`/hooks/wecom`: where WeCom tells us what people did."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.bodies import read_whole
from core.errors import TooLarge
from messaging.callbacks import intake

LARGEST = 64 * 1024


@csrf_exempt
@require_http_methods(["GET", "POST"])
def wecom(request: HttpRequest) -> HttpResponse:
    """GET: the text that WeCom sent to see whether we can read it. POST: 200 and nothing once it is kept, again when it
    was kept before; WeCom calls again after any other answer.

    Errors `{"code", "message"}`: 401 signature_wrong, other_company, timestamp_stale; 404 not_connected; 413 too_large;
    422 garbled; 503 without a database, after which WeCom calls again.
    """
    if request.method == "GET":
        return HttpResponse(intake.echoed(request.GET), content_type="text/plain; charset=utf-8")
    too_large = TooLarge("too_large", _("That is more than can be sent at once."))
    intake.keep(request.GET, read_whole(request, most=LARGEST, too_large=too_large))
    return HttpResponse(status=200)

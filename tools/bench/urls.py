"""The suite's addresses, and the views that a heartbeat is compared with. Served by the bench alone."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

_UPDATE = "UPDATE recruitment_lease SET last_seen_at = now() WHERE interview_id = %s"
_RELAXED = _UPDATE.replace(
    "WHERE", "FROM (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed WHERE"
)


@csrf_exempt
def empty(request: HttpRequest, interview: int) -> HttpResponse:
    """Nothing but the way through the web server and the middleware."""
    return HttpResponse(status=204)


@csrf_exempt
def update(request: HttpRequest, interview: int) -> HttpResponse:
    """One bare UPDATE of one row through a cursor, committed like any other."""
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [interview])
    return HttpResponse(status=204)


@csrf_exempt
def relaxed(request: HttpRequest, interview: int) -> HttpResponse:
    """The same, whose commit does not wait for the disk: as durable as a heartbeat."""
    with connection.cursor() as cursor:
        cursor.execute(_RELAXED, [interview])
    return HttpResponse(status=204)


urlpatterns = [
    path("bench/empty/<int:interview>", empty),
    path("bench/update/<int:interview>", update),
    path("bench/relaxed/<int:interview>", relaxed),
    path("", include("hrsuite.urls")),
]

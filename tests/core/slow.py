"""A server whose pages take long in the database, for the tests of those who do not wait."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

settings.ROOT_URLCONF = "tests.core.slow"
django.setup()


@csrf_exempt
def slow(request: HttpRequest, mark: str) -> HttpResponse:
    """Four seconds, of which the statement tells whose they are."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_sleep(4) /* {mark} */")
    return HttpResponse("slept")


urlpatterns = [path(f"{place}/<slug:mark>", slow) for place in ("admin", "api", "room/api")]
application = get_wsgi_application()

from django.http import HttpRequest, HttpResponse
from django.urls import path


def badges(request: HttpRequest) -> HttpResponse:
    return HttpResponse("badges")


urlpatterns = [path("kiosk/badges", badges, name="kiosk-badges")]

"""Every address of the suite: its own, and what each app declares in `urls.py`."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from core.collecting import declared
from hrsuite import health

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("ping", health.ping),
    path("healthz", health.healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("api/", include("hrsuite.api.urls")),
    *(path("", include(module)) for module in declared("urls") if module.__name__ != __name__),
]

"""Every address of the suite: its own, and what each app declares in `urls.py`."""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.generic import RedirectView
from django.views.i18n import set_language

from core.collecting import declared
from core.metrics.views import metrics
from hrsuite import health, keeping, welcome
from hrsuite.dashboard import pages
from hrsuite.diagnostics import views as diagnostics
from hrsuite.yearly import views as yearly

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("ping", health.ping),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("welcome/<str:number>/<str:token>/", welcome.welcome, name="welcome"),
    path("i18n/setlang/", require_POST(set_language), name="set_language"),
    path("admin/pages/", admin.site.admin_view(pages.all_of_them), name="pages"),
    # Before the admin's own: it answers every address below it that nobody took.
    *(path("", include(module)) for module in declared("urls") if module.__name__ != __name__),
    path("", include("hrsuite.managers.urls")),
    path("admin/diagnostics/", admin.site.admin_view(diagnostics.page), name="diagnostics"),
    path(
        "admin/diagnostics/bundle.zip", admin.site.admin_view(diagnostics.download), name="diagnostics_bundle"
    ),
    path("admin/health-reports/", admin.site.admin_view(yearly.reports), name="health_reports"),
    path("admin/health-reports/<int:pk>/", admin.site.admin_view(yearly.report), name="health_report"),
    path(
        "admin/health-reports/<int:pk>.pdf",
        admin.site.admin_view(yearly.as_document),
        name="health_report_pdf",
    ),
    path("admin/keeping/", admin.site.admin_view(keeping.periods), name="keeping"),
    path("admin/", admin.site.urls),
    path("api/", include("hrsuite.api.urls")),
]

handler400 = "core.error_pages.bad_request"
handler403 = "core.error_pages.permission_denied"
handler404 = "core.error_pages.page_not_found"
handler500 = "core.error_pages.server_error"

"""The back office: Unfold's admin site under its own app config, so that it is found before the apps register."""

from typing import Any

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.sites import UnfoldAdminSite


class Site(UnfoldAdminSite):
    """The site, with a sign-in that can be refused, and with what the scripts of every page need."""

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Unfold's, and the words of Django's own scripts: these stand on pages that do not bring them."""
        context = super().each_context(request)
        words = [reverse("admin:jsi18n")] if self.has_permission(request) else []
        return {**context, "scripts": [*words, *context["scripts"]]}

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The page where one signs in; 429 with Retry-After when too many tries were made."""
        response = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if refused := getattr(form, "refused", None):
            response.status_code = refused.status
            response["Retry-After"] = str(refused.retry_after)
        return response


class AdminConfig(DjangoAdminConfig):
    default_site = "core.admin.site.Site"

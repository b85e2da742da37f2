"""The back office: Unfold's admin site under its own app config, so that it is found before the apps register."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from core.admin import menu, ways_in

# Beyond these one types more.
MOST_FOUND = 60


class Site(UnfoldAdminSite):
    """The site, with a sign-in that can be refused, and with what the scripts of every page need."""

    # What is missing looks the same everywhere.
    _empty_value_display = "–"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Unfold's, and the words of Django's own scripts: these stand on pages that do not bring them."""
        context = super().each_context(request)
        words = [reverse("admin:jsi18n")] if self.has_permission(request) else []
        return {**context, "scripts": [*words, *context["scripts"]]}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Worked out where a page shows it: the menu is our own, and every page asks for this list beside it."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    @method_decorator(never_cache)
    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The one search: what the house finds (`COMMAND.search_callback`), then pages by their names.

        Unfold keeps what it found for five minutes; where somebody stands is asked anew each time.
        """
        term = request.GET.get("s", "").strip()
        if not term:
            return HttpResponse()
        found: list[SearchResult] = []
        if callback := self._get_config("COMMAND", request).get("search_callback"):
            found = self._get_value(callback, request, term)
        found += [
            SearchResult(title=entry.title, description=entry.group.title, link=link, icon=entry.icon)
            for entry, link in menu.named(request, term)
        ]
        context = {"results": found[:MOST_FOUND]}
        return TemplateResponse(request, "unfold/helpers/command_results.html", context)

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The page where one signs in; 429 with Retry-After when too many tries were made."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        if request.method == "GET" and getattr(request.user, "has_own_pages", False):
            # Signed in already, and without a back office: asked for a password again, one believes to be signed out.
            return HttpResponseRedirect(reverse(settings.PAGES_OF_COLLEAGUES[0]))
        # Here, not above: the form that it brings asks for the model of a person.
        from core.admin.signing_in import SignIn  # noqa: PLC0415

        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            "ways": (ways := ways_in.open_now()),
            **(extra_context or {}),
        }
        request.current_app = self.name  # type: ignore[attr-defined]
        response: Any = SignIn.as_view(
            extra_context=context,
            authentication_form=self.login_form,
            template_name=self.login_template or "core/admin/sign_in.html",
        )(request)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if refused := getattr(form, "refused", None):
            response.status_code = refused.status
            response["Retry-After"] = str(refused.retry_after)
        ways_in.may_lead_on(response, ways)
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page where one changes the own password; 429 with Retry-After when the old one was tried too often."""
        # Here, not above, as for the sign-in.
        from core.admin.signing_in import OwnPassword, OwnPasswordForm  # noqa: PLC0415

        request.current_app = self.name  # type: ignore[attr-defined]
        answer: Any = OwnPassword.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done", current_app=self.name),
            template_name="registration/password_change_form.html",
            extra_context={**self.each_context(request), **(extra_context or {})},
        )(request)
        return answer


class AdminConfig(DjangoAdminConfig):
    default_site = "core.admin.site.Site"

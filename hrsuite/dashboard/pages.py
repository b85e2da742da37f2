"""All pages: what the menu of a role leaves out stands here, for whoever may open it."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from core.admin.menu import all_pages


def all_of_them(request: HttpRequest) -> HttpResponse:
    """Every page that this person may open, by subject; the queries are those of the menu's figures."""
    context = {
        **admin.site.each_context(request),
        "title": _("All pages"),
        "groups": all_pages(request),
    }
    return TemplateResponse(request, "hrsuite/pages.html", context)

"""How the back office looks and what stands at its edges (settings UNFOLD)."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

UNFOLD = {
    "SITE_TITLE": _("HR Suite"),
    "SITE_HEADER": _("HR Suite"),
    "SITE_SYMBOL": "diversity_3",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("room/icon.svg")}
    ],
    "LOGIN": {"form": "core.admin.signing_in.SignInForm"},
    "ACCOUNT": {
        "navigation": [
            {"title": _("Report a problem"), "link": reverse_lazy("problem_report")},
            {"title": _("Signing in and security"), "link": reverse_lazy("mfa_index")},
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
        ]
    },
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "COMMAND": {"search_callback": "hrsuite.search.find"},
    "DASHBOARD_CALLBACK": "hrsuite.dashboard.views.fill_index",
    "STYLES": [lambda request: static("core/admin.css")],
    "SCRIPTS": [lambda request: static("core/admin.js")],
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": "core.admin.menu.sidebar",
    },
}

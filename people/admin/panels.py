"""Showing the panels that higher floors registered on an admin page."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from people import panels


class WithPanels:
    """For a ModelAdmin: the object's panels stand below its form. It comes before ModelAdmin in the bases."""

    change_form_outer_after_template = "people/admin/panels.html"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page, with `panels` in its context."""
        context = dict(extra_context or {})
        if request.method == "GET":
            obj = self.get_object(request, object_id)  # type: ignore[attr-defined]
            if obj is not None and self.has_view_or_change_permission(request, obj):  # type: ignore[attr-defined]
                context["panels"] = list(panels.rendered(request, obj))
        return super().change_view(request, object_id, form_url, context)  # type: ignore[misc]

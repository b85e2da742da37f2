"""The way from the lists of people to the table that many of them come in by."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from core.exchange.declared import exchanged


class WithImport:
    """For a ModelAdmin with many steps, before it in the bases: a link to the import, for whoever may import."""

    list_before_template = "recruitment/admin/import_head.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the way to the import."""
        may_import = exchanged("candidates").may(request.user)
        return super().changelist_view(request, {**(extra_context or {}), "may_import": may_import})  # type: ignore[misc]

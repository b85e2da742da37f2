"""One's own exports: made or being made, to take away until tomorrow."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.admin.base import ModelAdmin
from core.admin.exporting import as_file
from core.admin.lists import Lean
from core.admin.scope import ReadOnly, Scoped
from core.exchange.models import Export

SECONDS = 3


@admin.register(Export)
class ExportAdmin(ReadOnly, Lean, Scoped, ModelAdmin):
    """Whoever asked sees it, and nobody else."""

    nothing_yet = _("Long lists that you export are kept here for a day")
    list_after_template = ""
    list_display = ["list_name", "format", "rows", "created_at", "expires_at", "take_away"]
    only_on_screen = ("take_away",)
    search_fields = ["=id"]
    fields = readonly_fields = ["list_name", "format", "rows", "created_at", "expires_at", "take_away"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Everybody who is let in here; which rows, says `visible_to`."""
        return request.user.is_active and request.user.is_staff

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same people."""
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """The file itself."""
        address = path(
            "<int:pk>/file/", self.admin_site.admin_view(self.file_view), name="exchange_export_file"
        )
        return [address, *super().get_urls()]

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The bytes, for whoever asked for them, until they are gone."""
        export = Export.objects.visible_to(request.user).filter(pk=pk, made_at__isnull=False).first()
        if export is None:
            raise Http404
        return as_file(bytes(export.content or b""), export.format, str(self.list_name(export)))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **options: Any) -> HttpResponse:
        """The page; until the file is there it opens itself again."""
        answer = super().change_view(request, object_id, *args, **options)
        export = self.get_object(request, object_id)
        if export is not None and export.made_at is None and not export.error:
            answer["Refresh"] = str(SECONDS)
        return answer

    @display(description=_("list"))
    def list_name(self, export: Export) -> Any:
        """In words."""
        return apps.get_model(export.model)._meta.verbose_name_plural

    @display(description=_("file"))
    def take_away(self, export: Export) -> Any:
        """A link as soon as it is there."""
        if export.error:
            return format_html('<span class="hs-red">{}</span>', _("It could not be made; please ask again."))
        if export.made_at is None:
            return _("Being made")
        address = reverse("admin:exchange_export_file", args=[export.pk])
        return format_html("<a class='underline' href='{}'>{}</a>", address, _("Take it away"))

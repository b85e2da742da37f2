"""Panels: how a higher floor shows something on a lower floor's admin page.

The higher app registers a panel in its `ready()`; the lower page asks for the panels of its model and knows
nothing about who made them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.safestring import SafeString

Render = Callable[[HttpRequest, Any], SafeString]


@dataclass(frozen=True, slots=True)
class Panel:
    """One box on a page. `render(request, object)` answers safe HTML; an empty answer shows no box."""

    name: str
    title: str | Promise
    render: Render
    order: int = 100

    def __call__(self, request: HttpRequest, obj: Any) -> SafeString:
        """The box's content for one object."""
        return self.render(request, obj)


@dataclass(frozen=True, slots=True)
class RenderedPanel:
    """A panel as it stands on the page."""

    name: str
    title: str | Promise
    html: SafeString


_panels: dict[type[Model], dict[str, Panel]] = {}


def register(model: type[Model], panel: Panel) -> None:
    """Show `panel` on the pages of `model`. Registering the same name again replaces it."""
    _panels.setdefault(model, {})[panel.name] = panel


def panels_for(model: type[Model]) -> list[Panel]:
    """The panels of `model`, in their order."""
    return sorted(_panels.get(model, {}).values(), key=lambda panel: (panel.order, panel.name))


def rendered(request: HttpRequest, obj: Model) -> Iterator[RenderedPanel]:
    """The panels of one object that have something to show."""
    for panel in panels_for(type(obj)):
        if html := panel(request, obj):
            yield RenderedPanel(panel.name, panel.title, html)


def unregister(model: type[Model], name: str) -> None:
    """Take a panel off again."""
    _panels[model].pop(name)


class WithPanels:
    """For a ModelAdmin: the object's panels stand below its form. It comes before ModelAdmin in the bases."""

    change_form_outer_after_template = "core/admin/panels.html"

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
                context["panels"] = list(rendered(request, obj))
        return super().change_view(request, object_id, form_url, context)  # type: ignore[misc]

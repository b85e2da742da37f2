"""The endpoints of tables."""

from django.urls import path
from rest_framework.routers import BaseRouter

from core.exchange.api.imports import ImportViewSet


def register(router: BaseRouter) -> None:
    """Add `imports/`."""
    router.register("imports", ImportViewSet, basename="import")


urlpatterns = [
    path("imports/<pk>/refused.xlsx", ImportViewSet.as_view({"get": "refused"}), name="import-refused")
]

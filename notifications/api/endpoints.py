"""The endpoints of this app."""

from rest_framework.routers import BaseRouter

from notifications.api.views import MessageViewSet


def register(router: BaseRouter) -> None:
    """Add `messages/`."""
    router.register("messages", MessageViewSet, basename="message")

from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from tests.house.kiosk.enums import Colour


class BadgeSerializer(serializers.Serializer):
    """A badge."""

    colour = serializers.ChoiceField(choices=Colour.choices)


class BadgeViewSet(viewsets.ViewSet):
    """Badges."""

    serializer_class = BadgeSerializer

    def list(self, request: Request) -> Response:
        """All of them."""
        return Response([])


def register(router: BaseRouter) -> None:
    router.register("kiosk-badges", BadgeViewSet, basename="kiosk-badge")

"""What onboarding offers under `/api/v1/`."""

from rest_framework.routers import BaseRouter

from onboarding.api.cases import CaseViewSet


def register(router: BaseRouter) -> None:
    """Put the endpoints on the suite's router."""
    router.register("onboarding", CaseViewSet, basename="onboarding")

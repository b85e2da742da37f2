"""The endpoints that show several apps at once."""

from rest_framework.routers import BaseRouter

from hrsuite.api.applications import ApplicationViewSet
from hrsuite.api.approvals import ApprovalViewSet
from hrsuite.api.chain import InterviewsWithChainViewSet


def register(router: BaseRouter) -> None:
    """Add `applications/`, `approvals/` and `interviews/`."""
    router.register("applications", ApplicationViewSet, basename="application")
    router.register("approvals", ApprovalViewSet, basename="approval")
    router.register("interviews", InterviewsWithChainViewSet, basename="interview")

"""The endpoints of this app. Applications and interviews show upper floors too: they are registered on top."""

from rest_framework.routers import BaseRouter

from recruitment.api.assessments import AssessmentViewSet
from recruitment.api.follow_ups import FollowUpViewSet
from recruitment.api.openings import OpeningViewSet
from recruitment.api.reports import ReportViewSet


def register(router: BaseRouter) -> None:
    """Add `openings/`, `assessments/`, `follow-ups/` and `reports/`."""
    router.register("openings", OpeningViewSet, basename="opening")
    router.register("assessments", AssessmentViewSet, basename="assessment")
    router.register("follow-ups", FollowUpViewSet, basename="follow-up")
    router.register("reports", ReportViewSet, basename="report")

"""The endpoints of this app."""

from django.urls import path
from rest_framework.routers import BaseRouter

from reports.api.headcount import HeadcountPlanViewSet
from reports.api.progress import ProgressViewSet
from reports.api.weekly import ReportViewSet

urlpatterns = [
    path("openings/<pk>/progress/", ProgressViewSet.as_view({"get": "retrieve"}), name="opening-progress"),
    path("reports/<str:name>.xlsx", ReportViewSet.as_view({"get": "workbook"}), name="report-workbook"),
    path("reports/<str:name>.csv", ReportViewSet.as_view({"get": "text"}), name="report-text"),
    path("reports/<str:name>.pdf", ReportViewSet.as_view({"get": "printed"}), name="report-pdf"),
]


def register(router: BaseRouter) -> None:
    """Add `reports/` and `headcount-plan/`."""
    router.register("reports", ReportViewSet, basename="report")
    router.register("headcount-plan", HeadcountPlanViewSet, basename="headcount-plan")

"""`/api/v1/`: every app registers its endpoints; what shows several apps stands here."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import DefaultRouter

import notifications.api.urls
import onboarding.api.urls
import recruitment.api.urls
import training.api.urls
from hrsuite.api.applications import ApplicationViewSet
from hrsuite.api.chain import InterviewsWithChainViewSet
from hrsuite.api.headcount_plan import HeadcountPlanViewSet
from hrsuite.errors import NotFound

router = DefaultRouter()
for urls in (recruitment.api.urls, onboarding.api.urls, training.api.urls, notifications.api.urls):
    urls.register(router)
router.register("applications", ApplicationViewSet, basename="application")
router.register("interviews", InterviewsWithChainViewSet, basename="interview")
router.register("headcount-plan", HeadcountPlanViewSet, basename="headcount-plan")


def nowhere(request: HttpRequest) -> HttpResponse:
    """An address that the API does not have is answered in the API's own shape."""
    raise NotFound("not_found", _("There is no such address."))


urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("v1/", include(router.urls)),
    re_path(r"^.*/$", nowhere),
]

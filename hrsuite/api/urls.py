"""`/api/v1/`: every app registers its endpoints; what shows several apps stands here."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import DefaultRouter

import notifications.api.urls
import onboarding.api.urls
import recruitment.api.urls
import training.api.urls

router = DefaultRouter()
for urls in (recruitment.api.urls, onboarding.api.urls, training.api.urls, notifications.api.urls):
    urls.register(router)

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("v1/", include(router.urls)),
]

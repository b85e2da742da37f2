"""`/api/`: the schema, its pages, and under `v1/` the endpoints that every app declares in `api/endpoints.py`."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from core.collecting import declared
from core.errors import NotFound

router = DefaultRouter()
patterns: list[URLPattern | URLResolver] = []
for module in declared("api.endpoints"):
    module.register(router)
    patterns += getattr(module, "urlpatterns", [])


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """An address that the API does not have is answered in the API's own shape."""
    raise NotFound("not_found", _("There is no such address."))


urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("v1/", include([*patterns, *router.urls])),
    re_path(r"^.*/$", nowhere),
]

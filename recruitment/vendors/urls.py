"""The vendors' one address."""

from django.urls import path

from recruitment.vendors import views

urlpatterns = [path("vendors/<slug:code>/events", views.receive, name="vendor-events")]

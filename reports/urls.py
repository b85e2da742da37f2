"""The addresses of this app."""

from django.contrib import admin
from django.urls import path

from reports import pages

urlpatterns = [
    path("reports/", admin.site.admin_view(pages.every_report), name="reports"),
    path("reports/<slug:name>/", admin.site.admin_view(pages.one_report), name="report"),
]

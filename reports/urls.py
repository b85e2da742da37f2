"""The addresses of this app."""

from django.contrib import admin
from django.urls import path

from reports import comparing, pages

urlpatterns = [
    path("admin/fairness/", admin.site.admin_view(comparing.page), name="fairness"),
    path("admin/reports/", admin.site.admin_view(pages.every_report), name="reports"),
    path("admin/reports/<slug:name>/", admin.site.admin_view(pages.one_report), name="report"),
    path(
        "admin/reports/<slug:name>/people/", admin.site.admin_view(pages.people_counted), name="report-people"
    ),
]

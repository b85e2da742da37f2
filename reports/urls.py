"""The addresses of this app."""

from django.contrib import admin
from django.urls import path

from reports import before_after_pages, comparing, pages, saved_pages

urlpatterns = [
    path("admin/fairness/", admin.site.admin_view(comparing.page), name="fairness"),
    path("admin/reports/", admin.site.admin_view(pages.every_report), name="reports"),
    path(
        "admin/reports/changes/",
        admin.site.admin_view(before_after_pages.every_change),
        name="report-changes",
    ),
    path(
        "admin/reports/changes/<int:change_id>/",
        admin.site.admin_view(before_after_pages.one_change),
        name="report-change",
    ),
    path(
        "admin/reports/changes/<int:change_id>/people/",
        admin.site.admin_view(before_after_pages.people_on_a_side),
        name="report-change-people",
    ),
    path(
        "admin/reports/changes/<int:change_id>/<slug:kind>/",
        admin.site.admin_view(before_after_pages.one_file),
        name="report-change-file",
    ),
    path("admin/reports/figures/", admin.site.admin_view(pages.every_figure), name="report-figures"),
    path(
        "admin/reports/views/<int:view_id>/", admin.site.admin_view(saved_pages.open_view), name="report-view"
    ),
    path(
        "admin/reports/views/<int:view_id>/delete/",
        admin.site.admin_view(saved_pages.drop),
        name="report-view-drop",
    ),
    path(
        "admin/reports/views/<int:view_id>/<slug:kind>/",
        admin.site.admin_view(saved_pages.open_file),
        name="report-view-file",
    ),
    path("admin/reports/<slug:name>/keep/", admin.site.admin_view(saved_pages.keep), name="report-view-keep"),
    path("admin/reports/<slug:name>/anew/", admin.site.admin_view(pages.count_anew), name="report-anew"),
    path("admin/reports/<slug:name>/", admin.site.admin_view(pages.one_report), name="report"),
    path(
        "admin/reports/<slug:name>/people/", admin.site.admin_view(pages.people_counted), name="report-people"
    ),
]

"""The addresses of a manager's pages: below /admin/, so that sign-in and second factor hold."""

from django.urls import path

from hrsuite.managers import views

app_name = "managers"
urlpatterns = [
    path("admin/managers/", views.mine, name="mine"),
    path("admin/managers/approvals/", views.approvals, name="approvals"),
    path("admin/managers/approvals/<slug:kind>/<int:pk>/", views.approval, name="approval"),
    path("admin/managers/openings/<int:opening_id>/", views.opening, name="opening"),
    path(
        "admin/managers/openings/<int:opening_id>/<slug:report>/<slug:measure>/",
        views.counted,
        name="counted",
    ),
]

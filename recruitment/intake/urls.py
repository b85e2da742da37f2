"""The public page of an opening, mounted at the root."""

from django.urls import path

from recruitment.intake import views

app_name = "intake"
urlpatterns = [
    path("apply/<str:slug>/", views.apply, name="apply"),
    path("apply/<str:slug>/sent/", views.sent, name="sent"),
]

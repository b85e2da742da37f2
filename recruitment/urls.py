"""The addresses of this app's satellites; the room's stand with the room."""

from django.urls import include, path

urlpatterns = [
    path("", include("recruitment.intake.urls")),
    path("", include("recruitment.offers.urls")),
    path("", include("recruitment.recordings.urls")),
    path("", include("recruitment.resumes.urls")),
    path("", include("recruitment.rounds.urls")),
    path("", include("recruitment.vendors.urls")),
]

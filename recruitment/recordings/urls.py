"""The address of a recording, mounted at the root."""

from django.urls import path

from recruitment.recordings import views

app_name = "recordings"
urlpatterns = [path("recordings/<int:recording_id>/", views.recording, name="recording")]

"""The addresses of a recording and of a question's voice, mounted at the root."""

from django.contrib import admin
from django.urls import path

from recruitment.recordings import views
from recruitment.recordings.admin import voices

app_name = "recordings"
urlpatterns = [
    path("recordings/<int:recording_id>/", views.recording, name="recording"),
    path("admin/voices/<int:voice_id>/", admin.site.admin_view(voices.play), name="voice"),
]

"""The addresses of notes and of this app's satellites; the room's stand with the room."""

from django.contrib import admin
from django.urls import include, path

from recruitment.admin import notes, problems

_own = admin.site.admin_view

urlpatterns = [
    path("admin/candidates/<int:candidate_id>/notes/", _own(notes.write), name="candidate_note"),
    path("admin/notes/<int:note_id>/edit/", _own(notes.edit), name="note_edit"),
    path("admin/notes/mentions/<int:mention_id>/seen/", _own(notes.see), name="note_seen"),
    # For whoever is signed in, HR or not: below /admin/, so that sign-in and second factor hold.
    path("admin/problems/", problems.report, name="problem_report"),
    path("", include("recruitment.intake.urls")),
    path("", include("recruitment.offers.urls")),
    path("", include("recruitment.recordings.urls")),
    path("", include("recruitment.resumes.urls")),
    path("", include("recruitment.rounds.urls")),
    path("", include("recruitment.vendors.urls")),
]

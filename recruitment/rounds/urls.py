"""The addresses of an interviewer's own pages: below /admin/, so that sign-in and second factor hold."""

from django.urls import path

from recruitment.rounds import views

app_name = "rounds"
urlpatterns = [
    path("admin/rounds/", views.mine, name="mine"),
    path("admin/rounds/<int:card_id>/", views.card, name="card"),
    path("admin/rounds/<int:card_id>/save/", views.save, name="save"),
    path("admin/rounds/<int:card_id>/hand-in/", views.hand_in, name="hand_in"),
    path("admin/rounds/<int:card_id>/correct/", views.correct, name="correct"),
]

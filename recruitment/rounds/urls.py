"""The addresses of an interviewer's own pages: below /admin/, where sign-in and second factor hold; and the feed."""

from django.urls import path

from recruitment.rounds import calendar_views, views

app_name = "rounds"
urlpatterns = [
    path("admin/rounds/", views.mine, name="mine"),
    path("admin/rounds/calendar/", calendar_views.page, name="calendar"),
    path("admin/rounds/calendar/link/", calendar_views.make_link, name="calendar_link"),
    path("admin/rounds/calendar/link/end/", calendar_views.end_link, name="calendar_link_end"),
    path("admin/rounds/calendar/of/<int:person_id>/", calendar_views.of_colleague, name="calendar_of"),
    path("admin/rounds/calendar/of/<int:person_id>/heed/", calendar_views.heed, name="calendar_heed"),
    path("admin/rounds/calendar/of/<int:person_id>/forget/", calendar_views.forget, name="calendar_forget"),
    # What a calendar program asks for: no session, no cookie, the link alone.
    path("feeds/<str:token>.ics", calendar_views.feed, name="feed"),
    path("admin/rounds/<int:card_id>/", views.card, name="card"),
    path("admin/rounds/<int:card_id>/save/", views.save, name="save"),
    path("admin/rounds/<int:card_id>/hand-in/", views.hand_in, name="hand_in"),
    path("admin/rounds/<int:card_id>/correct/", views.correct, name="correct"),
]

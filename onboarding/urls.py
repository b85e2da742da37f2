"""The hire's own page, behind the same link as the interview's: its language and its history are those of the room."""

from django.urls import path

from onboarding import own_page

app_name = "onboarding"
urlpatterns = [path("room/identity/", own_page.identity, name="identity")]

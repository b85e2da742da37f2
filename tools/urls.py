"""The demo's own pages. Beside every other company they are not there."""

from django.contrib import admin
from django.urls import path

from tools.phone import views

_staff = admin.site.admin_view

urlpatterns = [
    path("admin/phone/", _staff(views.page), name="phone"),
    path("admin/phone/press/", _staff(views.press), name="phone_press"),
    path("admin/phone/decide/", _staff(views.decide), name="phone_decide"),
    path("admin/phone/say/", _staff(views.say), name="phone_say"),
    path("admin/phone/entered/", _staff(views.entered), name="phone_entered"),
    path("admin/phone/kf/<str:account>", _staff(views.enter), name="phone_enter"),
    path("admin/phone/<int:number>/open/<int:which>/", _staff(views.open_link), name="phone_open"),
]

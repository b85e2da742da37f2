"""The address of an offer's letter, mounted at the root."""

from django.contrib import admin
from django.urls import path

from recruitment.offers import views

app_name = "offers"
urlpatterns = [
    path("admin/letters/<int:offer_id>.pdf", admin.site.admin_view(views.letter), name="letter"),
]

"""The addresses, by the names that allauth's flows know."""

from django.urls import path

from messaging.signing_in import views

urlpatterns = [
    path("admin/account/wecom/", views.begin, name="wecom_login"),
    path("admin/account/wecom/back/", views.callback, name="wecom_callback"),
]

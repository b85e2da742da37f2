"""WeCom's one address."""

from django.urls import path

from messaging import hooks

urlpatterns = [path("hooks/wecom", hooks.wecom, name="wecom-hook")]

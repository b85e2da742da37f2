"""Channels that are shut, and why."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin.base import ModelAdmin
from core.admin.lists import Catalogue
from core.admin.scope import ReadOnly
from messaging.models import ChannelPause


@admin.register(ChannelPause)
class ChannelPauseAdmin(Catalogue, ReadOnly, ModelAdmin):
    """Set by the outbox when a provider refuses us, not a person; a past time means open again."""

    nothing_yet = _("No channel is paused. A channel whose provider fails pauses by itself and appears here.")
    list_display = ["channel", "since", "until", "code"]
    ordering = ["-until"]
